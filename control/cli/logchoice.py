"""What one may ask of the logs. Imports nothing, for the command line reads it at every start."""

from __future__ import annotations

from enum import StrEnum


class Level(StrEnum):
    """From the least to the most serious."""

    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"
    CRITICAL = "CRITICAL"


class Topic(StrEnum):
    """Each has a log of its own; `all` is the combined one."""

    ALL = "all"
    PAYMENTS = "payments"
    VIP = "vip"
    LOCKS = "locks"
    ADMIN = "admin"
    ERROR = "error"
