"""The options of `supervisor.py logs`. This file imports little, because every command loads it."""

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
    """Each topic has a log file of its own. `all` is the combined log."""

    ALL = "all"
    PAYMENTS = "payments"
    VIP = "vip"
    LOCKS = "locks"
    ADMIN = "admin"
    ERROR = "error"
