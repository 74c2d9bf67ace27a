"""Receives a bot's updates in any order and delivers them in the order of Telegram's log: one at a time, none lost, none twice.

A live update that is next in its log goes to `ready`. One that is out of order goes to `held` until the gap before it closes.

The bot is *behind* after a start, a reconnect, a gap that does not close, Telegram's "too long", or an overflow here. Then,
once `ready` is empty, Telegram is asked for the difference: all updates since the head of the log. While the bot is behind,
live updates go to `held`; if those are too many they are dropped, because the difference contains them.

*Invariant*: `ready` and `held` have at most `LIMIT` numbered updates each, however slow the receiver is.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from pyrogram import raw
from pyrogram.errors import FloodWait, PersistentTimestampEmpty, PersistentTimestampInvalid, RPCError

from domain.model.ids import Pts
from domain.model.inbound import Ignored, Inbound
from domain.payments.updates import PrecheckoutAsked, SubscriptionChanged
from transport.calls.methods import name_of
from transport.calls.peers import Peers
from transport.mtproto.backoff import Backoff
from transport.mtproto.link import Link
from transport.updates.difference import in_order
from transport.updates.other_senders import OtherSenders
from transport.updates.payments import read_precheckout
from transport.updates.reading import NUMBERED, ReadContext, key_of, read
from transport.updates.update_log import UpdateLog, Verdict

log = logging.getLogger(__name__)

LIMIT = 1000
GAP_SECONDS = 0.5
"""How long a gap may stay before the difference is requested. Answers to the bot's own calls close most gaps sooner."""
MAX_FLOOD_PAUSE = 300.0
"""Longest pause in seconds before the difference is requested again, even if a flood wait is longer."""
FAILING_SECONDS = 10.0
"""The operator is told when the difference has failed for so long."""
STUCK_SECONDS = 30.0
"""The operator is told when an update could not be delivered for so long."""
IDLE_SECONDS = 900.0
"""The difference is requested after so long without any update."""

UPDATE_LISTS = (raw.types.Updates, raw.types.UpdatesCombined)
INCOMPLETE = (raw.types.UpdatesTooLong, raw.types.UpdateShortMessage, raw.types.UpdateShortChatMessage)
"""These announce updates but do not contain all that is needed to process them."""
PLACE_REFUSED = (PersistentTimestampEmpty, PersistentTimestampInvalid)

Receive = Callable[[Inbound | Ignored], Awaitable[None]]


def _ignore(_asked: PrecheckoutAsked) -> None: ...


@dataclass(frozen=True, slots=True)
class Entry:
    update: Any
    users: Mapping[int, Any]
    log: UpdateLog | None = None
    """None if the update has no number. Then the fields below are not used."""
    key: int = 0
    place: int = 0
    """Place in the log; 0 for messages of a difference, like `count`."""
    count: int = 0


