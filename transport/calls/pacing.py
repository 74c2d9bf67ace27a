"""Who may send what when: one bot's calls, held within its limits.

- Each recipient's calls are made one after the other, in the order submitted, never two at once.
- A recipient has a token bucket (`chat_rate`, `chat_burst`), the bot has one for all (`bot_rate`, `bot_burst`).
- While the bot's bucket is empty, recipients whose next call may go wait by lane: answers, relays, notices, broadcasts.
  A recipient stands in the lane of the most urgent call it holds, so that nobody's chat waits behind a broadcast. Now
  and then the turn goes to whoever has waited longest, so that only broadcasts can starve.
- A flood wait parks the recipient that it was for, and nobody else; then the same call is made again. A call that would
  wait longer than `max_park_seconds` ends as FLOOD at once.
- Edits in the lane NOTICE are never queued: without spare budget they end as REFUSED ("no budget").
- Answers to presses wait for nothing.

Nothing runs while nothing waits: a recipient is forgotten once its bucket is full again, and then no timer is left.
"""

from __future__ import annotations

import asyncio
from asyncio import Future, Task, TimerHandle
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from math import inf

from domain.configuration import LiveConfiguration
from domain.model.ids import ChatId, UserId
from domain.model.limits import Bucket, Limit
from domain.model.outgoing import AnswerPress, Edit, Lane, NotSent, Outcome, Outgoing, Send, Sent, Why
from transport.calls.budget import BotBudget
from transport.calls.recipients import Alarms, Call, Lines, Recipient

SHORTEST_PARK = 0.2
"""Seconds; a flood wait of 0 must not become a busy loop."""

STALE = NotSent(why=Why.STALE)
DISCARDED = NotSent(why=Why.DISCARDED)
NO_BUDGET = NotSent(why=Why.REFUSED, detail="no budget")


@dataclass(frozen=True, slots=True)
class FloodWait:
    """Telegram asks to wait; the call was not made."""

    seconds: float


