-- name: make_migrations_table()!
-- Names and checksums of the migrations that were applied.
CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, checksum TEXT NOT NULL, applied_at DOUBLE PRECISION NOT NULL);

-- name: applied_migrations()
SELECT name, checksum FROM migrations ORDER BY name;

-- name: record_migration(name, checksum, now)!
INSERT INTO migrations (name, checksum, applied_at) VALUES (:name, :checksum, :now);

-- name: prove_writable()!
-- Writes a row as it is, and so tells whether the database takes writes.
UPDATE migrations SET applied_at = applied_at WHERE name = (SELECT MAX(name) FROM migrations);
