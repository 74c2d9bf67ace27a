"""The commands of `supervisor.py` and what they print."""
