"""The state that all processes share, in Redis or in memory: the pool, event streams, leases, message maps and files."""
