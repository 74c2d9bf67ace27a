"""A worker process: its composition and what it reports."""
