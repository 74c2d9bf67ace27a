"""The processes of Masquerade and what they have in common: supervisor, workers, panel, sandbox, command line, settings, logs."""

VERSION = "0.1.0"
