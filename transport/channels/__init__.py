"""Who is in the required channels."""
