"""Work that is done for the whole installation: reconciling the pool with the records, deleting old records."""
