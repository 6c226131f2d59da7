MATCH (agreement:Agreement)-[:PARTY]->(actor {id: $actor}), (agreement)-[:PARTY]->(other),
      (agreement)-[:HAS_STAGE]->(part)-[:ACCORDING]->(statement)
WHERE other.id <> actor.id
OPTIONAL MATCH (part)-[:`WHEN`]->(day)
RETURN DISTINCT actor.id AS actor, other.id AS other, agreement.id AS agreement, part.value AS stage, day.date AS date,
       day.basis AS basis, day.rule AS rule, statement.status AS status
