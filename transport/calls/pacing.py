"""Decides when one bot makes its outgoing calls, so that it stays within Telegram's rate limits.

- Each recipient's calls are made one after the other, in the order submitted, never two at once.
- Each recipient has a token bucket (`chat_rate`, `chat_burst`). The bot has one for all (`bot_rate`, `bot_burst`).
- While the bot's bucket is empty, recipients wait in lanes: answers, relays, notices, broadcasts. A recipient waits in the
  lane of its most urgent call, so that nobody's chat waits behind a broadcast. Every eighth turn goes to the recipient that
  has waited longest, so that only broadcasts can starve.
- A flood wait parks only the recipient it was for; then the same call is made again. A call that would wait longer than
  `max_park_seconds` ends as FLOOD at once.
- Edits in the lane NOTICE are never queued: without spare budget they end as REFUSED ("no budget").
- Answers to button presses never wait.

A recipient is forgotten when its bucket is full again. So nothing runs, not even a timer, while nothing waits.
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
from domain.model.outgoing import AnswerPress, Delete, Edit, Lane, NotSent, Outcome, Outgoing, Send, Sent, Why
from transport.calls.budget import BotBudget
from transport.calls.recipients import Alarms, Call, LaneQueues, Recipient

SHORTEST_PARK = 0.2
"""Seconds. A flood wait of 0 must not become a busy loop."""

STALE = NotSent(why=Why.STALE)
DISCARDED = NotSent(why=Why.DISCARDED)
NO_BUDGET = NotSent(why=Why.REFUSED, detail="no budget")


@dataclass(frozen=True, slots=True)
class FloodWait:
    """Telegram asked to wait so long; the call was not carried out."""

    seconds: float


Perform = Callable[[Outgoing], Awaitable[Outcome | FloodWait]]
Failed = Callable[[Lane, Outcome | Exception], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    queued: dict[Lane, int]
    """Calls without an outcome yet, by lane. Includes those being made."""
    sent: int
    flood_waits: int
    rate: float
    """Calls a second that the bot allows itself now."""
    held: int
    """Calls that wait for the end of a flood wait."""
    flood_seconds: float
    """Until the longest flood wait in force is over; 0 where there is none."""


def _not_noted(_lane: Lane, _outcome: Outcome | Exception) -> None: ...


class Pacer:
    """Runs on one event loop. `perform` makes one call; an exception from it is set on the future of the call. `failed` is told
    of each outcome of a queued call that is not `Sent`.
    """

    def __init__(self, live: LiveConfiguration, perform: Perform, failed: Failed = _not_noted) -> None:
        rules = live.current.pacing
        self._live = live
        self._perform = perform
        self._failed = failed
        self._parked: dict[UserId, Recipient] = {}
        """Recipients with a flood wait, which may be over."""
        self._limit = Limit(rules.chat_rate, rules.chat_burst)
        self._budget = BotBudget(rules.bot_rate, rules.bot_burst)
        self._recipients: dict[UserId, Recipient] = {}
        self._relays: dict[ChatId, dict[Call, None]] = {}
        """Relays without an outcome yet, by chat, in the order submitted."""
        self._answers: set[Future[Outcome]] = set()
        self._tasks: set[Task[None]] = set()
        self._lanes = LaneQueues()
        self._alarms = Alarms(self._schedule)
        self._budget_timer: TimerHandle | None = None
        self._fenced = self._stopped = False
        self._queued = [0] * len(Lane)
        self._sent = self._flood_waits = 0
        live.watch(self._apply_configuration)

    def submit(self, outgoing: Outgoing) -> Future[Outcome]:
        """Cancelling the future withdraws the call if it is not being made yet."""
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
        """End the queued relays of a chat as DISCARDED. One that is being made is not retried."""
        for call in self._relays.pop(chat, ()):
            call.discarded = True
            if not call.being_made:
                self._close(call, DISCARDED)

    def fence(self) -> None:
        """Make no further call. All waiting calls and all later ones end as STALE."""
        self._fenced = True
        for recipient in self._recipients.values():
            for call in recipient.calls:
                if not call.being_made:
                    self._close(call, STALE)

    async def drain(self, deadline_seconds: float) -> None:
        """Let the waiting calls be made for up to `deadline_seconds`, then `fence`."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + deadline_seconds
        while (pending := self._pending()) and (left := deadline - loop.time()) > 0:
            await asyncio.wait(pending, timeout=left)
        self.fence()

    def stop(self) -> None:
        """End every call now as STALE, also those being made: the next owner of the bot may make them again."""
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
        self._parked.clear()

    def spare_notices(self) -> bool:
        return not self._lanes and self._budget.has_spare(asyncio.get_running_loop().time())

    @property
    def figures(self) -> Figures:
        now = asyncio.get_running_loop().time()
        self._parked = {user: each for user, each in self._parked.items() if each.parked_until > now}
        return Figures(
            queued={lane: self._queued[lane] for lane in Lane},
            sent=self._sent,
            flood_waits=self._flood_waits,
            rate=self._budget.rate(now),
            held=sum(sum(each.lanes) for each in self._parked.values()),
            flood_seconds=max((each.parked_until - now for each in self._parked.values()), default=0.0),
        )

    @property
    def idle(self) -> bool:
        return not (self._recipients or self._answers or self._tasks)

    def _apply_configuration(self) -> None:
        """Use the new rates. Each bucket keeps its tokens, and waiting recipients are scheduled anew."""
        rules = self._live.current.pacing
        limit = Limit(rules.chat_rate, rules.chat_burst)
        if self._stopped or (limit == self._limit and not self._budget.differs(rules.bot_rate, rules.bot_burst)):
            return
        now = asyncio.get_running_loop().time()
        before, self._limit = self._limit, limit
        self._budget.change(rules.bot_rate, rules.bot_burst, now)
        for recipient in list(self._recipients.values()):
            recipient.bucket = Bucket(min(before.tokens(recipient.bucket, now), float(limit.burst)), now)
            if recipient.calls and recipient.waiting_lane is None:
                self._schedule(recipient, now)
        if self._budget_timer is not None:
            self._budget_timer.cancel()
            self._dispatch()

    def _enqueue(self, outgoing: Send | Edit | Delete, done: Future[Outcome], now: float) -> None:
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
        self._schedule(recipient, now)

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
        if isinstance(outcome, Sent):
            self._sent += 1
        else:
            self._failed(lane, outcome)
        _resolve(call.done, outcome)

    def _schedule(self, recipient: Recipient, now: float) -> None:
        """Decide what happens to a recipient next: it makes a call, waits for its own limit or the bot's, or rests."""
        if recipient.busy:
            return
        call = self._next_call(recipient, now)
        if call is None:
            self._retire(recipient, now)
            return
        ready_at = max(recipient.parked_until, now + self._limit.wait(recipient.bucket, now))
        if ready_at > now:
            self._alarms.set(recipient, min(ready_at, call.deadline))
        elif not self._lanes and self._budget.take(now):
            self._begin(recipient, call, now)
        else:
            self._await_budget(recipient, call, now)

    def _next_call(self, recipient: Recipient, now: float) -> Call | None:
        """The first call that can still be made in time. Calls before it are removed from the queue, with an outcome."""
        possible_at = max(now, recipient.parked_until)
        while recipient.calls:
            call = recipient.calls[0]
            if not (call.closed or call.done.done()):
                if possible_at < call.deadline:
                    return call
                self._close(call, self._give_up(recipient, now))
            self._close(call, DISCARDED)  # only has an effect if the future was cancelled
            recipient.calls.popleft()
        return None

    def _give_up(self, recipient: Recipient, now: float) -> NotSent:
        waits = (recipient.parked_until - now, self._limit.wait(recipient.bucket, now), self._budget.wait(now))
        return NotSent(why=Why.FLOOD, retry_after=max(0.0, *waits))

    def _retire(self, recipient: Recipient, now: float) -> None:
        """Forget a recipient without calls once its bucket is full and its flood wait over."""
        recipient.waiting_lane = None
        until = max(recipient.parked_until, now + self._limit.refill(recipient.bucket, now))
        if until > now:
            self._alarms.set(recipient, until)
        else:
            recipient.alarm_at = inf
            self._recipients.pop(recipient.user, None)

    def _begin(self, recipient: Recipient, call: Call, now: float) -> None:
        """Make a call that both limits allow. The bot's token is taken already; this takes the recipient's."""
        recipient.bucket = self._limit.take(recipient.bucket, now) or Bucket(0.0, now)
        recipient.waiting_lane, recipient.busy = None, True
        self._start(self._run_call(recipient, call))

    async def _run_call(self, recipient: Recipient, call: Call) -> None:
        try:
            result = await self._perform(call.outgoing)
        except asyncio.CancelledError:
            self._close(call, STALE)
            raise
        except Exception as error:  # noqa: BLE001 - set on the future of the call
            self._close(call, error)
        else:
            self._settle(recipient, call, result)
        finally:
            recipient.busy = False
            if not self._stopped:
                self._schedule(recipient, asyncio.get_running_loop().time())

    def _settle(self, recipient: Recipient, call: Call, result: Outcome | FloodWait) -> None:
        if not isinstance(result, FloodWait):
            self._close(call, result)
            return
        now = asyncio.get_running_loop().time()
        self._flood_waits += 1
        recipient.parked_until = now + max(result.seconds, SHORTEST_PARK)
        self._parked[recipient.user] = recipient
        self._budget.flooded(recipient.user, now)
        if self._fenced or call.discarded:
            self._close(call, STALE if self._fenced else DISCARDED)

    async def _answer(self, press: AnswerPress, done: Future[Outcome]) -> None:
        try:
            result = await self._perform(press)
        except asyncio.CancelledError:
            _resolve(done, STALE)
            raise
        except Exception as error:  # noqa: BLE001 - set on the future of the call
            _resolve(done, error)
        else:
            if isinstance(result, FloodWait):
                self._flood_waits += 1
                result = NotSent(why=Why.FLOOD, retry_after=result.seconds)
            _resolve(done, result)
        finally:
            self._answers.discard(done)

    def _await_budget(self, recipient: Recipient, call: Call, now: float) -> None:
        self._lanes.join(recipient, now)
        self._alarms.set(recipient, call.deadline)
        self._arm_budget(now)

    def _arm_budget(self, now: float) -> None:
        if self._budget_timer is None:
            self._budget_timer = asyncio.get_running_loop().call_at(now + self._budget.wait(now), self._dispatch)

    def _dispatch(self) -> None:
        self._budget_timer = None
        now = asyncio.get_running_loop().time()
        while (recipient := self._lanes.first()) is not None:
            call = self._next_call(recipient, now)
            if call is None:
                self._retire(recipient, now)
            elif self._budget.take(now):
                self._lanes.took_turn()
                self._begin(recipient, call, now)
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
