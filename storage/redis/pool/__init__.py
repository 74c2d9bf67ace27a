"""Who waits and who talks with whom, in Redis."""
