"""Who carries out what a session decides: one handler class per port, in one table for all sessions of a worker."""
