"""Values that the rules use: people, bots, chats, contents, updates from Telegram, calls to Telegram, and events."""
