"""What Telegram is told: the methods, when they are called, and how they end."""
