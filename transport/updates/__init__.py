"""What Telegram tells: put in order, read, confirmed."""
