"""The people, bots, channels and messages of the sandbox."""
