"""Telegram on loopback: an MTProto data centre with a world of people, bots and channels, driven over HTTP."""
