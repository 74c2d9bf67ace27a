"""What happened: to processes and bots, from one status to the next, and errors of the log."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from domain.logs import Level, LogRecord
from domain.status import BotStatus, ProcessState, ProcessStatus, Status

KEPT_SECONDS = 3600.0
ERRORS = frozenset({Level.ERROR, Level.CRITICAL})
MOST = 100
"""That are kept."""
SHOWN = 30
NUMBERS = re.compile(r"[0-9]+(?:\.[0-9]+)?")
OF_PROCESS = re.compile(r"(worker|panel|sandbox)(-[0-9]+)?\b")
"""How a problem begins that is told as what happened to a process."""
OF_SUPERVISOR = "supervisor: "
SAME_SECONDS = 3.0
"""Between a line of the log and the status that tells the same."""
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
        self._errors: deque[LogRecord] = deque(maxlen=MOST)
        self._status: Status | None = None
        self._away = False

    def newest(self, now: float) -> list[Happening]:
        everything = [*reversed(self._all), *(each for each in _of_errors(self._errors) if not self._is_told(each))]
        return sorted((each for each in everything if now - each.at <= KEPT_SECONDS), key=lambda each: -each.at)[:SHOWN]

    def see(self, status: Status, now: float) -> None:
        if self._away:
            self._away = False
            self._note(now, "good", "The supervisor answers again")
        self._all.extend(_before(status, now) if self._status is None else _between(self._status, status, now))
        self._status = status

    def log(self, records: Iterable[LogRecord]) -> None:
        """Of the log; those that are no errors are left out."""
        self._errors.extend(record for record in records if record.level in ERRORS)

    def lost(self, now: float) -> None:
        """The supervisor does not answer."""
        if not self._away:
            self._away = True
            self._note(now, "bad", "The supervisor stopped answering")

    def _is_told(self, error: Happening) -> bool:
        """Whether it is the supervisor's line about what happened to a process."""
        about = error.text.removeprefix(OF_SUPERVISOR)
        near = (each for each in self._all if each.subject and abs(each.at - error.at) <= SAME_SECONDS)
        return about != error.text and any(about.startswith(f"{each.subject} ") for each in near)

    def _note(self, now: float, tone: Tone, text: str) -> None:
        self._all.append(Happening(at=now, tone=tone, text=text))


def _before(status: Status, now: float) -> Iterator[Happening]:
    """What the first status tells of the time before."""
    for process in status.processes:
        if process.last_error and now - process.last_error_at <= KEPT_SECONDS:
            text = f"{process.name} crashed: {process.last_error}"
            yield Happening(at=process.last_error_at, tone="bad", text=text, subject=process.name)
        if 0 < process.uptime <= KEPT_SECONDS:
            yield Happening(at=now - process.uptime, tone="info", text=f"{process.name} was started", subject=process.name)
    yield from _of_problems((), status.problems, now)


def _of_problems(old: Sequence[str], new: Sequence[str], now: float) -> Iterator[Happening]:
    """Problems are the same whatever numbers are in them. Those of processes are told otherwise."""
    before, after = _by_key(old), _by_key(new)
    yield from (Happening(at=now, tone="warn", text=_what(after[key])) for key in after.keys() - before.keys())
    yield from (Happening(at=now, tone="good", text=f"No more: {_what(before[key])}") for key in before.keys() - after.keys())


def _by_key(problems: Sequence[str]) -> dict[str, str]:
    return {NUMBERS.sub("#", _what(line)): line for line in problems if not OF_PROCESS.match(line)}


def _what(problem: str) -> str:
    """Without the mend, which stands behind a semicolon."""
    return problem.partition(";")[0]


def _of_errors(records: Iterable[LogRecord]) -> Iterator[Happening]:
    """Each text once, with how often it came, as of the last time."""
    same: dict[tuple[str, str], list[LogRecord]] = {}
    for record in records:
        same.setdefault((record.process, NUMBERS.sub("#", record.text)), []).append(record)
    for each in same.values():
        last, times = each[-1], f" ({len(each)} times)" if len(each) > 1 else ""
        at = datetime.fromisoformat(last.time).timestamp()
        yield Happening(at=at, tone="bad", text=f"{last.process}: {last.text}{times}", subject=last.process)


def _between(old: Status, new: Status, now: float) -> Iterator[Happening]:
    known = {process.name: process for process in old.processes}
    for process in new.processes:
        yield from _of_process(known.get(process.name), process, now)
    gone = known.keys() - {process.name for process in new.processes}
    yield from (Happening(at=now, tone="info", text=f"{name} was stopped", subject=name) for name in sorted(gone))
    yield from _of_problems(old.problems, new.problems, now)
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
