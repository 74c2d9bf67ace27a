"""Who meets whom: what is asked of the pool, and the rules by which it decides."""
