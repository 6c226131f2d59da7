MATCH (statement:Statement)-[:SPEAKER]->(link)-[:BY]->(who), (statement)-[:ABOUT]->(about {id: $about})
OPTIONAL MATCH (statement)-[:SAID]->(day)
RETURN DISTINCT who.id AS who, statement.proposition AS proposition, about.id AS about, statement.status AS status,
       day.date AS date
