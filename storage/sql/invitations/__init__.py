"""Invitations in the database."""
