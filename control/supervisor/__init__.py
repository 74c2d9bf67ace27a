"""The supervisor's process: it starts the other processes, watches them, and carries out the operator's operations."""
