"""A bot's updates: received in any order, handed on in the log's order, one at a time, none lost and none twice.

What arrives live and is next in its log waits in `ready`; what is out of order waits in `held` for the gap before it to close.
A gap that stays, a reconnect, a start, Telegram saying that there is too much, or too much waiting here: then the bot is
*behind*, and once `ready` is handed on, Telegram is asked for the difference since the head of the log. While it is behind,
live updates wait in `held`, or are left to the difference when they are many.

*Invariant*: neither `ready` nor `held` has more than `LIMIT` numbered updates, however slow the receiver is.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from pyrogram import raw
from pyrogram.errors import FloodWait, PersistentTimestampEmpty, PersistentTimestampInvalid, RPCError

from domain.model.ids import Pts
from domain.model.inbound import Ignored, Inbound
from transport.calls.methods import name_of
from transport.calls.peers import Peers
from transport.mtproto.backoff import Backoff
from transport.mtproto.link import Link
from transport.updates.difference import in_order
from transport.updates.reading import NUMBERED, ReadContext, key_of, read
from transport.updates.update_log import UpdateLog, Verdict

log = logging.getLogger(__name__)

LIMIT = 1000
GAP_SECONDS = 0.5
"""How long a gap may stay before the difference is asked: answers to the bot's own calls close most of them sooner."""
LONGEST_FLOOD = 300.0
"""The difference is asked for again after so long, however long Telegram wants to be left alone."""
FAILING_SECONDS = 10.0
"""A difference that could not be had for so long is a problem to be told."""
IDLE_SECONDS = 900.0
"""After so long without an update Telegram is asked whether there is any."""

PLAIN = (raw.types.Updates, raw.types.UpdatesCombined)
ASKING = (raw.types.UpdatesTooLong, raw.types.UpdateShortMessage, raw.types.UpdateShortChatMessage)
"""These say that something happened but not enough of it to act on."""
PLACE_REFUSED = (PersistentTimestampEmpty, PersistentTimestampInvalid)


@dataclass(frozen=True, slots=True)
class Entry:
    """An update with what came along; `key` is set where `log` is, `place` and `count` where it came live too."""

    update: Any
    users: Mapping[int, Any]
    log: UpdateLog | None = None
    key: int = 0
    place: int = 0
    count: int = 0


