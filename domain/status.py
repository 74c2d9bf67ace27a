"""What the running house says of itself: workers report `WorkerReport`, the supervisor gathers them into `Status`.

The command line prints it (`status --json` is this, as JSON), the panel shows it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class ProcessState(StrEnum):
    STARTING = "starting"
    READY = "ready"
    DRAINING = "draining"
    BACKOFF = "backoff"
    """Crashed; comes back after a pause."""
    FATAL = "fatal"
    """Crashed more often than `supervisor.restart_budget` allows; waits for the operator."""
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorStats:
    """Sums over all actors of one class in one process, since its start."""

    name: str
    alive: int = 0
    started: int = 0
    handled: int = 0
    failed: int = 0
    restarted: int = 0
    queued: int = 0
    """Messages now waiting in their mailboxes."""
    deepest: int = 0
    """The fullest mailbox now."""
    slow: int = 0
    """Handlers that took longer than `actors.slow_handler_seconds`."""
    dropped: int = 0
    """Ephemeral messages thrown away because a mailbox was full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BotStatus:
    """`state` is serving, connecting, leaving (it is being handed over), waiting (another worker has it, `detail` says which, or
    is to have it), drained (the operator does not want it here), refused (bad token) or stopped.
    """

    id: int
    username: str = ""
    state: str = "connecting"
    detail: str = ""
    worker: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BotReport:
    """What a bot's keeper answers when its worker asks; the figures are since the connection was made."""

    status: BotStatus
    updates: int = 0
    relayed: int = 0
    flood_waits: int = 0
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A worker of this pool, on whichever machine, as the roster in Redis knows it; the one who tells of it is among them."""

    machine: str
    house: str
    """Which installation on that machine: a digest of its data folder."""
    worker: str
    ready: bool = True
    """False while it gives its bots away to stop."""
    bots: tuple[int, ...] = ()
    """Those it serves."""
    seen: float = 0.0
    """Seconds since it was last heard of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerReport:
    """What one worker answers when the supervisor asks."""

    bots: tuple[BotStatus, ...] = ()
    actors: tuple[ActorStats, ...] = ()
    figures: dict[str, float] = field(default_factory=dict)
    """chats, waiting, oldest_wait (seconds), events_waiting, events_lost (the same in every worker: they count the pool);
    sessions, relayed, updates, flood_waits, dead_letters (since the start: to be added up)."""
    problems: tuple[str, ...] = ()
    """One line each: what is wrong now, and what to do."""
    neighbours: tuple[Neighbour, ...] = ()
    """All workers of the pool everywhere, in the order of machine, house and worker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessStatus:
    name: str
    """worker-1, panel, sandbox."""
    state: ProcessState
    pid: int = 0
    uptime: float = 0.0
    """Seconds in this state's process; 0 where it does not run."""
    restarts: int = 0
    memory_mb: float = 0.0
    last_error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    version: str
    pid: int
    uptime: float
    under_way: str = ""
    """The operator's command that is being carried out, and its last step."""
    processes: tuple[ProcessStatus, ...] = ()
    bots: tuple[BotStatus, ...] = ()
    actors: tuple[ActorStats, ...] = ()
    """By class, added up over the workers."""
    elsewhere: tuple[Neighbour, ...] = ()
    """The workers that other supervisors run on the same Redis."""
    figures: dict[str, float] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    @property
    def healthy(self) -> bool:
        return not self.problems and all(p.state is ProcessState.READY for p in self.processes)


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """What one process said when something had been saved at run time."""

    process: str
    yes: bool
    why_not: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    running: bool
    """False: no supervisor runs here; what was saved is in force from the next start."""
    processes: tuple[InForce, ...] = ()
    seconds: float = 0.0
    """From the save on, until the last of them had answered."""
