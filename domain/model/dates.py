"""Dates as people read them."""

from __future__ import annotations

from datetime import UTC, datetime


def day(when: float) -> str:
    """Unix seconds → the day in UTC, such as 2031-05-17."""
    return datetime.fromtimestamp(when, UTC).date().isoformat()
