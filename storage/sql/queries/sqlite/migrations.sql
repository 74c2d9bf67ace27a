-- name: lock_migrations(seconds)^
-- A transaction of SQLite is such a lock from its start.
SELECT :seconds;

-- name: has_migrations_table()$
SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'migrations';
