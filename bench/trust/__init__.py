"""Benches of what keeps the place one that people can trust."""
