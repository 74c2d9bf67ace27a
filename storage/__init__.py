"""Implements the stores of `domain/ports/`: `sql/` for records, `redis/` for state that all processes share."""
