"""Log lines: written, rotated, read."""
