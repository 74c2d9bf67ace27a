"""Which worker serves which bot. Bots are spread evenly over all workers that have their tokens.

Each worker decides for itself, from the same facts in Redis. There is no leader.

- `plan` is the goal: no worker has two bots more than another that could serve one of them, and no bot moves without need. All
  workers compute it anew at each heartbeat, with the same result.
- A free bot is taken at once by the worker that the plan names. Where it stays free for `GRACE_SECONDS`, any other worker that
can serve it takes it.
- A bot that is served moves only to a worker that is alive and ready, one bot at a time (`actors/bot/allocator.py` waits between
  them).
- A worker without a heartbeat for `ABSENT_SECONDS` is not counted. It keeps its bots while their leases are valid.

*Invariant*: from any start the spread becomes even, with one move for each bot that a worker has too many, and then nothing moves
any more. No bot stays free that some worker could serve.

Workers with different tokens may need a third one to become even. Example: C has too few bots but none of A's tokens; then A
hands a bot to B, and B hands another one to C. So a plan moves bots along shortest paths from the worker with most to the one
with least, until no path makes it more even.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from domain.model.ids import BotId
from domain.status import Neighbour

HEARTBEAT_SECONDS = 1.0
EAGER_SECONDS = 0.2
"""Time between two heartbeats while a bot is on its way to us."""
ABSENT_SECONDS = 3.5
GRACE_SECONDS = 5.0
PAUSE_SECONDS = 3.0
"""Time between two bots that one worker hands over."""
DISTRUST_SECONDS = 60.0
"""A worker that had to take a bot which the plan gave to another hands nothing over for so long: the other might not take the
next bot either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A worker in the roster."""

    owner: str
    """The owner in its leases: this run of the process."""
    machine: str
    house: str
    """Which installation on that machine."""
    name: str
    bots: tuple[BotId, ...] = ()
    """Bots that it could serve: it has their tokens."""
    names: Mapping[BotId, str] = field(default_factory=dict)
    """User names of the bots that it serves, without the @. Empty from an earlier release."""
    served: tuple[BotId, ...] | None = None
    """Bots of which it hears from Telegram. None from an earlier release, which does not say so."""
    ready: bool = True
    seen: float = 0.0
    """Seconds since its last heartbeat."""

    @property
    def counts(self) -> bool:
        return self.ready and self.seen <= ABSENT_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterSnapshot:
    """The roster and the leases at one moment."""

    members: tuple[Member, ...] = ()
    holders: Mapping[BotId, str] = field(default_factory=dict)
    """Bot → owner of its lease, where the lease is valid."""
    known: bool = True
    """False where the worker that asked was not in the roster before: it is new, or Redis has lost the roster."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a worker does next."""

    take: tuple[BotId, ...] = ()
    """Bots of ours by the plan that are free or ours already."""
    adopt: tuple[BotId, ...] = ()
    """Bots that the plan gives to others, and that stayed free for `GRACE_SECONDS`."""
    hand_over: BotId | None = None
    """A bot of ours that the plan gives to another worker."""
    expecting: bool = False
    """Whether others still hold bots that the plan gives to us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterView:
    """What a worker knows of all workers of the pool."""

    settled: bool = False
    """Whether it has taken the bots that are its own by the plan."""
    neighbours: tuple[Neighbour, ...] = ()
    holders: Mapping[BotId, str] = field(default_factory=dict)
    """Bot → who has it, in words."""
    drained: frozenset[BotId] = frozenset()
    """Bots that the operator has taken away from this worker."""
    trouble: str = ""
    """Why this worker's entry could not be written to Redis the last time; empty where it was."""


def decide(me: Member, snapshot: RosterSnapshot, *, free_for: Mapping[BotId, float], busy: Mapping[BotId, int]) -> Decision:
    """`free_for`: seconds for which we have seen that nobody has the bot. `busy`: active sessions at each bot of ours."""
    planned = plan(snapshot.members, snapshot.holders, busy)
    mine = [bot for bot in me.bots if planned.get(bot) == me.owner]
    leaving = [bot for bot, owner in snapshot.holders.items() if owner == me.owner and planned.get(bot, me.owner) != me.owner]
    return Decision(
        take=tuple(bot for bot in mine if snapshot.holders.get(bot, me.owner) == me.owner),
        adopt=tuple(bot for bot in me.bots if planned.get(bot) != me.owner and free_for.get(bot, 0.0) >= GRACE_SECONDS),
        hand_over=min(leaving, key=lambda bot: (busy.get(bot, 0), bot), default=None),
        expecting=any(snapshot.holders.get(bot, me.owner) != me.owner for bot in mine),
    )


