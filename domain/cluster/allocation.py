"""Who serves which bot: an even spread over all workers that could serve it, decided by each for itself from the same facts.

- `plan` is what everybody works towards: no worker has two bots more than another who could have one of them, and no bot moves
  that need not. It is computed anew from what Redis says at each beat, by all alike; nobody is in charge and nothing is agreed.
- A free bot is taken at once by whom the plan gives it to. Where it stays free for `GRACE_SECONDS`, because that one does not
  come, anybody who can takes it.
- A bot that is served moves only while its heir is there and ready, one at a time (`actors/bot/allocator.py` waits between them).
- Who was not seen for `ABSENT_SECONDS` is counted no more. Its bots stay its own while their leases hold.

*Invariant*: from any start the spread becomes even within as many moves as bots are too many somewhere, and then stands still;
no bot stays free that somebody could serve.

Workers with different tokens can be even only by way of others: A gives to B what C cannot serve, and B to C. So a plan moves
bots along shortest paths from who has most to who has least; without a path that makes it more even, it is as even as can be.
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
"""Between looks while a bot is on its way to us."""
ABSENT_SECONDS = 3.5
GRACE_SECONDS = 5.0
PAUSE_SECONDS = 3.0
"""Between bots that one worker hands over to make it even."""
DISTRUST_SECONDS = 60.0
"""Whoever had to take what another was to have hands nothing over for so long: that one may leave the next bot lying too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A worker in the roster."""

    owner: str
    """As its leases call it: this incarnation of the process."""
    machine: str
    house: str
    """Which installation on that machine."""
    name: str
    bots: tuple[BotId, ...] = ()
    """Those it could serve."""
    names: Mapping[BotId, str] = field(default_factory=dict)
    """User names of those it serves, without the @. An earlier release tells none."""
    ready: bool = True
    seen: float = 0.0
    """Seconds since it was last heard of."""

    @property
    def counts(self) -> bool:
        return self.ready and self.seen <= ABSENT_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterSnapshot:
    """What Redis says at one moment."""

    members: tuple[Member, ...] = ()
    holders: Mapping[BotId, str] = field(default_factory=dict)
    """Owners of the leases that are good now."""
    known: bool = True
    """False where whoever asked was not in the roster before: it is new, or the roster forgot everybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    take: tuple[BotId, ...] = ()
    """Free ones that are to be ours, and those that are."""
    adopt: tuple[BotId, ...] = ()
    """Those that others were to have and leave lying."""
    hand_over: BotId | None = None
    expecting: bool = False
    """Others still hold what is to be ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterView:
    """What a worker knows of all others."""

    settled: bool = False
    """It has taken what is its own."""
    neighbours: tuple[Neighbour, ...] = ()
    holders: Mapping[BotId, str] = field(default_factory=dict)
    """Who has a bot, in words."""
    drained: frozenset[BotId] = frozenset()
    """Those that the operator does not want here."""


def decide(me: Member, roll: RosterSnapshot, *, free_for: Mapping[BotId, float], busy: Mapping[BotId, int]) -> Decision:
    """`free_for`: seconds since we saw first that nobody has the bot; `busy`: how much goes on at bots of ours."""
    planned = plan(roll.members, roll.holders, busy)
    mine = [bot for bot in me.bots if planned.get(bot) == me.owner]
    heirs = [bot for bot, owner in roll.holders.items() if owner == me.owner and planned.get(bot, me.owner) != me.owner]
    return Decision(
        take=tuple(bot for bot in mine if roll.holders.get(bot, me.owner) == me.owner),
        adopt=tuple(bot for bot in me.bots if planned.get(bot) != me.owner and free_for.get(bot, 0.0) >= GRACE_SECONDS),
        hand_over=min(heirs, key=lambda bot: (busy.get(bot, 0), bot), default=None),
        expecting=any(roll.holders.get(bot, me.owner) != me.owner for bot in mine),
    )


def plan(members: Iterable[Member], holders: Mapping[BotId, str], busy: Mapping[BotId, int] | None = None) -> dict[BotId, str]:
    """Bot → owner, for all bots that somebody who counts could serve."""
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


def outlook(roll: RosterSnapshot, *, age: float, settled: bool, drained: Iterable[BotId]) -> ClusterView:
    """`age`: seconds since the roll was called."""
    neighbours = tuple(
        Neighbour(
            machine=member.machine,
            house=member.house,
            worker=member.name,
            ready=member.ready,
            bots=tuple(sorted(bot for bot, owner in roll.holders.items() if owner == member.owner)),
            seen=round(member.seen + age, 1),
        )
        for member in sorted(roll.members, key=lambda member: (member.machine, member.house, member.name, member.owner))
    )
    names = {member.owner: f"{member.name} on {member.machine}" for member in roll.members}
    holders = {bot: names.get(owner, f"a worker that is gone ({owner})") for bot, owner in roll.holders.items()}
    return ClusterView(settled=settled, neighbours=neighbours, holders=holders, drained=frozenset(drained))


class _Spread:
    """Bots given to workers, and moved between them. Bots that the same workers could serve are alike."""

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
        """Each move makes the sum of squares of the loads less, so it ends."""
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
        """From one of `starts` to the one with the least load that can be reached; among these to the nearest."""
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
        """One bot along each step. From the end, so that none goes twice."""
        for here, there in reversed(list(pairwise(path))):
            bots = (bot for owners, bots in self._held[here].items() if there in owners for bot in bots if bot != but)
            self.put(min(bots, key=lambda bot: (self._busy.get(bot, 0), bot)), there)
