-- name: tables_with_keys()
-- Those whose rows name the key that has encrypted them.
SELECT tables.name FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns
WHERE tables.type = 'table' AND columns.name = 'key_id' ORDER BY 1;
