"""Where settings come from, and what they must be together."""
