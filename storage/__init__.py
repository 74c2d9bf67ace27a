"""Records in PostgreSQL or SQLite, queue state in Redis or memory; one file per port."""
