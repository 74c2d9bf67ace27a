"""A sandbox in place of Telegram, on loopback: an MTProto data centre with people, bots and channels, controlled over HTTP."""
