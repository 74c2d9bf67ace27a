"""The features of the bot, one file each. `domain/session/machine.py` lists them in order."""
