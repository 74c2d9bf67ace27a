"""How full a bot's event stream is, and what the operator is told of it.

A stream holds events that are not done yet. Where it reaches its limits, the oldest of them are thrown away and lost.
"""

from __future__ import annotations

from dataclasses import dataclass

from domain.model.ids import BotId
from domain.settings import Streams


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    bot: BotId
    entries: int
    aside: int
    """Entries that no release could read which has served the bot so far."""
    oldest: float
    """Age of the oldest entry, in seconds."""
    served: bool
    near: bool
    """Whether it is near its limits."""
    lost: int
    """Events thrown away so far."""


def problems_of(backlog: Backlog, limits: Streams) -> tuple[str, ...]:
    """One line each."""
    lines = [_near(backlog, limits)] if backlog.near else []
    if backlog.aside:
        lines.append(f"bot {backlog.bot}: {backlog.aside} events of another release are put aside; run it to have them done")
    return tuple(lines)


def _near(backlog: Backlog, limits: Streams) -> str:
    advice = "its worker does not keep up" if backlog.served else "start a worker that has its token"
    lost = f"; {backlog.lost} were lost so far" if backlog.lost else ""
    waiting = f"{backlog.entries} events wait, the oldest for {backlog.oldest / 3600:.1f} h"
    end = f"beyond {limits.max_entries}, or {limits.max_hours:g} h, the oldest are thrown away"
    return f"bot {backlog.bot}: {waiting}; {end}{lost}: {advice}"
