"""What is paid for, and help with payments."""
