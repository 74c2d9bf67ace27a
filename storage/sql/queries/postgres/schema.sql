-- name: tables_with_keys()
-- Those whose rows name the key that has encrypted them.
SELECT table_name FROM information_schema.columns WHERE table_schema = current_schema() AND column_name = 'key_id' ORDER BY 1;
