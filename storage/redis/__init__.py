"""Queue state in Redis or in memory; one file for each port."""
