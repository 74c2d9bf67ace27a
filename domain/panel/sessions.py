"""How long somebody stays logged in."""

from __future__ import annotations

IDLE = 1800.0
"""Seconds without a request by a person after which a session ends. Live figures keep none."""
ABSOLUTE = 12 * 3600.0
"""Seconds after which each session ends."""
NOTED_EVERY = 30.0
"""Seconds between two notes that somebody is active."""
CACHED = 2.0
"""Seconds for which a process believes what it has read. A session that another process has ended goes on for that long here, and
its live streams, which look every three seconds, for five.
"""
BELIEVED = 600.0
"""Seconds for which a process that cannot read goes on believing what it has read: pages without records go on."""


def is_live(created: float, seen: float, now: float) -> bool:
    """All in Unix seconds. A clock that was set back ends none."""
    return now - seen < IDLE and now - created < ABSOLUTE
