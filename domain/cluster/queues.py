"""Whether the queues move: waiting searches are looked through, and events are taken from their streams. Pure."""

from __future__ import annotations

from domain.cluster.backlog import Backlog
from domain.configuration import Configuration
from domain.ports.pool import PoolCounts


def problems_of_searches(counts: PoolCounts, rules: Configuration, grace: float) -> tuple[str, ...]:
    """`grace`: seconds more than the rules allow before there is a problem. One line each."""
    if not counts.waiting:
        return ()
    lines, patience = [], rules.matching.rescan_seconds + grace
    unswept = counts.oldest_wait if counts.swept is None else min(counts.swept, counts.oldest_wait)
    if unswept > patience:
        advice = "people who may meet are left waiting; restart the worker that does the housekeeping"
        lines.append(f"nobody has looked through the {counts.waiting} waiting searches for {unswept:.0f} s: {advice}")
    if counts.oldest_wait > rules.matching.timeout_seconds + patience:
        longest = f"the oldest for {counts.oldest_wait:.0f} s; matching.timeout_seconds is {rules.matching.timeout_seconds:g}"
        lines.append(f"searches are not ended in time, {longest}")
    return tuple(lines)


def problems_of_events(backlog: Backlog, rules: Configuration, grace: float) -> tuple[str, ...]:
    """An event may wait as long as a message may be parked and a file may take. One for a bot that nobody serves waits longer."""
    longest = rules.pacing.max_park_seconds + rules.relay.transfer_seconds + grace
    if not backlog.served or backlog.near or backlog.aside or not backlog.entries or backlog.oldest <= longest:
        return ()
    waiting = f"{backlog.entries} events wait, the oldest for {backlog.oldest:.0f} s"
    return (f"bot {backlog.bot}: {waiting}: its worker does not take them",)
