"""The status of the running house: each worker answers with a `WorkerReport`, and the supervisor makes a `Status` of them.

The command line and the panel show it. `status --json` prints it as JSON.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from domain.actor_stats import ActorStats
from domain.model.sending import Sending


class ProcessState(StrEnum):
    STARTING = "starting"
    READY = "ready"
    DRAINING = "draining"
    BACKOFF = "backoff"
    """Crashed; is started again after a pause."""
    FATAL = "fatal"
    """Crashed more often than `supervisor.restart_budget` allows; is not started again by itself."""
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class BotStatus:
    """`state` is one of:

    - connecting, serving, stopped;
    - leaving: it is being handed over to another worker;
    - waiting: another worker serves it or will serve it; `detail` says which;
    - drained: the operator has taken it away from this worker;
    - refused: Telegram refuses its token.
    """

    id: int
    username: str = ""
    state: str = "connecting"
    detail: str = ""
    worker: str = ""
    served: bool = False
    """Whether it is known to be served now, here or by another worker: by hearing from Telegram lately."""
    unserved: float = 0.0
    """Seconds since anybody was known to serve it; since the worker's start, where nobody was."""
    known: bool = False
    """Whether anybody was known to serve it since the worker's start."""
    unhandled: dict[str, int] = field(default_factory=dict)
    """Updates that nobody takes, since the connection was made, by `domain.model.inbound.Ignored.kind`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BotReport:
    """What a bot's LeaseHolder reports to its worker. The figures count since the connection was made."""

    status: BotStatus
    updates: int = 0
    relayed: int = 0
    sending: Sending | None = None
    """None where there is no connection."""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A worker of this pool, on any machine, as the roster in Redis has it. The worker that reports is one of them."""

    machine: str
    house: str
    """Which installation on that machine: a digest of its data folder."""
    worker: str
    ready: bool = True
    """False while it hands its bots over in order to stop."""
    bots: tuple[int, ...] = ()
    """The bots that it serves."""
    seen: float = 0.0
    """Seconds since its last heartbeat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueStatus:
    """Who waits of one gender and age band. Whom they wish is not told apart."""

    scope: str
    """The bot, where people of different bots do not meet; else *."""
    gender: str
    band: str
    waiting: int
    vips: int
    oldest: float
    """Seconds that the first of them has waited."""
    why: str = ""
    """Why nobody of them meets anybody; empty where they may meet, and the next look pairs them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamStatus:
    """The events of other processes for one bot that are not done yet."""

    bot: int
    entries: int
    aside: int
    """Events of another release."""
    most: int
    """Beyond so many the oldest are thrown away (`streams.max_entries`)."""
    oldest: float
    """Seconds."""
    longest: float
    """Beyond so many seconds they are thrown away too (`streams.max_hours`)."""
    served: bool
    lost: int
    """Thrown away so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BotTraffic:
    """What one bot sends, at the worker that serves it."""

    bot: int
    sending: Sending
    last_error: str = ""
    """Why the last call, or the connection, failed. Empty where none has failed since that worker's start."""
    last_error_at: float = 0.0
    """Unix seconds; 0 for never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undelivered:
    """What never arrived. It has neither a text nor a person."""

    at: float
    """Unix seconds."""
    bot: int
    """0 where it was a message between actors."""
    what: str
    """answer, relay, notice, broadcast; of actors, the kind of message and whose it was."""
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerReport:
    """What one worker reports to the supervisor."""

    bots: tuple[BotStatus, ...] = ()
    actors: tuple[ActorStats, ...] = ()
    figures: dict[str, float] = field(default_factory=dict)
    """Of the whole pool, the same in every worker: chats, waiting, oldest_wait (seconds), events_waiting, events_lost, locks (in
    force), held_credits (of locks that are not decided).
    Of this worker since its start: sessions, relayed, updates, unhandled, flood_waits, dead_letters."""
    counters: dict[str, float] = field(default_factory=dict)
    """Since this worker's start: `wait:N`, how many people were matched after a wait of bucket N (`domain.panel.waits`). Since a
    bot's connection was made: `flood:BOT`, its flood waits; `updates:BOT` and `sent:BOT`, what it took and sent.
    """
    queues: tuple[QueueStatus, ...] = ()
    """Of the whole pool, the same in every worker."""
    streams: tuple[StreamStatus, ...] = ()
    """The same."""
    traffic: tuple[BotTraffic, ...] = ()
    """Of the bots that this worker serves."""
    undelivered: tuple[Undelivered, ...] = ()
    """Of this worker, the newest first."""
    problems: tuple[str, ...] = ()
    """One line each: what is wrong now, and what to do about it."""
    neighbours: tuple[Neighbour, ...] = ()
    """All workers of the pool, in the order of machine, house and worker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerFigures:
    """What one worker has reported."""

    name: str
    pid: int
    counters: dict[str, float] = field(default_factory=dict)
    """Since its start: those of `WorkerReport.counters`, and relayed, updates, flood_waits, dead_letters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessStatus:
    name: str
    """worker-1, panel, sandbox."""
    state: ProcessState
    pid: int = 0
    uptime: float = 0.0
    """Seconds since the process was started; 0 where it does not run."""
    restarts: int = 0
    memory_mb: float = 0.0
    silent: float = 0.0
    """Seconds since its last heartbeat; 0 before the first one."""
    last_error: str = ""
    last_error_at: float = 0.0
    """Unix seconds; 0 for never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    version: str
    pid: int
    uptime: float
    under_way: str = ""
    """The operator's command that is running, and its last step."""
    processes: tuple[ProcessStatus, ...] = ()
    bots: tuple[BotStatus, ...] = ()
    actors: tuple[ActorStats, ...] = ()
    """Sums over all workers, by class."""
    elsewhere: tuple[Neighbour, ...] = ()
    """Workers of other supervisors on the same Redis."""
    figures: dict[str, float] = field(default_factory=dict)
    workers: tuple[WorkerFigures, ...] = ()
    """Of the workers that have reported just now."""
    queues: tuple[QueueStatus, ...] = ()
    streams: tuple[StreamStatus, ...] = ()
    traffic: tuple[BotTraffic, ...] = ()
    undelivered: tuple[Undelivered, ...] = ()
    """The newest of all workers first."""
    problems: tuple[str, ...] = ()

    @property
    def healthy(self) -> bool:
        return not self.problems and all(p.state is ProcessState.READY for p in self.processes)


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """Whether the newest configuration is in force in one process."""

    process: str
    yes: bool
    why_not: str = ""
    starting: bool = False
    """It was not ready yet and did not have it yet. It reads the newest configuration in its start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """What came of the announcement of a change of the configuration."""

    running: bool
    """False where no supervisor runs here. Then the change is in force from the next start."""
    processes: tuple[InForce, ...] = ()
    seconds: float = 0.0
    """From saving until the last process had answered."""
