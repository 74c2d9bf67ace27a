"""Locks of chats, with their credits in the ledger."""
