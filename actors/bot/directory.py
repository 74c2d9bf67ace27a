"""Directory: the bots that this process serves, and the sessions of their users, which are activated on demand."""

from __future__ import annotations

import asyncio
from asyncio import get_running_loop
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice
from math import ceil

from actors.bot.service_record import ServiceRecord
from actors.messages import IdleTimeout, SessionMessage, TransportMessage
from actors.runtime.ref import ActorRef
from domain.errors import Unavailable
from domain.matching.requests import Mark
from domain.model.bot import Lease
from domain.model.ids import Address, BotId, Pts, UserId

SWEEP_SECONDS = 60
"""A session that is idle is found out within this time."""

Activate = Callable[[Address], ActorRef[SessionMessage]]


@dataclass(slots=True, kw_only=True)
class ServedBot:
    """One bot served by this process, while it holds the bot's lease."""

    lease: Lease
    transport: ActorRef[TransportMessage]
    since: float
    """Loop time when the lease was taken."""
    heard: float = float("-inf")
    """Loop time. What was in the bot's event stream by then has been handed to its sessions."""
    sessions: dict[UserId, ActorRef[SessionMessage]] = field(default_factory=dict)
    closing: bool = False
    finished: bool = False
    """While it is closing, that is being handed over: its sessions have ended."""


class Directory:
    """*Invariant*: at most one live session per address, and none for a bot that is not served here."""

    def __init__(self) -> None:
        self._served: dict[BotId, ServedBot] = {}
        self._activate: Activate | None = None
        self._watchers: list[Callable[[], None]] = []
        self._finished = asyncio.Event()
        self.names: dict[BotId, str] = {}
        """User names of bots, without the @: those of this worker, and those that other workers tell in the roster."""
        self.closed: frozenset[BotId] = frozenset()
        """Bots that take no new people."""
        self.record = ServiceRecord()

    def activates_with(self, activate: Activate) -> None:
        """Sessions need the directory, and the directory activates sessions: the composition root closes this cycle here."""
        self._activate = activate

    def watch(self, changed: Callable[[], None]) -> None:
        """Call `changed` whenever a bot is added or removed."""
        self._watchers.append(changed)

    def serve(self, lease: Lease, transport: ActorRef[TransportMessage]) -> None:
        """Add the bot. A new transport under the same lease keeps the sessions."""
        served = self._served.get(lease.bot)
        if served is not None and served.lease == lease:
            served.transport = transport
        else:
            self._served[lease.bot] = ServedBot(lease=lease, transport=transport, since=get_running_loop().time())
        self._changed()

    def hand_over(self, bot: BotId) -> list[ActorRef[SessionMessage]]:
        """From now on nothing is passed to the bot's sessions here; the next owner of the bot gets it. Active sessions may still
        finish and send. Returns them.
        """
        served = self._served.get(bot)
        if served is None:
            return []
        served.closing = True
        return list(served.sessions.values())

    def hand_over_all(self) -> None:
        """For all bots at once, at the end of the process: no session gets messages from bots that are handed over later."""
        for bot in self._served:
            self.hand_over(bot)

    async def others_finished(self, bot: BotId) -> None:
        """The sessions of `bot` have ended. Wait for those of all bots handed over with it, which may still need its files."""
        if (served := self._served.get(bot)) is not None:
            served.finished = True
            self._finished.set()
        while any(served.closing and not served.finished for served in self._served.values()):
            self._finished.clear()
            await self._finished.wait()

    def close(self, bot: BotId) -> list[ActorRef[SessionMessage]]:
        """Remove the bot. Returns the sessions that are left; the caller kills them."""
        served = self._served.pop(bot, None)
        self._changed()
        return list(served.sessions.values()) if served else []

    @property
    def bots(self) -> list[BotId]:
        return list(self._served)

    def post(self, bot: BotId) -> ServedBot | None:
        return self._served.get(bot)

    def mark(self, bot: BotId, pts: Pts | None = None) -> Mark:
        """Of a request to the pool for somebody at this bot. Raises Unavailable where the bot is served elsewhere by now."""
        post = self.post(bot)
        if post is None:
            raise Unavailable("this bot is being handed over to another worker")
        return Mark(lease=post.lease, pts=pts)

    @property
    def unheard(self) -> bool:
        """Whether the event stream of some bot has not been read to its end since the bot was added."""
        return any(served.heard < served.since for served in self._served.values())

    def heard(self, bots: Iterable[BotId], at: float) -> None:
        """What was in the streams of `bots` at the loop time `at` has been handed to their sessions."""
        for bot in bots:
            served = self._served.get(bot)
            if served is not None and at >= served.since:  # otherwise it was removed and added again meanwhile
                served.heard = at

    def together(self, one: BotId, other: BotId, *, streamed: float) -> bool:
        """Whether messages of `one`'s users may go directly to `other`'s sessions: all earlier ones have arrived, by the stream
        until the loop time `streamed` and from other processes.
        """
        mine, theirs = self._served.get(one), self._served.get(other)
        return mine is not None and theirs is not None and theirs.heard >= mine.since and theirs.heard > streamed

    def session(self, address: Address) -> ActorRef[SessionMessage] | None:
        """The session, activated if it is not. None if the bot is not served here or is being handed over."""
        served = self._served.get(address.bot)
        if served is None or served.closing:
            return None
        known = served.sessions.get(address.user)
        if known is not None and known.is_alive():
            return known
        assert self._activate is not None
        activated = served.sessions[address.user] = self._activate(address)
        return activated

    def sessions_of(self, user: UserId) -> list[ActorRef[SessionMessage]]:
        """The user's active sessions, at all bots."""
        found = (served.sessions.get(user) for served in self._served.values())
        return [session for session in found if session is not None and session.is_alive()]

    def sessions(self, bot: BotId) -> list[ActorRef[SessionMessage]]:
        served = self._served.get(bot)
        return list(served.sessions.values()) if served else []

    def sweep(self, bot: BotId) -> None:
        """Called once a second: ask some of the sessions whether they are idle, each in its turn, all of them within
        `SWEEP_SECONDS`. A timer of its own would cost a session as much as its state.

        While the bot is being handed over its sessions stop anyway, and stay known: those that do not finish have to be killed.
        """
        served = self._served.get(bot)
        if served is None or served.closing:
            return
        for user in list(islice(served.sessions, ceil(len(served.sessions) / SWEEP_SECONDS))):
            session = served.sessions.pop(user)
            if session.is_alive():
                served.sessions[user] = session  # the last one now
                session.tell(IdleTimeout())

    def forget(self, address: Address, session: ActorRef[SessionMessage]) -> None:
        """It is passivated. While the bot is being handed over, it stays known until it is closed."""
        served = self._served.get(address.bot)
        if served is not None and not served.closing and served.sessions.get(address.user) is session:
            del served.sessions[address.user]

    def _changed(self) -> None:
        self._finished.set()
        for changed in self._watchers:
            changed()
