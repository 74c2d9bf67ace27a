"""Actors on the event loop. Nothing here knows of chats, users or Telegram."""
