"""Asks every worker for its report and makes one `domain.status.Status` of them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from socket import gethostname

import msgspec

from control import VERSION
from control.supervisor import bot_health
from control.supervisor.process import Process
from control.supervisor.specs import is_worker
from domain.actor_stats import ActorStats
from domain.errors import Unavailable
from domain.redaction import redacted
from domain.status import (
    BotStatus,
    BotTraffic,
    Neighbour,
    ProcessState,
    ProcessStatus,
    Status,
    Undelivered,
    WorkerFigures,
    WorkerReport,
)

SECONDS = 2.0
"""For one worker to answer."""
STARTING_SECONDS = 0.5
"""For one that starts: until its code is loaded it answers nothing, and the others are not to wait for that."""
SILENT_SECONDS = 8.0
"""A process without a heartbeat for so long is a problem. They come every second."""
SAME_EVERYWHERE = frozenset(
    {"chats", "waiting", "oldest_wait", "events_waiting", "events_lost", "locks", "held_credits", "held_invitations"}
)
"""Figures of the whole pool. Every worker reports the same number, so they are not added up."""

COUNTED = ("relayed", "updates", "flood_waits", "dead_letters")
"""Figures that a worker counts since its start."""

DEEPEST = frozenset({"deepest", "limit"})
"""Counts of actors of which the highest is shown. The others are added up."""
NOT_COUNTED = frozenset({"name", "last_error", "last_error_at"})

MOST_UNDELIVERED = 50

AWAY = frozenset({"waiting", "drained"})
"""States of a bot that no worker of this installation serves."""

RANK = ("serving", "connecting", "leaving", "refused", "stopped", "waiting", "drained")
"""If workers report one bot differently, the first of these states is shown: the worker that has the bot knows best."""


async def gather(
    processes: Sequence[Process],
    *,
    uptime: float,
    installation: str,
    usernames: dict[int, str],
    grace: float,
    under_way: str = "",
    own: Sequence[str] = (),
) -> Status:
    """`usernames` collects the bots' usernames over all calls, because only the worker that serves a bot knows it. `grace`:
    `supervisor.grace_seconds`. `own` holds the supervisor's problems with this machine.
    """
    workers = [process for process in processes if is_worker(process.spec.name)]
    pids = [process.status().pid for process in workers]
    reports = await asyncio.gather(*map(report_of, workers))
    states = tuple(process.status() for process in processes)
    named = _named(merge_bots(report.bots for report in reports), usernames)
    bots = tuple(bot_health.described(bot, grace) for bot in named)
    elsewhere = [near for near in merge_neighbours(reports) if (near.machine, near.house) != (gethostname(), installation)]
    problems = [*own, *_of_processes(states), *(line for report in reports for line in report.problems)]
    problems += bot_health.problems_of(bots, grace, problems) or ([] if problems else _of_long_starts(states, grace))
    return Status(
        version=VERSION,
        pid=os.getpid(),
        uptime=round(uptime, 1),
        under_way=redacted(under_way),
        processes=states,
        bots=bots,
        actors=merge_actors(report.actors for report in reports),
        elsewhere=tuple(elsewhere),
        figures=merge_figures(report.figures for report in reports),
        workers=tuple(_counted(*each) for each in zip(workers, pids, reports, strict=True) if each[2].figures),
        queues=max((report.queues for report in reports), key=len, default=()),
        streams=max((report.streams for report in reports), key=len, default=()),
        traffic=merge_traffic(report.traffic for report in reports),
        undelivered=merge_undelivered(report.undelivered for report in reports),
        problems=tuple(dict.fromkeys(map(redacted, problems))),
    )


def _counted(process: Process, pid: int, report: WorkerReport) -> WorkerFigures:
    own = {name: report.figures[name] for name in COUNTED if name in report.figures}
    return WorkerFigures(name=process.spec.name, pid=pid, counters={**own, **report.counters})


def merge_actors(reports: Iterable[Sequence[ActorStats]]) -> tuple[ActorStats, ...]:
    merged: dict[str, ActorStats] = {}
    for stats in (stats for report in reports for stats in report):
        before = merged.get(stats.name)
        merged[stats.name] = _added(before, stats) if before else stats
    return tuple(merged[name] for name in sorted(merged))


def merge_figures(reports: Iterable[dict[str, float]]) -> dict[str, float]:
    merged: dict[str, float] = {}
    for name, figure in ((name, figure) for report in reports for name, figure in report.items()):
        merged[name] = max(merged.get(name, 0), figure) if name in SAME_EVERYWHERE else merged.get(name, 0) + figure
    return merged


def merge_bots(reports: Iterable[Sequence[BotStatus]]) -> tuple[BotStatus, ...]:
    """What one worker knows of a bot being served counts, whatever the others know."""
    merged: dict[int, BotStatus] = {}
    for bot in (bot for report in reports for bot in report):
        before = merged.get(bot.id, bot)
        unserved, known = min(before.unserved, bot.unserved), before.known or bot.known
        merged[bot.id] = replace(min(before, bot, key=_rank), unserved=unserved, known=known)
    return tuple(merged[bot] for bot in sorted(merged))


def merge_traffic(reports: Iterable[Sequence[BotTraffic]]) -> tuple[BotTraffic, ...]:
    """By bot. While one moves, two workers may have it for a moment: the one with more to send counts."""
    merged: dict[int, BotTraffic] = {}
    for traffic in (traffic for report in reports for traffic in report):
        before = merged.get(traffic.bot, traffic)
        merged[traffic.bot] = max(before, traffic, key=lambda each: each.sending.queued)
    return tuple(merged[bot] for bot in sorted(merged))


def merge_undelivered(reports: Iterable[Sequence[Undelivered]]) -> tuple[Undelivered, ...]:
    everything = (each for report in reports for each in report)
    return tuple(sorted(everything, key=lambda each: -each.at)[:MOST_UNDELIVERED])


def merge_neighbours(reports: Iterable[WorkerReport]) -> list[Neighbour]:
    """If several workers have seen the same worker, the latest sight counts."""
    merged: dict[tuple[str, str, str], Neighbour] = {}
    for near in (near for report in reports for near in report.neighbours):
        key = (near.machine, near.house, near.worker)
        merged[key] = min(merged.get(key, near), near, key=lambda each: each.seen)
    return [merged[key] for key in sorted(merged)]


def _named(bots: Iterable[BotStatus], usernames: dict[int, str]) -> tuple[BotStatus, ...]:
    bots = tuple(bots)
    usernames.update({bot.id: bot.username for bot in bots if bot.username})
    return tuple(replace(bot, username=usernames.get(bot.id, ""), worker="" if bot.state in AWAY else bot.worker) for bot in bots)


def _rank(bot: BotStatus) -> tuple[int, float]:
    return RANK.index(bot.state) if bot.state in RANK else len(RANK), bot.unserved


def _added(one: ActorStats, other: ActorStats) -> ActorStats:
    counted = [item.name for item in fields(one) if item.name not in NOT_COUNTED]
    counts = {name: (getattr(one, name), getattr(other, name)) for name in counted}
    last = max(one, other, key=lambda stats: stats.last_error_at)
    merged = {name: max(pair) if name in DEEPEST else sum(pair) for name, pair in counts.items()}
    return replace(last, **merged)


async def report_of(process: Process) -> WorkerReport:
    """Empty for a worker that does not run. If a worker that is ready does not answer, that is a problem in its report."""
    if process.state not in {ProcessState.STARTING, ProcessState.READY, ProcessState.DRAINING}:
        return WorkerReport()
    seconds = STARTING_SECONDS if process.state is ProcessState.STARTING else SECONDS
    try:
        return msgspec.convert(await process.ask("report", seconds=seconds), WorkerReport)
    except Unavailable as error:
        lines = (f"{process.spec.name}: {error}",) if process.state is ProcessState.READY else ()
        return WorkerReport(problems=lines)
    except msgspec.ValidationError as error:
        return WorkerReport(problems=(f"{process.spec.name}: its report cannot be read ({error})",))


def _of_processes(states: Iterable[ProcessStatus]) -> list[str]:
    lines = []
    for process in states:
        why = f": {process.last_error}" if process.last_error else ""
        if process.state is ProcessState.FATAL:
            mend = f"see logs/error.log, mend it, then: python supervisor.py restart {process.name}"
            lines.append(f"{process.name} is down for good{why}; {mend}")
        elif process.state is ProcessState.BACKOFF:
            lines.append(f"{process.name} crashed and comes back{why}; see logs/error.log")
        elif process.state is ProcessState.READY and process.silent > SILENT_SECONDS:
            lines.append(f"{process.name} has given no sign of life for {process.silent:.0f} s: it hangs, or this machine does")
    return lines


def _of_long_starts(states: Iterable[ProcessStatus], grace: float) -> list[str]:
    """Only shown if no other problem explains the start."""
    return [
        f"{process.name} has been starting for {process.uptime:.0f} s; see logs/combined.log"
        for process in states
        if process.state is ProcessState.STARTING and process.uptime > grace
    ]
