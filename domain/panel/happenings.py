"""What happened to processes and bots, from one status to the next."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from domain.status import BotStatus, ProcessState, ProcessStatus, Status

KEPT_SECONDS = 3600.0
MOST = 100
DOWN = frozenset({ProcessState.BACKOFF, ProcessState.FATAL})
Tone = Literal["good", "warn", "bad", "info"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    at: float
    """Unix seconds."""
    tone: Tone
    text: str
    subject: str = ""
    """The process or bot that it is about, as addresses name it."""


class Happenings:
    """Those of the last hour, the newest first."""

    def __init__(self) -> None:
        self._all: deque[Happening] = deque(maxlen=MOST)
        self._status: Status | None = None
        self._away = False

    def newest(self, now: float) -> list[Happening]:
        return [each for each in reversed(self._all) if now - each.at <= KEPT_SECONDS]

    def see(self, status: Status, now: float) -> None:
        if self._away:
            self._away = False
            self._note(now, "good", "The supervisor answers again")
        if self._status is not None:
            self._all.extend(_between(self._status, status, now))
        self._status = status

    def lost(self, now: float) -> None:
        """The supervisor does not answer."""
        if not self._away:
            self._away = True
            self._note(now, "bad", "The supervisor stopped answering")

    def _note(self, now: float, tone: Tone, text: str) -> None:
        self._all.append(Happening(at=now, tone=tone, text=text))


def _between(old: Status, new: Status, now: float) -> Iterator[Happening]:
    known = {process.name: process for process in old.processes}
    for process in new.processes:
        yield from _of_process(known.get(process.name), process, now)
    gone = known.keys() - {process.name for process in new.processes}
    yield from (Happening(at=now, tone="info", text=f"{name} was stopped", subject=name) for name in sorted(gone))
    yield from _of_bots({bot.id: bot for bot in old.bots}, new.bots, now)


def _of_process(old: ProcessStatus | None, new: ProcessStatus, now: float) -> Iterator[Happening]:
    def happened(tone: Tone, text: str) -> Happening:
        return Happening(at=now, tone=tone, text=f"{new.name} {text}", subject=new.name)

    if old is None:
        yield happened("info", "was started")
        return
    why = f": {new.last_error}" if new.last_error else ""
    if new.state in DOWN and old.state not in DOWN:
        yield happened("bad", f"crashed{why}" if new.state is ProcessState.BACKOFF else f"is down for good{why}")
    elif new.restarts > old.restarts and old.state not in DOWN:
        yield happened("bad", f"crashed and was started again{why}") if why else happened("info", "was started again")
    if new.state is ProcessState.READY and (old.state is not ProcessState.READY or new.restarts > old.restarts):
        yield happened("good", "is ready")


def _of_bots(old: dict[int, BotStatus], new: Iterable[BotStatus], now: float) -> Iterator[Happening]:
    for bot in new:
        before, name = old.get(bot.id), f"@{bot.username}" if bot.username else f"bot {bot.id}"
        if before is None:
            continue
        if bot.worker and before.worker and bot.worker != before.worker:
            yield Happening(at=now, tone="info", text=f"{name} moved to {bot.worker}", subject=str(bot.id))
        if bot.state == "refused" != before.state:
            yield Happening(at=now, tone="bad", text=f"Telegram refuses the token of {name}", subject=str(bot.id))
