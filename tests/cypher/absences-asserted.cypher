MATCH (statement:Statement {kind: 'absence'})
OPTIONAL MATCH (statement)-[:ABSENT]->(absent)
OPTIONAL MATCH (statement)-[:SCOPE]->(scope)
RETURN DISTINCT statement.id AS statement, absent.id AS absent, scope.id AS scope, statement.scopeNote AS scopeNote,
       statement.status AS status
