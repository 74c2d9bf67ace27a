"""What the bot can do, one file per feature. `domain/session/machine.py` names them all, in order."""
