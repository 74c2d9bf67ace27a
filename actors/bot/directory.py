"""Who is where in this process: the bots that it serves, and the sessions of their users, woken on demand."""

from __future__ import annotations

import asyncio
from asyncio import get_running_loop
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from math import ceil

from actors.messages import IdleTimeout, SessionMessage, TransportMessage
from actors.runtime.ref import ActorRef
from domain.model.bot import Lease
from domain.model.ids import Address, BotId, UserId

SWEEP_SECONDS = 60
"""A session that is idle is found out within this time."""

Activate = Callable[[Address], ActorRef[SessionMessage]]


@dataclass(slots=True, kw_only=True)
class ServedBot:
    """One bot served here, for as long as its lease is ours."""

    lease: Lease
    transport: ActorRef[TransportMessage]
    since: float
    """Loop time."""
    heard: float = float("-inf")
    """All that was in the bot's event stream by then is with its sessions. Loop time."""
    sessions: dict[UserId, ActorRef[SessionMessage]] = field(default_factory=dict)
    closing: bool = False
    finished: bool = False
    """While it is closing: its sessions have ended."""


class Directory:
    """*Invariant*: at most one live session per address, and none for a bot without a post."""

    def __init__(self) -> None:
        self._posts: dict[BotId, ServedBot] = {}
        self._activate: Activate | None = None
        self._watchers: list[Callable[[], None]] = []
        self._finished = asyncio.Event()
        self.names: dict[BotId, str] = {}
        """User names of the bots that this worker or another has told of, without the @."""

    def activates_with(self, wake: Activate) -> None:
        """Sessions need the directory and the directory makes sessions: the composition root closes the circle here."""
        self._activate = wake

    def watch(self, changed: Callable[[], None]) -> None:
        """Called whenever a bot comes or goes."""
        self._watchers.append(changed)

    def serve(self, lease: Lease, transport: ActorRef[TransportMessage]) -> None:
        """From now on; a new transport under the same lease keeps the sessions."""
        post = self._posts.get(lease.bot)
        if post is not None and post.lease == lease:
            post.transport = transport
        else:
            self._posts[lease.bot] = ServedBot(lease=lease, transport=transport, since=get_running_loop().time())
        self._changed()

    def hand_over(self, bot: BotId) -> list[ActorRef[SessionMessage]]:
        """From now on nothing reaches the bot's sessions here: it is left to whoever serves the bot next. Those that are awake
        may still say what they have to.
        """
        post = self._posts.get(bot)
        if post is None:
            return []
        post.closing = True
        return list(post.sessions.values())

    def hand_over_all(self) -> None:
        """At the end of the process: no bot is the last to take what is said at the others."""
        for bot in self._posts:
            self.hand_over(bot)

    async def others_finished(self, bot: BotId) -> None:
        """The sessions of `bot` have ended. Wait for those of all bots that leave with it: they may still need a file of ours."""
        if (post := self._posts.get(bot)) is not None:
            post.finished = True
            self._finished.set()
        while any(post.closing and not post.finished for post in self._posts.values()):
            self._finished.clear()
            await self._finished.wait()

    def close(self, bot: BotId) -> list[ActorRef[SessionMessage]]:
        """The sessions that are left, for whoever ends them."""
        post = self._posts.pop(bot, None)
        self._changed()
        return list(post.sessions.values()) if post else []

    @property
    def bots(self) -> list[BotId]:
        return list(self._posts)

    def post(self, bot: BotId) -> ServedBot | None:
        return self._posts.get(bot)

    @property
    def unheard(self) -> bool:
        """Whether there are bots whose stream nobody has read to its end since they came."""
        return any(post.heard < post.since for post in self._posts.values())

    def heard(self, bots: Iterable[BotId], at: float) -> None:
        """What was in their streams at that time is with their sessions."""
        for bot in bots:
            post = self._posts.get(bot)
            if post is not None and at >= post.since:  # else it went and came back meanwhile
                post.heard = at

    def together(self, one: BotId, other: BotId, *, streamed: float) -> bool:
        """Whether what `one`'s users say may go straight to `other`'s sessions: whatever they said before, by the stream until
        `streamed` or at another process, is there already.
        """
        mine, theirs = self._posts.get(one), self._posts.get(other)
        return mine is not None and theirs is not None and theirs.heard >= mine.since and theirs.heard > streamed

    def session(self, address: Address) -> ActorRef[SessionMessage] | None:
        """None where the bot is not served here, or not for long."""
        post = self._posts.get(address.bot)
        if post is None or post.closing:
            return None
        known = post.sessions.get(address.user)
        if known is not None and known.is_alive():
            return known
        assert self._activate is not None
        activated = post.sessions[address.user] = self._activate(address)
        return activated

    def sessions_of(self, user: UserId) -> list[ActorRef[SessionMessage]]:
        """Those awake, at whichever bots."""
        found = (post.sessions.get(user) for post in self._posts.values())
        return [session for session in found if session is not None and session.is_alive()]

    def sessions(self, bot: BotId) -> list[ActorRef[SessionMessage]]:
        post = self._posts.get(bot)
        return list(post.sessions.values()) if post else []

    def sweep(self, bot: BotId) -> None:
        """Called once a second: ask some of the sessions whether they are idle, each in its turn, all of them within
        `SWEEP_SECONDS`. A timer of its own would cost a session as much as its state.
        """
        post = self._posts.get(bot)
        if post is None:
            return
        for user in list(islice(post.sessions, ceil(len(post.sessions) / SWEEP_SECONDS))):
            session = post.sessions.pop(user)
            if session.is_alive():
                post.sessions[user] = session  # the last one now
                session.tell(IdleTimeout())

    def forget(self, address: Address, session: ActorRef[SessionMessage]) -> None:
        post = self._posts.get(address.bot)
        if post is not None and post.sessions.get(address.user) is session:
            del post.sessions[address.user]

    def awake(self) -> Iterator[ActorRef[SessionMessage]]:
        for post in self._posts.values():
            yield from post.sessions.values()

    def _changed(self) -> None:
        self._finished.set()
        for changed in self._watchers:
            changed()
