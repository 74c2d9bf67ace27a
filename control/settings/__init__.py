"""Settings: read from files and environment, checked, listed, and changed while Masquerade runs."""
