"""What `transport.calls.pacing` keeps of a recipient, and the lines in which recipients wait for the bot's budget."""

from __future__ import annotations

import asyncio
import heapq
from asyncio import Future, TimerHandle
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from math import inf

from domain.model.ids import UserId
from domain.model.limits import Bucket
from domain.model.outgoing import Edit, Lane, Outcome, Send


@dataclass(slots=True, eq=False)
class Recipient:
    user: UserId
    bucket: Bucket
    calls: deque[Call] = field(default_factory=deque)
    lanes: list[int] = field(default_factory=lambda: [0] * len(Lane))
    """How many open calls of each lane."""
    busy: bool = False
    """The head of `calls` is being made."""
    parked_until: float = 0.0
    wake: float = inf
    """Its only valid entry in `Alarms`."""
    offered: int | None = None
    """The lane where it waits for the bot's budget."""
    since: float = 0.0
    """When it began to."""

    def most_urgent(self) -> int:
        return next(lane for lane, calls in enumerate(self.lanes) if calls)


@dataclass(slots=True, eq=False)
class Call:
    outgoing: Send | Edit
    recipient: Recipient
    done: Future[Outcome]
    deadline: float
    discarded: bool = False
    closed: bool = False

    @property
    def being_made(self) -> bool:
        return self.recipient.busy and self.recipient.calls[0] is self


class Lines:
    """Recipients whose next call may go as soon as the bot's budget allows one, by lane.

    A recipient that has gone, rests, or moved to a more urgent lane leaves a void place behind: `offered` tells.
    """

    FAIR_TURN = 8
    """Every so many turns, whoever has waited longest goes first, broadcasts excepted."""

    def __init__(self) -> None:
        self._lines: tuple[deque[Recipient], ...] = tuple(deque() for _ in Lane)
        self._turns = 0

    def __bool__(self) -> bool:
        return any(self._lines)

    def join(self, recipient: Recipient, now: float) -> None:
        """Or move to a better lane."""
        lane = recipient.most_urgent()
        if recipient.offered is None:
            recipient.since = now
        elif recipient.offered <= lane:
            return
        recipient.offered = lane
        self._lines[lane].append(recipient)

    def first(self) -> Recipient | None:
        """Whose turn it is; it stays until `offered` changes."""
        fronts = [front for lane in Lane if (front := self._front(lane)) is not None]
        if not fronts:
            return None
        if self._turns % self.FAIR_TURN == self.FAIR_TURN - 1:
            fair = [front for front in fronts if front.offered != Lane.BROADCAST]
            return min(fair or fronts, key=lambda front: front.since)
        return fronts[0]

    def took_turn(self) -> None:
        self._turns += 1

    def _front(self, lane: Lane) -> Recipient | None:
        line = self._lines[lane]
        while line and line[0].offered != lane:
            line.popleft()
        return line[0] if line else None


class Alarms:
    """One timer for all recipients that wait for a time of their own; none while nobody does."""

    def __init__(self, ring: Callable[[Recipient, float], None]) -> None:
        self._ring = ring
        self._heap: list[tuple[float, int, Recipient]] = []
        self._numbers = count()
        self._timer: TimerHandle | None = None

    def set(self, recipient: Recipient, when: float) -> None:
        """Ring at `when`, or earlier where an earlier alarm is set: whoever is rung looks again."""
        if when >= recipient.wake:
            return
        recipient.wake = when
        heapq.heappush(self._heap, (when, next(self._numbers), recipient))
        if self._heap[0][2] is recipient:
            self._arm()

    def stop(self) -> None:
        self._heap.clear()
        self._arm()

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_at(self._heap[0][0], self._due) if self._heap else None

    def _due(self) -> None:
        now = asyncio.get_running_loop().time()
        while self._heap and self._heap[0][0] <= now:
            when, _, recipient = heapq.heappop(self._heap)
            if when == recipient.wake:
                recipient.wake = inf
                self._ring(recipient, now)
        self._arm()
