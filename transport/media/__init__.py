"""Photos, files, polls: read, written, brought from one bot to another."""
