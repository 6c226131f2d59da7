MATCH (event:Event {id: $event})-[:`WHEN`]->(day:Date)
RETURN DISTINCT event.id AS event, event.eventStatus AS eventStatus, day.date AS date, day.marks AS marks, day.basis AS basis,
       day.rule AS rule, day.note AS note
