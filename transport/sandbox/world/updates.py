"""The update logs of bots and channels: numbers updates (pts, qts), stores them, pushes them, and answers getDifference."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence

from pyrogram import raw

from transport.sandbox.content.render import Renderer
from transport.sandbox.faults import Faults, Kind
from transport.sandbox.mtproto.sessions import Keyring, Session
from transport.sandbox.mtproto.tl import TL
from transport.sandbox.world.mailbox import Mailbox
from transport.sandbox.world.model import Bot, Channel, Message, User
from transport.sandbox.world.store import Store
from transport.sandbox.world.world import World

types = raw.types
SLICE = 100
"""Entries in one answer of getDifference."""
NO_MESSAGE = 0
"""Message of a place that has no update (fault `phantom_places`)."""


class UpdateLog:
    def __init__(
        self, *, store: Store, world: World, mailbox: Mailbox, renderer: Renderer, keyring: Keyring, faults: Faults
    ) -> None:
        self._store = store
        self._world = world
        self._mailbox = mailbox
        self._renderer = renderer
        self._keyring = keyring
        self._faults = faults
        self._held: dict[int, list[bytes]] = {}
        """Updates held back so that later ones overtake them (fault `reorder`)."""
        self.figures: Counter[str] = Counter()

    # Writing

    def number(self, box: Bot | Channel, kind: str, message: int) -> int:
        """Add an update about a message to the log. `kind` is new, edit or delete. Returns its place."""
        box.pts += 1
        place = box.pts
        self._store.put("updates", (box.id, place, kind, message))
        if isinstance(box, Bot) and self._faults.take_update(Kind.PHANTOM_PLACES, box.id):
            box.pts += 1
            self._store.put("updates", (box.id, box.pts, "phantom", NO_MESSAGE))
        return place

    def arrived(self, bot: Bot, message: Message) -> None:
        pts = self.number(bot, "new", message.id)
        update = types.UpdateNewMessage(message=self._renderer.message(message), pts=pts, pts_count=1)
        self.push(bot, update, message.user, names_bot=message.service is not None)

    def changed(self, bot: Bot, message: Message) -> TL:
        """The update of an edited message. The caller pushes it (edit by a person) or answers with it (edit by the bot)."""
        pts = self.number(bot, "edit", message.id)
        return types.UpdateEditMessage(message=self._renderer.message(message), pts=pts, pts_count=1)

    def stopped(self, bot: Bot, user: int, *, stopped: bool) -> None:
        bot.qts += 1
        now = int(time.time())
        self._store.put("stops", (bot.id, bot.qts, user, now, stopped))
        self.push(bot, types.UpdateBotStopped(user_id=user, date=now, stopped=stopped, qts=bot.qts), user)

    def subscription_changed(self, bot: Bot, user: int, payload: bytes, change: str) -> None:
        """`change` is canceled, payment_failed or restored."""
        bot.qts += 1
        self._store.put("subscription_changes", (bot.id, bot.qts, user, payload, change))
        self.push(bot, _subscription_update(bot.qts, user, payload, change), user)

    # Pushing

    def push(self, bot: Bot, update: TL, about: int, *, names_bot: bool = False, date: float = 0.0) -> None:
        """Send an update to the bot's live sessions, with the user `about`, and with the bot if it is named too. `date`: by the
        clock of Stars; 0 for now.
        """
        users = [self._renderer.user(bot.id, self._world.users[about])]
        if names_bot:
            users.append(self._renderer.bot(bot.id, bot))
        self.figures["updates"] += 1
        self._emit(bot.id, self.wrap([update], users, date=date))

    def push_post(self, channel: Channel, sender: Session, make: Callable[[int], TL]) -> None:
        """Send an update to the channel's admin bots, except to the session `sender`. `make` makes it for the bot given."""
        for bot in channel.admins:
            sessions = [session for session in self._keyring.listeners(bot) if session is not sender]
            if not sessions:
                continue
            body = self.wrap([make(bot)], [], [self._renderer.channel(bot, channel)])
            if bot != sender.key.bot:
                self._emit(bot, body)
            else:
                for session in sessions:
                    session.send(body)

    def posted(self, viewer: int, kind: str, post: Message, pts: int) -> TL:
        """The update of a post, as `viewer` sees it. `kind` is new or edit."""
        update = types.UpdateNewChannelMessage if kind == "new" else types.UpdateEditChannelMessage
        return update(message=self._renderer.message(post, viewer), pts=pts, pts_count=1)

    def wrap(self, updates: list[TL], users: list[TL], chats: Sequence[TL] = (), *, date: float = 0.0) -> bytes:
        when = int(date or time.time())
        return bytes(types.Updates(updates=updates, users=users, chats=list(chats), date=when, seq=0).write())

    def echo(self, bot: Bot, sender: Session, make: Callable[[], TL], about: User) -> None:
        listeners = self._keyring.listeners(bot.id)
        others = [] if listeners == [sender] else [session for session in listeners if session is not sender]
        if others:
            body = self.wrap([make()], [self._renderer.user(bot.id, about)])
            for session in others:
                session.send(body)

    def _emit(self, bot: int, body: bytes) -> None:
        if len(self._faults) or bot in self._held:
            self._push_with_faults(bot, body)
        else:
            self._send(bot, body)

    def _send(self, bot: int, body: bytes) -> None:
        for session in self._keyring.listeners(bot):
            session.send(body)

    def _push_with_faults(self, bot: int, body: bytes) -> None:
        if fault := self._faults.take_update(Kind.DELAY, bot):
            asyncio.get_running_loop().call_later(fault.seconds, self._send, bot, body)
            return
        if bot not in self._held and (fault := self._faults.take_update(Kind.REORDER, bot)):
            self._held[bot] = [body]
            asyncio.get_running_loop().call_later(fault.seconds, self._release, bot)
            return
        self._send(bot, body)
        if self._faults.take_update(Kind.DUPLICATE, bot):
            self._send(bot, body)
        self._release(bot)
        if self._faults.take_update(Kind.DROP, bot):
            self.cut(bot)

    def _release(self, bot: int) -> None:
        for body in self._held.pop(bot, ()):
            self._send(bot, body)

    def cut(self, bot: int | None) -> None:
        for key in self._keyring.of(bot):
            for session in key.sessions.values():
                if session.link is not None:
                    session.link.abort()

    # Reading

    def state(self, bot: Bot, pts: int | None = None, qts: int | None = None) -> TL:
        """The state now, or at the end of a slice (`pts`, `qts`)."""
        return types.updates.State(
            pts=bot.pts if pts is None else pts,
            qts=bot.qts if qts is None else qts,
            date=int(time.time()),
            seq=0,
            unread_count=0,
        )

    def difference(self, bot: Bot, pts: int, qts: int) -> TL:
        """All updates after these places, in slices, own messages included. Callback queries are not in the log."""
        rows = self._store.query(
            "SELECT pts, kind, message FROM updates WHERE bot = ? AND pts > ? ORDER BY pts LIMIT ?", bot.id, pts, SLICE + 1
        )
        by_qts = self._by_qts(bot.id, qts)
        if not rows and not by_qts:
            return types.updates.DifferenceEmpty(date=int(time.time()), seq=0)
        more = len(rows) > SLICE or len(by_qts) > SLICE
        rows, by_qts = rows[:SLICE], by_qts[:SLICE]
        people: set[int] = {update.user_id for update in by_qts}
        new, other = self._replay(bot.id, rows, people)
        other += by_qts
        users = [self._renderer.user(bot.id, self._world.users[user]) for user in people]
        parts = {
            "new_messages": new,
            "new_encrypted_messages": [],
            "other_updates": other,
            "chats": [],
            "users": [*users, self._renderer.bot(bot.id, bot)],
        }
        if more:
            reached = self.state(bot, rows[-1][0] if rows else pts, by_qts[-1].qts if by_qts else qts)
            return types.updates.DifferenceSlice(intermediate_state=reached, **parts)
        return types.updates.Difference(state=self.state(bot), **parts)

    def _by_qts(self, bot: int, qts: int) -> list[TL]:
        """The updates after this place that are numbered by qts: at most one more than fits into a slice."""
        where = "WHERE bot = ? AND qts > ? ORDER BY qts LIMIT ?"
        stops = self._store.query(f"SELECT * FROM stops {where}", bot, qts, SLICE + 1)  # noqa: S608
        changes = self._store.query(f"SELECT * FROM subscription_changes {where}", bot, qts, SLICE + 1)  # noqa: S608
        found = [types.UpdateBotStopped(user_id=user, date=date, stopped=bool(s), qts=q) for _, q, user, date, s in stops]
        found += [_subscription_update(*row[1:]) for row in changes]
        return sorted(found, key=lambda update: update.qts)[: SLICE + 1]

    def channel_difference(self, bot: Bot, channel: Channel, pts: int) -> TL:
        rows = self._store.query(
            "SELECT pts, kind, message FROM updates WHERE bot = ? AND pts > ? ORDER BY pts LIMIT ?", channel.id, pts, SLICE
        )
        new, other = self._replay_posts(bot, channel, rows)
        reached: int = rows[-1][0]
        return types.updates.ChannelDifference(
            pts=reached,
            final=reached == channel.pts,
            new_messages=new,
            other_updates=other,
            chats=[self._renderer.channel(bot.id, channel)],
            users=[],
        )

    def _replay(self, bot: int, rows: list[tuple[int, str, int]], people: set[int]) -> tuple[list[TL], list[TL]]:
        """(new messages, other updates) of these rows of the log. Adds the users of the messages to `people`."""
        new, other = [], []
        for pts, kind, number in rows:
            message = self._mailbox.get(bot, number)
            if kind == "delete":
                other.append(types.UpdateDeleteMessages(messages=[number], pts=pts, pts_count=1))
            elif message is not None:
                people.add(message.user)
                rendered = self._renderer.message(message)
                if kind == "new":
                    new.append(rendered)
                else:
                    other.append(types.UpdateEditMessage(message=rendered, pts=pts, pts_count=1))
        return new, other

    def _replay_posts(self, bot: Bot, channel: Channel, rows: list[tuple[int, str, int]]) -> tuple[list[TL], list[TL]]:
        new, other = [], []
        for pts, kind, number in rows:
            post = self._mailbox.get(channel.id, number)
            if kind == "delete":
                gone = types.UpdateDeleteChannelMessages(channel_id=channel.id, messages=[number], pts=pts, pts_count=1)
                other.append(gone)
            elif post is not None and kind == "new":
                new.append(self._renderer.message(post, bot.id))
            elif post is not None:
                other.append(self.posted(bot.id, "edit", post, pts))
        return new, other


def _subscription_update(qts: int, user: int, payload: bytes, change: str) -> TL:
    return types.UpdateBotStarsSubscription(user_id=user, payload=payload, qts=qts, **{change: True})
