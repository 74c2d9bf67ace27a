"""One person's conversation with one bot."""
