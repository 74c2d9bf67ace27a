"""`transport/updates/inbox.py` against a model of Telegram's log, with random histories and crashes of the process."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pyrogram import raw

from domain.model.ids import BotId
from domain.model.inbound import CommandReceived, Ignored, MessageEdited, MessageReceived
from transport.texts.catalogue import Texts
from transport.updates.inbox import Inbox
from transport.updates.reading import ReadContext

NOW = 1_800_000_000
READING = ReadContext(BotId(7), Texts().labels)


@dataclass
class Log:
    """The model of one bot's log at Telegram."""

    entries: list[tuple[str, int]] = field(default_factory=list)
    """(kind, message id). Kinds: new, edit, own, delete, and phantom, a place without an update. The first has place 1."""
    gone: set[int] = field(default_factory=set)
    """Ids of deleted messages."""
    slice: int = 3
    """The most places in one answer to `getDifference`."""
    messages: int = 0

    def happens(self, kind: str, random: Random) -> None:
        if kind in ("new", "own"):
            self.messages += 1
        known = [number for kind_, number in self.entries if kind_ == "new" and number not in self.gone]
        if kind in ("edit", "delete") and not known:
            kind = "phantom"
        number = random.choice(known) if kind in ("edit", "delete") else self.messages
        if kind == "delete":
            self.gone.add(number)
        self.entries.append((kind, number))

    @property
    def end(self) -> int:
        return len(self.entries)

    def message(self, number: int, *, own: bool = False, edited: int | None = None) -> Any:
        """`edited`: when, in Unix seconds."""
        peer, date = raw.types.PeerUser(user_id=5), NOW + number // 4
        return raw.types.Message(id=number, peer_id=peer, date=date, message=f"text {number}", out=own or None, edit_date=edited)

    def live(self, place: int) -> Any:
        kind, number = self.entries[place - 1]
        if kind in ("new", "own"):
            return raw.types.UpdateNewMessage(message=self.message(number, own=kind == "own"), pts=place, pts_count=1)
        if kind == "edit":
            return raw.types.UpdateEditMessage(message=self.message(number, edited=NOW + place), pts=place, pts_count=1)
        return raw.types.UpdateDeleteMessages(messages=[number], pts=place, pts_count=1)

    def difference(self, after: int) -> Any:
        upto = min(after + self.slice, self.end)
        if after == self.end:
            return raw.types.updates.DifferenceEmpty(date=NOW, seq=0)
        listed = [place for place in range(after + 1, upto + 1) if self._is_listed(place)]
        new = [place for place in listed if self.entries[place - 1][0] in ("new", "own")]
        state = raw.types.updates.State(pts=upto, qts=0, date=NOW, seq=0, unread_count=0)
        parts = {
            "new_messages": [self.live(place).message for place in reversed(new)],
            "new_encrypted_messages": [],
            "other_updates": [self.live(place) for place in listed if place not in new],
            "chats": [],
            "users": [],
        }
        if upto < self.end:
            return raw.types.updates.DifferenceSlice(intermediate_state=state, **parts)
        return raw.types.updates.Difference(state=state, **parts)

    def _is_listed(self, place: int) -> bool:
        """Deletions and deleted messages have a place but are not in a difference."""
        kind, number = self.entries[place - 1]
        return kind in ("new", "edit", "own") and number not in self.gone

    def wanted(self) -> dict[int, str]:
        """What has to be handled, by place: new messages and edits, without deleted messages."""
        return {
            place: f"{kind} {number}"
            for place, (kind, number) in enumerate(self.entries, start=1)
            if kind in ("new", "edit") and number not in self.gone
        }


class Peers:
    def learn(self, _users: Any) -> None: ...


class Link:
    def __init__(self, log: Log) -> None:
        self.up = asyncio.Event()
        self.up.set()
        self._log = log

    async def call(self, query: Any) -> Any:
        await asyncio.sleep(0)
        return self._log.difference(query.pts)


class Process:
    """One run of the bot. Its updates are confirmed in any order, or never."""

    def __init__(self, log: Log, stored: int) -> None:
        self.delivered: list[Any] = []
        self.keys: dict[int, int] = {}
        """The key with which each message was delivered."""
        self._log = log
        self.inbox = Inbox(link=Link(log), peers=Peers(), reading=READING)
        self.inbox.begin(stored, 0, NOW, 0)
        self.inbox.fall_behind()
        self.running = asyncio.get_running_loop().create_task(self.inbox.run(self._receive))

    async def _receive(self, update: Any) -> None:
        await asyncio.sleep(0)
        if isinstance(update, Ignored):
            self.inbox.confirm(update.pts)
            return
        self.delivered.append(update)
        if isinstance(update, MessageReceived | CommandReceived):
            self.keys[update.message] = update.pts

    def push(self, place: int) -> None:
        update = self._log.live(place)
        self.inbox.push(raw.types.Updates(updates=[update], users=[], chats=[], date=NOW, seq=0))

    async def crash(self) -> None:
        self.running.cancel()
        await asyncio.wait([self.running])


async def steps(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


KINDS = st.sampled_from(["new", "new", "new", "edit", "own", "delete", "phantom"])


@settings(max_examples=300, deadline=None)
@given(st.lists(KINDS, min_size=1, max_size=30), st.integers(0, 2**32), st.integers(1, 9))
def test_every_message_is_handled_and_the_stored_place_never_passes_an_unhandled_one(kinds, seed, size):
    asyncio.run(play(kinds, Random(seed), Log(slice=size)))


async def play(kinds: list[str], random: Random, log: Log) -> None:
    stored, handled, keys = 0, set(), {}
    process = Process(log, stored)

    def confirm(update: Any) -> None:
        process.delivered.remove(update)
        handled.add(("edit" if isinstance(update, MessageEdited) else "new") + f" {update.message}")
        process.inbox.confirm(update.pts)

    def check() -> None:
        nonlocal stored
        assert process.inbox.pts.confirmed >= stored
        stored = process.inbox.pts.confirmed
        passed = {name for place, name in log.wanted().items() if place <= stored}
        assert passed <= handled, "the stored place passed an update that was not handled"
        for message, key in process.keys.items():
            assert keys.setdefault(message, key) == key, "a message has the same key live and in a difference"
        ordered = [keys[message] for message in sorted(keys)]
        assert ordered == sorted(set(ordered)), "keys rise with the messages"

    for kind in kinds:
        log.happens(kind, random)
        if kind != "phantom" and random.random() < 0.6:
            process.push(log.end)
        if random.random() < 0.4:
            process.inbox.fall_behind()
        await steps(random.randrange(12))
        while process.delivered and random.random() < 0.5:
            confirm(random.choice(process.delivered))
            check()
        check()
        if random.random() < 0.2:
            await process.crash()
            check()
            process = Process(log, stored)
    while stored < log.end:
        process.inbox.fall_behind()
        await steps(20)
        for update in list(process.delivered):
            confirm(update)
        check()
    await process.crash()
    assert set(log.wanted().values()) <= handled
