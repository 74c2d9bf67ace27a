"""Events of bots and news for all processes, as streams of Redis."""
