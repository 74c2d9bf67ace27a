"""Records in PostgreSQL or SQLite; one file for each kind of record."""
