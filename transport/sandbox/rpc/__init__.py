"""Telegram's methods, as far as bots use them: one file per family, each a table of name and handler."""
