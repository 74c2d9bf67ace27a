"""Outgoing messages of one MTProto session: numbers them, collects those of one loop turn, packs them into containers. Pure.

Acknowledgements wait here and leave with the next message; `transport/mtproto/bot_session.py` limits how long they wait.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any

from pyrogram import raw
from pyrogram.raw.core import Message, MsgContainer

CONTAINER_MESSAGES = 100
CONTAINER_BYTES = 32 * 1024
REMEMBERED_CONTAINERS = 100

NO_ACK_NEEDED = (raw.functions.Ping, raw.types.MsgsAck, raw.types.HttpWait, MsgContainer)
"""The sequence number does not count these, because the server does not acknowledge them."""


class Packed:
    """A query that is serialised once. The library's message class would serialise it twice."""

    __slots__ = ("data", "query")

    def __init__(self, query: Any) -> None:
        self.query = query
        self.data: bytes = query.write()

    def write(self) -> bytes:
        return self.data


class SendBuffer:
    """`clock` gives the server's time in Unix seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.acks: list[int] = []
        """Ids of received messages to acknowledge."""
        self._clock = clock
        self._queued: list[Message] = []
        self._containers: OrderedDict[int, tuple[int, ...]] = OrderedDict()
        self._last_id = 0
        self._counted = 0

    def add(self, packed: Packed) -> int:
        """Queue a message. Returns its id."""
        message = self.stamp(packed)
        self._queued.append(message)
        return int(message.msg_id)

    def stamp(self, packed: Packed) -> Message:
        """A message with the next id and sequence number. It is not queued."""
        counted = not isinstance(packed.query, NO_ACK_NEEDED)
        sequence = 2 * self._counted + counted
        self._counted += counted
        return Message(packed, self._next_id(), sequence, len(packed.data))

    def collect(self) -> list[Message]:
        """Empty the queue. Returns the messages to encrypt: single ones, and containers of several."""
        if self.acks:
            self.add(Packed(raw.types.MsgsAck(msg_ids=self.acks)))
            self.acks = []
        queued, self._queued = self._queued, []
        return [group[0] if len(group) == 1 else self._container(group) for group in _groups(queued)]

    def carried_by(self, msg_id: int) -> tuple[int, ...]:
        """The ids of the messages in the container `msg_id`. If it is no container, only `msg_id`."""
        return self._containers.get(msg_id, (msg_id,))

    def clock_changed(self) -> None:
        """Let the next id be lower than the last one: the clock may have been set back."""
        self._last_id = 0

    def _next_id(self) -> int:
        """The server's time in units of 2**-32 seconds, rounded to a multiple of four and always rising, as MTProto demands."""
        self._last_id = max(int(self._clock() * 2**32) & ~3, self._last_id + 4)
        return self._last_id

    def _container(self, group: list[Message]) -> Message:
        container = self.stamp(Packed(MsgContainer(group)))
        self._containers[container.msg_id] = tuple(message.msg_id for message in group)
        if len(self._containers) > REMEMBERED_CONTAINERS:
            self._containers.popitem(last=False)
        return container


def _groups(messages: list[Message]) -> Iterator[list[Message]]:
    group: list[Message] = []
    size = 0
    for message in messages:
        if group and (len(group) == CONTAINER_MESSAGES or size + message.length > CONTAINER_BYTES):
            yield group
            group, size = [], 0
        group.append(message)
        size += message.length
    if group:
        yield group
