"""Times as pages show them. All of UTC."""

from __future__ import annotations

from datetime import datetime

STEPS = ((86_400, "d"), (3_600, "h"), (60, "min"))


def when(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%d %H:%M") if at is not None else "-"


def lasting(seconds: float) -> str:
    """As "2 d 3 h", "12 min" or "8 s"."""
    left = max(int(seconds), 0)
    if left < 60:
        return f"{left} s"
    words = []
    for size, unit in STEPS:
        count, left = divmod(left, size)
        if count:
            words.append(f"{count} {unit}")
    return " ".join(words[:2])