class Inbox:
    def __init__(self, *, link: Link, peers: Peers, reading: ReadContext) -> None:
        self.pts = UpdateLog(0)
        self.qts = UpdateLog(0)
        self.date = 0
        self.seq = 0
        self.on_precheckout: Callable[[PrecheckoutAsked], None] = _ignore
        """Called at once, past all queues: the answer to a pre-checkout query has 10 s."""
        self.others = OtherSenders()
        self.moved = asyncio.Event()
        """Set when there is something for the checkpoint to store."""
        self._link = link
        self._peers = peers
        self._reading = reading
        self._ready: deque[Entry] = deque()
        self._held: list[Entry] = []
        self._caught_up = False
        """The first difference is complete."""
        self._delivering_since: float | None = None
        """Loop time since which an update is being delivered."""
        self._behind = True
        self._fell_behind_again = False
        """`fall_behind` was called while a difference was being requested: that one may lack the newest updates."""
        self._work = asyncio.Event()
        self._told_at = 0
        """Telegram's time when it sent what came last."""
        self._received = False
        """Something arrived since the last idle check."""
        self._failing_since: float | None = None
        """Loop time of the first failed request since the last difference."""
        self._failure = ""
        self._gap_timer: asyncio.TimerHandle | None = None
        self._idle_timer: asyncio.TimerHandle | None = None

    def named(self, username: str) -> None:
        """Which commands are for this bot, such as /stop@username."""
        self._reading = replace(self._reading, username=username)

    def begin(self, pts: int, qts: int, date: int, seq: int) -> None:
        """Start at these places: where the last owner of the bot stopped."""
        self.pts.jump(pts)
        self.qts.jump(qts)
        self.date, self.seq = date, seq

    def check(self, state: Any) -> None:
        """Compare with `updates.State` of a new connection. A server whose log ends before our place has lost its data."""
        if state.pts < self.pts.head:
            self._rewind(state)
        self.fall_behind()

    def _rewind(self, state: Any) -> None:
        log.error("the place %d is not in the server's update log: beginning anew at its end, %d", self.pts.head, state.pts)
        self.pts.rewind(state.pts)
        self.qts.rewind(state.qts)
        self.date, self.seq = state.date, state.seq
        self.moved.set()

    @property
    def problems(self) -> tuple[str, ...]:
        """For the operator: no message arrives while the difference fails, or while an earlier one is not taken."""
        now = asyncio.get_running_loop().time()
        lines = []
        missing = f"bot{self._reading.bot}: what people write has not come in for"
        if self._failing_since is not None and (seconds := now - self._failing_since) >= FAILING_SECONDS:
            duration = f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
            lines.append(f"{missing} {duration}: Telegram gives no difference ({self._failure})")
        if self._delivering_since is not None and (seconds := now - self._delivering_since) >= STUCK_SECONDS:
            lines.append(f"{missing} {seconds:.0f} s: a session with a full mailbox does not take it; see logs/error.log")
        return tuple(lines)

    def fall_behind(self) -> None:
        """Request the difference as soon as `ready` is empty."""
        self._behind = True
        self._fell_behind_again = True
        self._work.set()

    def confirm(self, pts: Pts) -> None:
        self.pts.confirm(pts)
        self.moved.set()

    def confirm_qts(self, qts: int) -> None:
        self.qts.confirm(qts)
        self.moved.set()

    def own(self, pts: int, count: int) -> None:
        """Register a message that the bot itself sent: it takes a place in the log too."""
        head = self.pts.head
        self.pts.own(pts, count)
        self.moved.set()
        if self._held and self.pts.head > head and not self._behind:
            self._retry_held()
            self._work.set()

    # Receiving (no method here waits)

    def push(self, updates: Any) -> None:
        self._received = True
        self._told_at = getattr(updates, "date", self._told_at)
        if isinstance(updates, UPDATE_LISTS):
            self._push_all(updates)
        elif isinstance(updates, raw.types.UpdateShort):
            self._accept(self._entry(updates.update, {}))
        elif isinstance(updates, INCOMPLETE):
            self.fall_behind()
        self._work.set()

    def _push_all(self, updates: Any) -> None:
        self._peers.learn(updates.users)
        self.moved.set()
        first = getattr(updates, "seq_start", updates.seq)
        if updates.seq and self.seq and first > self.seq + 1:
            self.fall_behind()
        self.seq = max(self.seq, updates.seq)
        self.date = max(self.date, updates.date)
        users = {user.id: user for user in updates.users}
        for update in updates.updates:
            self._accept(self._entry(update, users))

    def _entry(self, update: Any, users: Mapping[int, Any]) -> Entry:
        if isinstance(update, NUMBERED):
            return Entry(update, users, self.pts, key_of(update), update.pts, update.pts_count)
        if qts := getattr(update, "qts", 0):
            return Entry(update, users, self.qts, qts, qts, 1)
        return Entry(update, users)

    def _accept(self, entry: Entry) -> None:
        if isinstance(entry.update, raw.types.UpdateBotPrecheckoutQuery):
            self.on_precheckout(read_precheckout(entry.update, self._told_at))
        elif entry.log is None:
            self._accept_unnumbered(entry)
        elif self._behind:
            self._hold(entry)
        else:
            self._place(entry)

    def _accept_unnumbered(self, entry: Entry) -> None:
        if len(self._ready) < 2 * LIMIT:
            self._ready.append(entry)
        else:
            log.warning("%s dropped: too many updates are waiting", type(entry.update).__name__)

    def _place(self, entry: Entry) -> None:
        assert entry.log is not None
        match entry.log.judge(entry.place, entry.count):
            case Verdict.NEXT if len(self._ready) >= LIMIT:
                self.fall_behind()
            case Verdict.NEXT:
                entry.log.take(entry.place, entry.key)
                self._ready.append(entry)
                if self._held:
                    self._retry_held()
            case Verdict.GAP:
                self._hold(entry)
                self._watch_gap()
            case Verdict.DUPLICATE:
                pass

    def _hold(self, entry: Entry) -> None:
        if len(self._held) < LIMIT:
            self._held.append(entry)
        else:
            self._held.clear()
            self.fall_behind()

    def _retry_held(self) -> None:
        """Take the held updates that are next now. The others stay held."""
        held, self._held = sorted(self._held, key=lambda entry: entry.place), []
        for entry in held:
            self._accept(entry)

    def _watch_gap(self) -> None:
        if self._gap_timer is None:
            self._gap_timer = asyncio.get_running_loop().call_later(GAP_SECONDS, self._check_gap)

    def _check_gap(self) -> None:
        self._gap_timer = None
        if self._held:
            self.fall_behind()

    # Delivering

    async def run(self, receive: Receive) -> None:
        """Runs until cancelled. An exception from `receive` ends it; that update is not confirmed and comes again."""
        self._check_idle()
        try:
            while True:
                if self._ready:
                    await self._deliver(self._ready.popleft(), receive)
                elif self._behind:
                    await self._catch_up(receive)
                else:
                    self._work.clear()
                    await self._work.wait()
        finally:
            for timer in (self._gap_timer, self._idle_timer):
                if timer is not None:
                    timer.cancel()

    def _check_idle(self) -> None:
        if not self._received:
            self.fall_behind()
        self._received = False
        self._idle_timer = asyncio.get_running_loop().call_later(IDLE_SECONDS, self._check_idle)

    async def _deliver(self, entry: Entry, receive: Receive) -> None:
        if entry.log is self.pts and self._caught_up:
            self.others.look(entry.update)
        found = self._read(entry)
        if found is not None:
            self._delivering_since = asyncio.get_running_loop().time()
            await receive(found)
            self._delivering_since = None
        if entry.log is self.qts and not isinstance(found, SubscriptionChanged):
            self.confirm_qts(entry.key)

    def _read(self, entry: Entry) -> Inbound | Ignored | None:
        try:
            return read(entry.update, entry.users, self._reading)
        except Exception as error:  # noqa: BLE001 - an update that cannot be read must not stop all later ones
            # no traceback, which may quote the message
            log.error("%s could not be read: %s", type(entry.update).__name__, type(error).__name__)
            return Ignored(pts=Pts(entry.key) if entry.log is self.pts else None, kind="unreadable")

    # The difference

    async def _catch_up(self, receive: Receive) -> None:
        backoff = Backoff(first=0.2, most=5.0)
        while self._behind:
            await self._link.up.wait()
            self._fell_behind_again = False
            try:
                complete = await self._fetch(receive)
            except (RPCError, OSError) as error:
                self._note_failure(name_of(error) if isinstance(error, RPCError) else type(error).__name__)
                if isinstance(error, PLACE_REFUSED):
                    await self._begin_anew()
                flood_pause = min(float(error.value), MAX_FLOOD_PAUSE) if isinstance(error, FloodWait) else 0.0
                await asyncio.sleep(max(backoff.pause(), flood_pause))
            else:
                self._failing_since = None
                self._behind = not complete or self._fell_behind_again
                self._caught_up = self._caught_up or complete
        self._retry_held()

    def _note_failure(self, why: str) -> None:
        log.warning("the difference could not be fetched: %s", why)
        self._failure = why
        if self._failing_since is None:
            self._failing_since = asyncio.get_running_loop().time()

    async def _begin_anew(self) -> None:
        """Telegram refuses our place: go to the end of its log."""
        with suppress(RPCError, OSError):  # the next refused request tries this again
            self._rewind(await self._link.call(raw.functions.updates.GetState()))

    async def _fetch(self, receive: Receive) -> bool:
        """Request the difference once and deliver it. Returns whether it was complete."""
        after = self.pts.head
        query = raw.functions.updates.GetDifference(pts=after, date=self.date, qts=self.qts.head)
        answer = await self._link.call(query)
        match answer:
            case raw.types.updates.DifferenceEmpty():
                self.date, self.seq = answer.date, answer.seq
                return True
            case raw.types.updates.DifferenceTooLong():
                log.error("Telegram no longer has the updates between %d and %d", after, answer.pts)
                self.pts.jump(answer.pts)
                return False
            case raw.types.updates.DifferenceSlice():
                await self._deliver_all(answer, answer.intermediate_state, receive)
                return False
            case _:
                await self._deliver_all(answer, answer.state, receive)
                return True

    async def _deliver_all(self, difference: Any, state: Any, receive: Receive) -> None:
        """The log takes all updates before the first is delivered. So, until all are confirmed, the next owner of the bot begins
        before this difference.
        """
        self._peers.learn(difference.users)
        users = {user.id: user for user in difference.users}
        entries = [self._entry(update, users) for update in in_order(difference)]
        for numbered, end in ((self.pts, state.pts), (self.qts, state.qts)):
            numbered.take_slice((entry.key for entry in entries if entry.log is numbered), end)
        for entry in entries:
            await self._deliver(entry, receive)
        self.date, self.seq = state.date, state.seq
        self.moved.set()
