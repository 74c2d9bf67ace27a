-- Does nothing. A server knows this script as long as it has not been restarted, nor failed over, since it was told
-- (storage/redis/pool/reconciliation.py).
-- KEYS[1] the pool's tag
return 1
