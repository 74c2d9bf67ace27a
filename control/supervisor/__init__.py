"""The supervisor: child processes, the operator's commands to the running house."""
