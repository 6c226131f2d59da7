"""Rules and shapes of the ontology, compiled: what sees one record runs on its nodes when it is read, without an engine."""
