"""The log, as the command line and the panel choose from it. This file imports little, because every command loads it."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class LogChoice:
    topic: Topic = Topic.ALL
    level: Level = Level.DEBUG
    """Records of this level and above."""
    process: str = ""
    """Of one process; empty for all."""
    text: str = ""
    """A part of the text, the error or the logger's name, whatever its case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRecord:
    time: str
    """ISO 8601, UTC."""
    level: str
    process: str
    logger: str
    text: str
    error: str = ""
    """Types and places, without texts."""
