-- Does nothing. A server knows it as long as it has not been restarted, nor failed over, since it was told (pool_repairs.py).
-- KEYS[1] the pool's tag
return 1
