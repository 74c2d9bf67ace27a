"""The world of the sandbox: people, bots, channels, messages, and how they are stored."""
