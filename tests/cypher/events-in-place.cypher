MATCH (event:Event)-[:HAS_PLACE]->(place {id: $place})
RETURN DISTINCT place.id AS place, event.id AS event, event.kind AS kind, event.eventStatus AS eventStatus
