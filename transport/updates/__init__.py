"""Incoming updates: received, put in order, translated, confirmed."""
