"""Records of moderation in the database (domain/ports/moderation.py)."""
