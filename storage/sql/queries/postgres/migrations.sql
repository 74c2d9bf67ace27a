-- name: lock_migrations(seconds)^
-- Until the end of the transaction, one program at a time. A long migration may take its time; waiting for a lock may not.
SELECT set_config('statement_timeout', '0', true), set_config('lock_timeout', :seconds || 's', true), pg_advisory_xact_lock(5072843);

-- name: has_migrations_table()$
SELECT to_regclass('migrations') IS NOT NULL;
