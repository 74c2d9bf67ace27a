-- Does nothing. A server that does not know this script any more was restarted or failed over since the script was loaded
-- (storage/redis/pool/reconciliation.py).
-- KEYS[1] the pool's tag
-- Answers nothing
return nil
