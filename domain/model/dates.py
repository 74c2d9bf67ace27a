"""Dates as people read them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime


def day(when: float) -> str:
    """Unix seconds → the day in UTC, such as 2031-05-17."""
    return datetime.fromtimestamp(when, UTC).date().isoformat()


def day_and_time(when: float) -> str:
    """Unix seconds → the minute in UTC that is not before it, such as 2031-05-17 14:05 UTC."""
    return f"{_minute(when):%Y-%m-%d %H:%M} UTC"


def moment(when: float) -> Mapping[str, str | int]:
    """The arguments of the text `moment`, which says the day and the time in words. The minute is not before `when`."""
    at = _minute(when)
    return {"day": str(at.day), "month": at.month, "year": str(at.year), "time": f"{at:%H:%M}"}


def _minute(when: float) -> datetime:
    return datetime.fromtimestamp(math.ceil(when / 60) * 60, UTC)
