"""One person's conversation with one bot, decided purely. Begin with `machine.py`; `transitions.py` is the map of it."""
