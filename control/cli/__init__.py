"""What the operator sees in the terminal."""
