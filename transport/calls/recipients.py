"""State of `transport.calls.pacing`: recipients with their calls, queues of recipients by lane, a timer for all of them."""

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
from domain.model.outgoing import Delete, Edit, Lane, Outcome, Send


@dataclass(slots=True, eq=False)
class Recipient:
    user: UserId
    bucket: Bucket
    calls: deque[Call] = field(default_factory=deque)
    lanes: list[int] = field(default_factory=lambda: [0] * len(Lane))
    """How many calls without an outcome it has in each lane."""
    busy: bool = False
    """The first of `calls` is being made."""
    parked_until: float = 0.0
    """Loop time when its flood wait ends."""
    alarm_at: float = inf
    """Loop time of its alarm. Earlier entries in `Alarms` with another time are void."""
    waiting_lane: int | None = None
    """The lane in which it waits for the bot's budget; None while it does not wait for it."""
    waiting_since: float = 0.0

    def most_urgent(self) -> int:
        return next(lane for lane, calls in enumerate(self.lanes) if calls)


@dataclass(slots=True, eq=False)
class Call:
    outgoing: Send | Edit | Delete
    recipient: Recipient
    done: Future[Outcome]
    deadline: float
    discarded: bool = False
    closed: bool = False

    @property
    def being_made(self) -> bool:
        return self.recipient.busy and self.recipient.calls[0] is self


class LaneQueues:
    """Recipients that wait only for the bot's budget, one queue per lane.

    An entry is void if the recipient's `waiting_lane` is not that lane any more: it has made its call, rests, or has moved to
    a more urgent lane.
    """

    FAIR_TURN = 8
    """Every eighth turn goes to the recipient that has waited longest, broadcasts excepted."""

    def __init__(self) -> None:
        self._queues: tuple[deque[Recipient], ...] = tuple(deque() for _ in Lane)
        self._turns = 0

    def __bool__(self) -> bool:
        return any(self._queues)

    def join(self, recipient: Recipient, now: float) -> None:
        """Queue a recipient in the lane of its most urgent call, or move it there if it waits in a less urgent one."""
        lane = recipient.most_urgent()
        if recipient.waiting_lane is None:
            recipient.waiting_since = now
        elif recipient.waiting_lane <= lane:
            return
        recipient.waiting_lane = lane
        self._queues[lane].append(recipient)

    def first(self) -> Recipient | None:
        """The recipient whose turn it is. It stays first until its `waiting_lane` changes."""
        fronts = [front for lane in Lane if (front := self._front(lane)) is not None]
        if not fronts:
            return None
        if self._turns % self.FAIR_TURN == self.FAIR_TURN - 1:
            fair = [front for front in fronts if front.waiting_lane != Lane.BROADCAST]
            return min(fair or fronts, key=lambda front: front.waiting_since)
        return fronts[0]

    def took_turn(self) -> None:
        self._turns += 1

    def _front(self, lane: Lane) -> Recipient | None:
        queue = self._queues[lane]
        while queue and queue[0].waiting_lane != lane:
            queue.popleft()
        return queue[0] if queue else None


class Alarms:
    """One timer for all recipients: calls `ring(recipient, now)` at the time set. There is no timer while none is set."""

    def __init__(self, ring: Callable[[Recipient, float], None]) -> None:
        self._ring = ring
        self._heap: list[tuple[float, int, Recipient]] = []
        self._numbers = count()
        self._timer: TimerHandle | None = None

    def set(self, recipient: Recipient, when: float) -> None:
        """Ring at `when`. If an earlier alarm is set it stays: `ring` decides anew and may set another one."""
        if when >= recipient.alarm_at:
            return
        recipient.alarm_at = when
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
            if when == recipient.alarm_at:
                recipient.alarm_at = inf
                self._ring(recipient, now)
        self._arm()
