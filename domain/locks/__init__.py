"""Locks: somebody pays with credits, and their partner cannot leave the chat for some minutes (docs/locks.md)."""
