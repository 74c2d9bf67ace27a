"""What the API does: one file for each subject. Pages call the same functions."""
