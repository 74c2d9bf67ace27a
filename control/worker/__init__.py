"""A worker's process: it serves bots and runs the sessions of their users."""