Perform = Callable[[Outgoing], Awaitable[Outcome | FloodWait]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    queued: dict[Lane, int]
    """Calls that have not ended yet, those being made too."""
    sent: int
    flood_waits: int
    rate: float
    """Calls a second that the bot now allows itself."""


class Pacer:
    """Lives on one event loop. `perform` makes one call; what it raises reaches whoever waits for the call."""

    def __init__(self, live: LiveConfiguration, perform: Perform) -> None:
        rules = live.current.pacing
        self._live = live
        self._perform = perform
        self._limit = Limit(rules.chat_rate, rules.chat_burst)
        self._budget = BotBudget(rules.bot_rate, rules.bot_burst)
        self._recipients: dict[UserId, Recipient] = {}
        self._relays: dict[ChatId, dict[Call, None]] = {}
        """Open relays by their chat, in the order submitted."""
        self._answers: set[Future[Outcome]] = set()
        self._tasks: set[Task[None]] = set()
        self._lines = Lines()
        self._alarms = Alarms(self._look)
        self._budget_timer: TimerHandle | None = None
        self._fenced = self._stopped = False
        self._queued = [0] * len(Lane)
        self._sent = self._flood_waits = 0
        live.watch(self._renew)

    def submit(self, outgoing: Outgoing) -> Future[Outcome]:
        """Cancelling the future before its call is made takes the call back."""
        loop = asyncio.get_running_loop()
        done: Future[Outcome] = loop.create_future()
        if self._fenced:
            done.set_result(STALE)
        elif isinstance(outgoing, AnswerPress):
            self._answers.add(done)
            self._start(self._answer(outgoing, done))
        else:
            self._enqueue(outgoing, done, loop.time())
        return done

    def discard(self, chat: ChatId) -> None:
        """End the queued relays of a chat as DISCARDED. One that is being made is not made again."""
        for call in self._relays.pop(chat, ()):
            call.discarded = True
            if not call.being_made:
                self._close(call, DISCARDED)

    def fence(self) -> None:
        """Make no further call: all that wait, and all that come, end as STALE."""
        self._fenced = True
        for recipient in self._recipients.values():
            for call in recipient.calls:
                if not call.being_made:
                    self._close(call, STALE)

    async def drain(self, deadline_seconds: float) -> None:
        """Give what waits time to be sent, then `fence`."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + deadline_seconds
        while (pending := self._pending()) and (left := deadline - loop.time()) > 0:
            await asyncio.wait(pending, timeout=left)
        self.fence()

    def stop(self) -> None:
        """End everything now, calls being made too (as STALE: the same call may be made again later)."""
        self._stopped = self._fenced = True
        for recipient in self._recipients.values():
            for call in recipient.calls:
                self._close(call, STALE)
        for done in self._answers:
            _resolve(done, STALE)
        self._answers.clear()
        for task in self._tasks:
            task.cancel()
        self._alarms.stop()
        if self._budget_timer is not None:
            self._budget_timer.cancel()
        self._recipients.clear()

    def spare_notices(self) -> bool:
        """Whether the bot has budget to spend on what nobody would miss."""
        return not self._lines and self._budget.has_spare(asyncio.get_running_loop().time())

    @property
    def figures(self) -> Figures:
        queued = {lane: self._queued[lane] for lane in Lane}
        rate = self._budget.rate(asyncio.get_running_loop().time())
        return Figures(queued=queued, sent=self._sent, flood_waits=self._flood_waits, rate=rate)

    @property
    def idle(self) -> bool:
        """Nothing queued, under way, or remembered."""
        return not (self._recipients or self._answers or self._tasks)

    def _renew(self) -> None:
        """Other rates from now on. Each bucket keeps what it holds; whoever waits is looked at again."""
        rules = self._live.current.pacing
        limit = Limit(rules.chat_rate, rules.chat_burst)
        if self._stopped or (limit == self._limit and not self._budget.differs(rules.bot_rate, rules.bot_burst)):
            return
        now = asyncio.get_running_loop().time()
        before, self._limit = self._limit, limit
        self._budget.change(rules.bot_rate, rules.bot_burst, now)
        for recipient in list(self._recipients.values()):
            recipient.bucket = Bucket(min(before.tokens(recipient.bucket, now), float(limit.burst)), now)
            if recipient.calls and recipient.offered is None:
                self._look(recipient, now)
        if self._budget_timer is not None:
            self._budget_timer.cancel()
            self._dispatch()

    def _enqueue(self, outgoing: Send | Edit, done: Future[Outcome], now: float) -> None:
        recipient = self._recipients.get(outgoing.to)
        if outgoing.lane is Lane.NOTICE and isinstance(outgoing, Edit) and not self._is_spare(recipient, now):
            done.set_result(NO_BUDGET)
            return
        if recipient is None:
            recipient = self._recipients[outgoing.to] = Recipient(outgoing.to, self._limit.full(now))
        call = Call(outgoing, recipient, done, now + self._live.current.pacing.max_park_seconds)
        recipient.calls.append(call)
        recipient.lanes[outgoing.lane] += 1
        self._queued[outgoing.lane] += 1
        if outgoing.chat is not None:
            self._relays.setdefault(outgoing.chat, {})[call] = None
        self._look(recipient, now)

    def _is_spare(self, recipient: Recipient | None, now: float) -> bool:
        if not self.spare_notices():
            return False
        if recipient is None:
            return True
        return not recipient.calls and recipient.parked_until <= now and not self._limit.wait(recipient.bucket, now)

    def _close(self, call: Call, outcome: Outcome | Exception) -> None:
        if call.closed:
            return
        call.closed = True
        lane, chat = call.outgoing.lane, call.outgoing.chat
        call.recipient.lanes[lane] -= 1
        self._queued[lane] -= 1
        if chat is not None and (relays := self._relays.get(chat)) is not None:
            relays.pop(call, None)
            if not relays:
                del self._relays[chat]
        self._sent += isinstance(outcome, Sent)
        _resolve(call.done, outcome)

    def _look(self, recipient: Recipient, now: float) -> None:
        """Decide what a recipient does next: rest, wait for its own limits, wait for the bot's, or go."""
        if recipient.busy:
            return
        call = self._next_call(recipient, now)
        if call is None:
            self._rest(recipient, now)
            return
        ready_at = max(recipient.parked_until, now + self._limit.wait(recipient.bucket, now))
        if ready_at > now:
            self._alarms.set(recipient, min(ready_at, call.deadline))
        elif not self._lines and self._budget.take(now):
            self._go(recipient, call, now)
        else:
            self._offer(recipient, call, now)

    def _next_call(self, recipient: Recipient, now: float) -> Call | None:
        """The head of the queue, once those that ended, or cannot be made in time, are gone from it."""
        possible_at = max(now, recipient.parked_until)
        while recipient.calls:
            call = recipient.calls[0]
            if not (call.closed or call.done.done()):
                if possible_at < call.deadline:
                    return call
                self._close(call, self._give_up(recipient, now))
            self._close(call, DISCARDED)  # of no effect but where its future was cancelled
            recipient.calls.popleft()
        return None

    def _give_up(self, recipient: Recipient, now: float) -> NotSent:
        waits = (recipient.parked_until - now, self._limit.wait(recipient.bucket, now), self._budget.wait(now))
        return NotSent(why=Why.FLOOD, retry_after=max(0.0, *waits))

    def _rest(self, recipient: Recipient, now: float) -> None:
        """Remembered only until its bucket is full and its flood wait over."""
        recipient.offered = None
        until = max(recipient.parked_until, now + self._limit.refill(recipient.bucket, now))
        if until > now:
            self._alarms.set(recipient, until)
        else:
            recipient.wake = inf
            self._recipients.pop(recipient.user, None)

    def _go(self, recipient: Recipient, call: Call, now: float) -> None:
        """Both budgets allow it; the bot's token is taken already."""
        recipient.bucket = self._limit.take(recipient.bucket, now) or Bucket(0.0, now)
        recipient.offered, recipient.busy = None, True
        self._start(self._make(recipient, call))

    async def _make(self, recipient: Recipient, call: Call) -> None:
        try:
            result = await self._perform(call.outgoing)
        except asyncio.CancelledError:
            self._close(call, STALE)
            raise
        except Exception as error:  # noqa: BLE001 - whoever waits for the call gets it
            self._close(call, error)
        else:
            self._settle(recipient, call, result)
        finally:
            recipient.busy = False
            if not self._stopped:
                self._look(recipient, asyncio.get_running_loop().time())

    def _settle(self, recipient: Recipient, call: Call, result: Outcome | FloodWait) -> None:
        if not isinstance(result, FloodWait):
            self._close(call, result)
            return
        now = asyncio.get_running_loop().time()
        self._flood_waits += 1
        recipient.parked_until = now + max(result.seconds, SHORTEST_PARK)
        self._budget.flooded(recipient.user, now)
        if self._fenced or call.discarded:
            self._close(call, STALE if self._fenced else DISCARDED)

    async def _answer(self, press: AnswerPress, done: Future[Outcome]) -> None:
        try:
            result = await self._perform(press)
        except asyncio.CancelledError:
            _resolve(done, STALE)
            raise
        except Exception as error:  # noqa: BLE001 - whoever waits for the call gets it
            _resolve(done, error)
        else:
            if isinstance(result, FloodWait):
                self._flood_waits += 1
                result = NotSent(why=Why.FLOOD, retry_after=result.seconds)
            _resolve(done, result)
        finally:
            self._answers.discard(done)

    def _offer(self, recipient: Recipient, call: Call, now: float) -> None:
        self._lines.join(recipient, now)
        self._alarms.set(recipient, call.deadline)
        self._arm_budget(now)

    def _arm_budget(self, now: float) -> None:
        if self._budget_timer is None:
            self._budget_timer = asyncio.get_running_loop().call_at(now + self._budget.wait(now), self._dispatch)

    def _dispatch(self) -> None:
        self._budget_timer = None
        now = asyncio.get_running_loop().time()
        while (recipient := self._lines.first()) is not None:
            call = self._next_call(recipient, now)
            if call is None:
                self._rest(recipient, now)
            elif self._budget.take(now):
                self._lines.took_turn()
                self._go(recipient, call, now)
            else:
                self._arm_budget(now)
                return

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _pending(self) -> list[Future[Outcome]]:
        queued = [call.done for recipient in self._recipients.values() for call in recipient.calls if not call.done.done()]
        return [*queued, *self._answers]


def _resolve(done: Future[Outcome], outcome: Outcome | Exception) -> None:
    if done.done():
        return
    if isinstance(outcome, Exception):
        done.set_exception(outcome)
    else:
        done.set_result(outcome)
