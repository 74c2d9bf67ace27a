"""One's profile, account and data; help."""
