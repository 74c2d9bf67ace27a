"""The operations that change a running Masquerade, one file each."""
