"""Writes, rotates and reads log files."""
