-- name: lock_migrations(seconds)^
-- Nothing to do: a transaction of SQLite locks the database from its start.
SELECT :seconds;

-- name: has_migrations_table()$
SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'migrations';
