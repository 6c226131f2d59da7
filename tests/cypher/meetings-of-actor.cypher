MATCH (meeting:Event)-[:PARTICIPANT]->(actor {id: $actor}), (meeting)-[:`WHEN`]->(day)
WHERE meeting.kind IN ['meeting', 'summit', 'negotiation']
OPTIONAL MATCH (meeting)-[:PARTICIPANT]->(who)
WHERE who.id <> actor.id
RETURN DISTINCT actor.id AS actor, who.id AS who, meeting.id AS meeting, meeting.kind AS kind,
       meeting.eventStatus AS eventStatus, day.date AS date, day.basis AS basis, day.rule AS rule