class Inbox:
    def __init__(self, *, link: Link, peers: Peers, reading: ReadContext) -> None:
        self.pts = UpdateLog(0)
        self.qts = UpdateLog(0)
        self.date = 0
        self.seq = 0
        self.moved = asyncio.Event()
        """Something is to be stored."""
        self._link = link
        self._peers = peers
        self._reading = reading
        self._ready: deque[Entry] = deque()
        self._held: list[Entry] = []
        self._behind = True
        self._missed = False
        """Live updates were left to a difference that was perhaps already under way."""
        self._activate = asyncio.Event()
        self._heard = False
        self._failing_since: float | None = None
        """Loop time of the first of the failures since the last difference."""
        self._failure = ""
        self._gap_timer: asyncio.TimerHandle | None = None
        self._idle_timer: asyncio.TimerHandle | None = None

    def begin(self, pts: int, qts: int, date: int, seq: int) -> None:
        """Where the last owner of the bot left off."""
        self.pts.jump(pts)
        self.qts.jump(qts)
        self.date, self.seq = date, seq

    def check(self, state: Any) -> None:
        """Compare with `updates.State` of a new connection: a server that knows less than we do has lost its memory."""
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
        """Nothing that people write comes in while the difference cannot be had."""
        if self._failing_since is None:
            return ()
        seconds = asyncio.get_running_loop().time() - self._failing_since
        if seconds < FAILING_SECONDS:
            return ()
        long = f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
        return (
            f"bot{self._reading.bot}: what people write has not come in for {long}: Telegram gives no difference ({self._failure})",
        )

    def fall_behind(self) -> None:
        """Ask for the difference as soon as what is ready is handed on."""
        self._behind = True
        self._missed = True
        self._activate.set()

    def confirm(self, pts: Pts) -> None:
        self.pts.confirm(pts)
        self.moved.set()

    def own(self, pts: int, count: int) -> None:
        """A call of the bot's own took this place in its log."""
        head = self.pts.head
        self.pts.own(pts, count)
        self.moved.set()
        if self._held and self.pts.head > head and not self._behind:
            self._release()
            self._activate.set()

    # What arrives (nothing here waits)

    def push(self, updates: Any) -> None:
        """Whatever Telegram sends that answers no call."""
        self._heard = True
        if isinstance(updates, PLAIN):
            self._push_all(updates)
        elif isinstance(updates, raw.types.UpdateShort):
            self._accept(self._entry(updates.update, {}))
        elif isinstance(updates, ASKING):
            self.fall_behind()
        self._activate.set()

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
        if entry.log is None:
            self._accept_unnumbered(entry)
        elif self._behind:
            self._hold(entry)
        else:
            self._place(entry)

    def _accept_unnumbered(self, entry: Entry) -> None:
        if len(self._ready) < 2 * LIMIT:
            self._ready.append(entry)
        else:
            log.warning("%s left out: too many updates are waiting", type(entry.update).__name__)

    def _place(self, entry: Entry) -> None:
        assert entry.log is not None
        match entry.log.judge(entry.place, entry.count):
            case Verdict.NEXT if len(self._ready) >= LIMIT:
                self.fall_behind()
            case Verdict.NEXT:
                entry.log.take(entry.place, entry.key)
                self._ready.append(entry)
                if self._held:
                    self._release()
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

    def _release(self) -> None:
        """Take what the head has come up to; what still leaves a gap is held on."""
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

    # What is handed on

    async def run(self, receive: Callable[[Inbound], Awaitable[None]]) -> None:
        """Runs until cancelled. What `receive` raises ends it: the update is not confirmed and comes again."""
        self._idle()
        try:
            while True:
                if self._ready:
                    await self._deliver(self._ready.popleft(), receive)
                elif self._behind:
                    await self._catch_up(receive)
                else:
                    self._activate.clear()
                    await self._activate.wait()
        finally:
            for timer in (self._gap_timer, self._idle_timer):
                if timer is not None:
                    timer.cancel()

    def _idle(self) -> None:
        """Looked at every IDLE_SECONDS."""
        if not self._heard:
            self.fall_behind()
        self._heard = False
        self._idle_timer = asyncio.get_running_loop().call_later(IDLE_SECONDS, self._idle)

    async def _deliver(self, entry: Entry, receive: Callable[[Inbound], Awaitable[None]]) -> None:
        found = self._read(entry)
        if found is not None and not isinstance(found, Ignored):
            await receive(found)
        if entry.log is self.qts:
            self.qts.confirm(entry.key)
            self.moved.set()
        elif entry.log is self.pts and (found is None or isinstance(found, Ignored)):
            self.confirm(Pts(entry.key))

    def _read(self, entry: Entry) -> Inbound | Ignored | None:
        try:
            return read(entry.update, entry.users, self._reading)
        except Exception as error:  # noqa: BLE001 - an update that cannot be read must not stop all later ones
            # no traceback: it may quote the message
            log.error("%s could not be read: %s", type(entry.update).__name__, type(error).__name__)
            return None

    # The difference

    async def _catch_up(self, receive: Callable[[Inbound], Awaitable[None]]) -> None:
        backoff = Backoff(first=0.2, most=5.0)
        while self._behind:
            await self._link.up.wait()
            self._missed = False
            try:
                complete = await self._fetch(receive)
            except (RPCError, OSError) as error:
                self._fails(name_of(error) if isinstance(error, RPCError) else type(error).__name__)
                if isinstance(error, PLACE_REFUSED):
                    await self._begin_anew()
                asked_to_wait = min(float(error.value), LONGEST_FLOOD) if isinstance(error, FloodWait) else 0.0
                await asyncio.sleep(max(backoff.pause(), asked_to_wait))
            else:
                self._failing_since = None
                self._behind = not complete or self._missed
        self._release()

    def _fails(self, why: str) -> None:
        log.warning("the difference could not be had: %s", why)
        self._failure = why
        if self._failing_since is None:
            self._failing_since = asyncio.get_running_loop().time()

    async def _begin_anew(self) -> None:
        """Telegram does not take our place for one in its log."""
        with suppress(RPCError, OSError):  # then the next refusal leads here again
            self._rewind(await self._link.call(raw.functions.updates.GetState()))

    async def _fetch(self, receive: Callable[[Inbound], Awaitable[None]]) -> bool:
        """Ask for the difference once and hand it on; whether that was all of it."""
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
                await self._hand_on(answer, answer.intermediate_state, receive)
                return False
            case _:
                await self._hand_on(answer, answer.state, receive)
                return True

    async def _hand_on(self, difference: Any, state: Any, receive: Callable[[Inbound], Awaitable[None]]) -> None:
        """All of it is taken before anything is handed on: until the last of it is confirmed, a successor begins before it."""
        self._peers.learn(difference.users)
        users = {user.id: user for user in difference.users}
        entries = [self._entry(update, users) for update in in_order(difference)]
        for numbered, end in ((self.pts, state.pts), (self.qts, state.qts)):
            numbered.take_slice((entry.key for entry in entries if entry.log is numbered), end)
        for entry in entries:
            await self._deliver(entry, receive)
        self.date, self.seq = state.date, state.seq
        self.moved.set()
