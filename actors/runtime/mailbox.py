"""A bounded mailbox with two lanes: system messages go ahead of user messages.

A message class chooses by class attribute:

- `SYSTEM: ClassVar[bool] = True`: in the system lane, never refused.
- `EPHEMERAL: ClassVar[bool] = True`: dropped when the mailbox is full (typing, progress).

All other messages are refused when the mailbox is full (`MailboxFull`), or wait for room (`ActorRef.send`). A stop is never
refused.
"""

from __future__ import annotations

from asyncio import Future
from collections import deque
from typing import Any, TypeAlias

from pykka.messages import _ActorStop

from domain.errors import MasqueradeError


class MailboxFull(MasqueradeError):  # noqa: N818 - names the state of the mailbox
    """As many messages wait as the mailbox may hold; this one was not taken."""


class _ClassFlag(dict[type, bool]):
    """A boolean attribute of message classes, looked up once for each class: `getattr` with a default is slow when it misses."""

    def __init__(self, attribute: str) -> None:
        super().__init__()
        self._attribute = attribute

    def __missing__(self, message_class: type) -> bool:
        flag = self[message_class] = bool(getattr(message_class, self._attribute, False))
        return flag


SYSTEM = _ClassFlag("SYSTEM")
EPHEMERAL = _ClassFlag("EPHEMERAL")


Envelope: TypeAlias = tuple[Any, Future[Any] | None]
"""A message, and the future of its reply if it was asked. A tuple: an object of a class takes three times as long."""


SHORT = 64
"""Up to so many messages a list is as quick as a deque."""


class Mailbox:
    """Pykka's inbox protocol (`put`, `get`, `empty`), bounded to `limit` user messages."""

    __slots__ = ("_senders", "_system", "_user", "limit")

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._user: list[Envelope] | deque[Envelope] = []
        """A list while it is short: an empty deque takes 760 bytes, and most mailboxes are empty. A deque once it is long: taking
        the first item out of a list costs more the longer the list is.
        """
        self._system: deque[Envelope] | None = None
        self._senders: deque[tuple[Envelope, Future[None]]] | None = None

    def __len__(self) -> int:
        return len(self._user) + len(self._system or ())

    @property
    def full(self) -> bool:
        return len(self._user) >= self.limit

    def offer(self, envelope: Envelope) -> bool:
        """Put the message into its lane. False if the mailbox is full."""
        message_class = type(envelope[0])
        if SYSTEM[message_class]:
            self.put_first(envelope)
        elif len(self._user) < self.limit or message_class is _ActorStop:
            self.put(envelope)
        else:
            return False
        return True

    def put(self, envelope: Envelope) -> None:
        """Into the user lane, also if it is full."""
        if len(self._user) == SHORT:
            self._user = deque(self._user)
        self._user.append(envelope)

    def put_first(self, envelope: Envelope) -> None:
        """Into the system lane."""
        if self._system is None:
            self._system = deque()
        self._system.append(envelope)

    def put_when_room(self, envelope: Envelope, taken: Future[None]) -> None:
        """Wait for room, behind those who wait already. `taken` resolves once the message is in."""
        if self._senders is None:
            self._senders = deque()
        self._senders.append((envelope, taken))

    @property
    def has_waiting_senders(self) -> bool:
        """Whether senders wait for room."""
        return bool(self._senders)

    def take(self) -> Envelope | None:
        """The next message, or None."""
        if self._system:
            return self._system.popleft()
        if self._user:
            envelope = self._first()
            if self._senders:
                self._admit_senders()
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
        """`take` under Pykka's name. Raises IndexError if no message waits; Pykka's own blocks."""
        if (envelope := self.take()) is None:
            raise IndexError("no message waits")
        return envelope

    def empty(self) -> bool:
        return not (self._user or self._system)

    def refuse_senders(self, error: Exception) -> None:
        """Raise `error` for those who wait for room: the actor has ended."""
        senders, self._senders = self._senders, None
        for _, taken in senders or ():
            if not taken.done():
                taken.set_exception(error)

    def _admit_senders(self) -> None:
        while self._senders and not self.full:
            envelope, taken = self._senders.popleft()
            if not taken.done():
                self.put(envelope)
                taken.set_result(None)
