"""Locks of chats: bought with credits, set in the pool, ended in time, and given back in part where a chat ends early."""
