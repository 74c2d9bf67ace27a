"""Processes that outlive their supervisor: panels, which go on showing records until the next run."""
