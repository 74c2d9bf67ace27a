"""Outgoing calls to Telegram: how they are built, when they are made, how they end."""
