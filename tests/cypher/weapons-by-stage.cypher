MATCH (weapon:Weapon)-[:HAS_STAGE]->(stage:WeaponStage)-[:ACCORDING]->(statement:Statement)
WHERE stage.value = $stage
RETURN DISTINCT weapon.id AS weapon, stage.value AS stage, statement.id AS statement, statement.status AS status
