"""The supervision tree of one machine: its processes, the groups of actors in each, and their classes. The panel shows it."""

from __future__ import annotations

from dataclasses import dataclass

from domain.actor_stats import ActorStats
from domain.status import ProcessStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisedChild:
    """An actor that its supervisor starts again when it ends."""

    name: str
    """As its supervisor names it: matcher, lease-holder-123456789."""
    actor: str
    """Its class; empty while it does not run."""
    recent: int
    """How often it was started again within the time of its budget."""
    restartable: bool
    """Whether a restart is possible now: its supervisor always starts it again, and its budget has room for one more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorGroup:
    name: str
    """core, lease-holders; "on demand" for actors that are started when they are needed, and by others."""
    actors: tuple[ActorStats, ...] = ()
    """By class."""
    children: tuple[SupervisedChild, ...] = ()
    """Those that can be named one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessNode:
    process: ProcessStatus
    groups: tuple[ActorGroup, ...] = ()
    """Empty for processes without actors, and while it is not known."""
    trouble: str = ""
    """Why its actors are not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationUnderWay:
    number: int
    title: str
    last: str = ""
    """What it has said last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionTree:
    machine: str
    processes: tuple[ProcessNode, ...]
    operation: OperationUnderWay | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorNow:
    """One actor."""

    label: str
    """Never a person's id."""
    waiting: int
    """Messages in its mailbox."""
    limit: int
    handling: str = ""
    """The type of the message that it handles now."""
    seconds: float = 0.0
    """For how long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobProgress:
    """What an operator's command has said since the follower last asked."""

    lines: tuple[str, ...] = ()
    over: bool = False
    failure: str = ""
    """Why the job was refused or failed; empty if it succeeded."""
