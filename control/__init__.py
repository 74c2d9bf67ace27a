"""The control plane: processes, configuration, logs, and the composition root of each process."""

VERSION = "0.1.0"
