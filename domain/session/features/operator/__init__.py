"""What operators do at the bot."""
