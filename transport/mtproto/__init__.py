"""Telegram's protocol MTProto: connection, session, packets. Built on the library Kurigram (`pyrogram`)."""
