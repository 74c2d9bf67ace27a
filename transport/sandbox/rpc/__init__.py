"""Telegram's methods that bots use: one file per namespace, each with a table of method names and handlers."""
