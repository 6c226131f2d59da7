MATCH (visit:Event)-[:PARTICIPANT]->(actor {id: $actor}), (visit)-[:`WHEN`]->(day)
WHERE visit.kind IN ['visit', 'state-visit', 'inspection']
OPTIONAL MATCH (visit)-[:HAS_PLACE]->(place)
RETURN DISTINCT actor.id AS actor, visit.id AS visit, visit.kind AS kind, place.id AS place, visit.duration AS duration,
       visit.eventStatus AS eventStatus, day.date AS date, day.basis AS basis, day.rule AS rule
