"""A bounded mailbox with two lanes.

Message classes say how they travel, by class attribute:

- `SYSTEM: ClassVar[bool] = True`: ahead of all user messages, never refused.
- `EPHEMERAL: ClassVar[bool] = True`: may be thrown away when the mailbox is full (typing, progress).

All others are refused when the mailbox is full (`MailboxFull`), or wait for room (`ActorRef.send`). A stop is never refused.
"""

from __future__ import annotations

from asyncio import Future
from collections import deque
from typing import Any, TypeAlias

from pykka.messages import _ActorStop

from domain.errors import MasqueradeError


class MailboxFull(MasqueradeError):  # noqa: N818 - names the state of the mailbox
    """The actor has as many messages waiting as it may have; this one was not taken."""


class _Marks(dict[type, bool]):
    """A class attribute of message classes, looked up once a class: `getattr` with a default is slow where it misses."""

    def __init__(self, mark: str) -> None:
        super().__init__()
        self._mark = mark

    def __missing__(self, message_class: type) -> bool:
        marked = self[message_class] = bool(getattr(message_class, self._mark, False))
        return marked


SYSTEM = _Marks("SYSTEM")
EPHEMERAL = _Marks("EPHEMERAL")


Envelope: TypeAlias = tuple[Any, Future[Any] | None]
"""A message and who waits for the reply. A bare tuple: it is made for every message, and classes take three times as long."""


SHORT = 64
"""Messages up to which a list is as quick as a deque."""


class Mailbox:
    """Pykka's inbox protocol (`put`, `get`, `empty`) plus the bound."""

    __slots__ = ("_senders", "_system", "_user", "limit")

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._user: list[Envelope] | deque[Envelope] = []
        """A list while it is short, since an empty deque weighs 760 bytes and most mailboxes are empty. A deque once it is long,
        since taking the first out of a list costs more the longer the list is.
        """
        self._system: deque[Envelope] | None = None
        self._senders: deque[tuple[Envelope, Future[None]]] | None = None

    def __len__(self) -> int:
        return len(self._user) + len(self._system or ())

    @property
    def full(self) -> bool:
        return len(self._user) >= self.limit

    def offer(self, envelope: Envelope) -> bool:
        """False where the mailbox is full and did not take it."""
        message_class = type(envelope[0])
        if SYSTEM[message_class]:
            self.put_first(envelope)
        elif len(self._user) < self.limit or message_class is _ActorStop:
            self.put(envelope)
        else:
            return False
        return True

    def put(self, envelope: Envelope) -> None:
        """Whether there is room or not: for an actor's own timers, which are few."""
        if len(self._user) == SHORT:
            self._user = deque(self._user)
        self._user.append(envelope)

    def put_first(self, envelope: Envelope) -> None:
        """In the system lane."""
        if self._system is None:
            self._system = deque()
        self._system.append(envelope)

    def put_when_room(self, envelope: Envelope, taken: Future[None]) -> None:
        """Stand in line for room; `taken` resolves once the message is in. First come, first taken."""
        if self._senders is None:
            self._senders = deque()
        self._senders.append((envelope, taken))

    @property
    def awaited(self) -> bool:
        """Senders stand in line for room."""
        return bool(self._senders)

    def take(self) -> Envelope | None:
        """The next message; None where there is none."""
        if self._system:
            return self._system.popleft()
        if self._user:
            envelope = self._first()
            if self._senders:
                self._admit()
            return envelope
        return None

    def _first(self) -> Envelope:
        if isinstance(self._user, list):
            return self._user.pop(0)
        envelope = self._user.popleft()
        if not self._user:
            self._user = []
        return envelope

    def get(self) -> Envelope:
        """Pykka's `take`. Raises IndexError where there is none; Pykka's blocks."""
        if (envelope := self.take()) is None:
            raise IndexError("no message waits")
        return envelope

    def empty(self) -> bool:
        return not (self._user or self._system)

    def turn_away(self, error: Exception) -> None:
        """Those standing in line get `error`: the actor is gone."""
        senders, self._senders = self._senders, None
        for _, taken in senders or ():
            if not taken.done():
                taken.set_exception(error)

    def _admit(self) -> None:
        while self._senders and not self.full:
            envelope, taken = self._senders.popleft()
            if not taken.done():
                self.put(envelope)
                taken.set_result(None)
