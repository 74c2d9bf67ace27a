"""Telegram's protocol: connection, session, packets."""