def plan(members: Iterable[Member], holders: Mapping[BotId, str], busy: Mapping[BotId, int] | None = None) -> dict[BotId, str]:
    """Bot → owner, for all bots that some worker which counts could serve."""
    able: dict[BotId, list[str]] = defaultdict(list)
    for member in sorted((member for member in members if member.counts), key=lambda member: member.owner):
        for bot in member.bots:
            able[bot].append(member.owner)
    spread = _Spread({bot: tuple(owners) for bot, owners in able.items()}, busy or {})
    for bot in sorted(able):
        if holders.get(bot) in able[bot]:
            spread.put(bot, holders[bot])
    for bot in sorted(able):
        if bot not in spread.owner:
            spread.place(bot)
    spread.even_out()
    return spread.owner


def served_elsewhere(snapshot: RosterSnapshot, me: str) -> dict[BotId, float]:
    """Bot → seconds since another worker than `me` has said that it serves the bot. Of a worker of an earlier release its leases
    count.
    """
    found: dict[BotId, float] = {}
    for member in snapshot.members:
        leased = (bot for bot, owner in snapshot.holders.items() if owner == member.owner)
        for bot in () if member.owner == me else leased if member.served is None else member.served:
            found[bot] = min(member.seen, found.get(bot, member.seen))
    return found


def cluster_view(
    snapshot: RosterSnapshot, *, age: float, settled: bool, drained: Iterable[BotId], trouble: str = ""
) -> ClusterView:
    """`age`: seconds since the snapshot was taken."""
    neighbours = tuple(
        Neighbour(
            machine=member.machine,
            house=member.house,
            worker=member.name,
            ready=member.ready,
            bots=tuple(sorted(bot for bot, owner in snapshot.holders.items() if owner == member.owner)),
            seen=round(member.seen + age, 1),
        )
        for member in sorted(snapshot.members, key=lambda member: (member.machine, member.house, member.name, member.owner))
    )
    names = {member.owner: f"{member.name} on {member.machine}" for member in snapshot.members}
    holders = {bot: names.get(owner, f"a worker that is gone ({owner})") for bot, owner in snapshot.holders.items()}
    return ClusterView(settled=settled, neighbours=neighbours, holders=holders, drained=frozenset(drained), trouble=trouble)


class _Spread:
    """Which bot is given to which worker, for `plan`. Bots are grouped by the workers that could serve them."""

    def __init__(self, able: Mapping[BotId, tuple[str, ...]], busy: Mapping[BotId, int]) -> None:
        self.owner: dict[BotId, str] = {}
        self._able = able
        self._busy = busy
        self._load: Counter[str] = Counter({owner: 0 for owners in able.values() for owner in owners})
        self._held: dict[str, dict[tuple[str, ...], set[BotId]]] = defaultdict(lambda: defaultdict(set))

    def put(self, bot: BotId, owner: str) -> None:
        before = self.owner.get(bot)
        if before is not None:
            self._held[before][self._able[bot]].discard(bot)
            self._load[before] -= 1
        self.owner[bot] = owner
        self._held[owner][self._able[bot]].add(bot)
        self._load[owner] += 1

    def place(self, bot: BotId) -> None:
        path = self._path(self._able[bot])
        self.put(bot, path[0])
        self._shift(path, but=bot)

    def even_out(self) -> None:
        """Each move lessens the sum of the squared loads, so this ends."""
        moved = True
        while moved:
            moved = False
            for owner in sorted(self._load, key=lambda owner: (-self._load[owner], owner)):
                path = self._path((owner,))
                if self._load[owner] - self._load[path[-1]] >= 2:
                    self._shift(path)
                    moved = True
                    break

    def _path(self, starts: Sequence[str]) -> list[str]:
        """From one of `starts` to the worker with the least load that can be reached; of several, to the nearest."""
        came_from: dict[str, str | None] = dict.fromkeys(starts)
        hops = dict.fromkeys(starts, 0)
        waiting = deque(starts)
        while waiting:
            here = waiting.popleft()
            for owners, bots in self._held[here].items():
                for there in owners if bots else ():
                    if there not in hops:
                        hops[there], came_from[there] = hops[here] + 1, here
                        waiting.append(there)
        end: str | None = min(hops, key=lambda owner: (self._load[owner], hops[owner], owner))
        path: list[str] = []
        while end is not None:
            path.append(end)
            end = came_from[end]
        return path[::-1]

    def _shift(self, path: Sequence[str], but: BotId | None = None) -> None:
        """Moves one bot along each step of the path; never `but`. It begins at the end, so that no bot moves twice."""
        for here, there in reversed(list(pairwise(path))):
            bots = (bot for owners, bots in self._held[here].items() if there in owners for bot in bots if bot != but)
            self.put(min(bots, key=lambda bot: (self._busy.get(bot, 0), bot)), there)
