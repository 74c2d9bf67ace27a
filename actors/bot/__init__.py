"""Serving a bot: who has its lease, its connection, where its users' sessions are."""
