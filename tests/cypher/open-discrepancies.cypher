MATCH (discrepancy:Discrepancy {resolution: 'open'})-[:BETWEEN]->(record)
RETURN DISTINCT discrepancy.id AS discrepancy, discrepancy.kind AS kind, record.id AS record, discrepancy.note AS note
