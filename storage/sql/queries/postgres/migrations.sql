-- name: lock_migrations(seconds)^
-- One program at a time, until the end of the transaction. A migration has no time limit, but waiting for a lock has one.
SELECT set_config('statement_timeout', '0', true), set_config('lock_timeout', :seconds || 's', true), pg_advisory_xact_lock(5072843);

-- name: has_migrations_table()$
SELECT to_regclass('migrations') IS NOT NULL;
