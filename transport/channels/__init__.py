"""Checks whether users are members of the required channels."""
