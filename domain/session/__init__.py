"""One person's conversation with one bot, as pure functions. Read `transitions.py` first, the state table, then `machine.py`."""
