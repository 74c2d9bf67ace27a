"""Authorization keys and their sessions. Keys are stored on disk. A session outlives its connections but not the process."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from hashlib import sha1
from typing import Protocol

from transport.sandbox.world.store import Store

DESTROYED = b""
SESSIONS_PER_KEY = 8
UNACKED_LIMIT = 512
SEEN_LIMIT = 512
RESEND_SECONDS = 60.0
"""Older messages are not sent again: clients refuse messages that are much older."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A message with its id and sequence number in the session, ready to be encrypted."""

    msg_id: int
    seq_no: int
    body: bytes


class Link(Protocol):
    def queue(self, packed: Packed) -> None: ...

    def abort(self) -> None:
        """Cut the connection. What is queued is lost."""
        ...

    def refuse(self, code: int) -> None:
        """Send a transport error (-code) and close."""
        ...


class Session:
    """Message ids, sequence numbers and acknowledgements of one client instance."""

    def __init__(self, key: AuthKey, session_id: bytes) -> None:
        self.key = key
        self.id = session_id
        self.link: Link | None = None
        self.wants_updates = False
        self._seen: set[int] = set()
        self._seen_order: deque[int] = deque()
        self._unacked: dict[int, Packed] = {}
        self._content_count = 0
        self._last_msg_id = 0

    def send(self, body: bytes, *, content: bool = True, answer: bool = False) -> None:
        """Queue a message on the live connection. Content is kept until it is acknowledged, answers also without a connection."""
        packed = Packed(self.new_msg_id(answer=answer), self._content_count * 2 + content, body)
        self._content_count += content
        if content and (answer or self.link is not None):
            self._keep(packed)
        if self.link is not None:
            self.link.queue(packed)

    def new_msg_id(self, *, answer: bool) -> int:
        """The next message id: rising, 1 modulo 4 for answers and 3 modulo 4 for anything else."""
        msg_id = max(int(time.time() * 2**32) & ~3, (self._last_msg_id & ~3) + 4)
        self._last_msg_id = msg_id | (1 if answer else 3)
        return self._last_msg_id

    def container_seq(self) -> int:
        return self._content_count * 2

    def first_sight(self, msg_id: int) -> bool:
        """Whether the client sends this message for the first time."""
        if msg_id in self._seen:
            return False
        self._seen.add(msg_id)
        self._seen_order.append(msg_id)
        if len(self._seen_order) > SEEN_LIMIT:
            self._seen.discard(self._seen_order.popleft())
        return True

    def acknowledge(self, msg_ids: list[int]) -> None:
        for msg_id in msg_ids:
            self._unacked.pop(msg_id, None)

    def lose(self, packed: list[Packed]) -> None:
        """Forget messages that were not sent: they will not be sent again."""
        self.acknowledge([one.msg_id for one in packed])

    def resend(self, msg_ids: list[int] | None = None) -> None:
        """Queue unacknowledged messages again: those with these ids, or all that are not older than `RESEND_SECONDS`."""
        if self.link is None:
            return
        oldest = int((time.time() - RESEND_SECONDS) * 2**32)
        for packed in list(self._unacked.values()):
            if packed.msg_id in msg_ids if msg_ids is not None else packed.msg_id > oldest:
                self.link.queue(packed)

    def _keep(self, packed: Packed) -> None:
        self._unacked[packed.msg_id] = packed
        if len(self._unacked) > UNACKED_LIMIT:
            del self._unacked[next(iter(self._unacked))]


@dataclass(slots=True)
class AuthKey:
    key: bytes
    salt: int
    bot: int | None = None
    id: bytes = b""
    sessions: dict[bytes, Session] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.id = sha1(self.key).digest()[-8:]

    def session(self, session_id: bytes) -> tuple[Session, bool]:
        """(the session, whether it is new)."""
        known = self.sessions.get(session_id)
        if known is not None:
            return known, False
        idle = [old for old, session in self.sessions.items() if session.link is None]
        for old in idle[: max(0, len(self.sessions) - SESSIONS_PER_KEY + 1)]:
            del self.sessions[old]
        session = self.sessions[session_id] = Session(self, session_id)
        return session, True


class Keyring:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._keys: dict[bytes, AuthKey] = {}
        self._by_bot: dict[int, list[AuthKey]] = {}
        self._listeners: dict[int, list[Session]] = {}
        """Cache for `listeners`, valid until a key or a session of the bot changes."""
        for key, salt, bot in store.query("SELECT key, salt, bot FROM auth_keys WHERE key != ?", DESTROYED):
            self._remember(AuthKey(key, salt, bot))

    def get(self, key_id: bytes) -> AuthKey | None:
        return self._keys.get(key_id)

    def add(self, key: bytes, salt: int) -> None:
        self._save(self._remember(AuthKey(key, salt)))

    def bind(self, key: AuthKey, bot: int | None) -> None:
        """Log the key in as a bot, or log it out (None)."""
        self.changed(key)
        if key.bot is not None:
            self._by_bot[key.bot].remove(key)
        key.bot = bot
        if bot is not None:
            self._by_bot.setdefault(bot, []).append(key)
            self.changed(key)
        self._save(key)

    def forget(self, key: AuthKey) -> None:
        """Destroy the key: its connections, and later ones that use it, get the error -404."""
        if self._keys.pop(key.id, None) is None:
            return
        if key.bot is not None:
            self._by_bot[key.bot].remove(key)
            self.changed(key)
        self._store.put("auth_keys", (key.id, DESTROYED, 0, None))
        for session in key.sessions.values():
            if session.link is not None:
                session.link.refuse(404)

    def of(self, bot: int | None) -> list[AuthKey]:
        """Keys that are logged in as this bot; None: as any bot."""
        if bot is None:
            return [key for keys in self._by_bot.values() for key in keys]
        return list(self._by_bot.get(bot, ()))

    def listeners(self, bot: int) -> list[Session]:
        known = self._listeners.get(bot)
        if known is None:
            sessions = [session for key in self._by_bot.get(bot, ()) for session in key.sessions.values()]
            known = [session for session in sessions if session.wants_updates and session.link is not None]
            self._listeners[bot] = known
        return known

    def changed(self, key: AuthKey) -> None:
        """Call this when a session of the key connects, disconnects or begins to receive updates."""
        if key.bot is not None:
            self._listeners.pop(key.bot, None)

    def _remember(self, key: AuthKey) -> AuthKey:
        self._keys[key.id] = key
        if key.bot is not None:
            self._by_bot.setdefault(key.bot, []).append(key)
        return key

    def _save(self, key: AuthKey) -> None:
        self._store.put("auth_keys", (key.id, key.key, key.salt, key.bot))
