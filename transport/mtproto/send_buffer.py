"""Messages of one MTProto session on their way out: numbered, gathered over one loop turn, put into containers. No I/O.

Acknowledgements wait for the next message and travel with it; `transport/mtproto/bot_session.py` sees to it that they never
wait long.
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

UNCOUNTED = (raw.functions.Ping, raw.types.MsgsAck, raw.types.HttpWait, MsgContainer)
"""What asks for no acknowledgement does not count in sequence numbers."""


class Packed:
    """A query serialised once; the library's own message would do it twice."""

    __slots__ = ("data", "query")

    def __init__(self, query: Any) -> None:
        self.query = query
        self.data: bytes = query.write()

    def write(self) -> bytes:
        return self.data


class SendBuffer:
    def __init__(self, clock: Callable[[], float]) -> None:
        self.acks: list[int] = []
        self._clock = clock
        self._queued: list[Message] = []
        self._containers: OrderedDict[int, tuple[int, ...]] = OrderedDict()
        self._last_id = 0
        self._counted = 0

    def add(self, packed: Packed) -> int:
        """Queue it; its message id."""
        message = self.stamp(packed)
        self._queued.append(message)
        return int(message.msg_id)

    def stamp(self, packed: Packed) -> Message:
        """A message with the session's next id and sequence number, not queued."""
        counted = not isinstance(packed.query, UNCOUNTED)
        sequence = 2 * self._counted + counted
        self._counted += counted
        return Message(packed, self._next_id(), sequence, len(packed.data))

    def collect(self) -> list[Message]:
        """All that is queued, as the messages to encipher."""
        if self.acks:
            self.add(Packed(raw.types.MsgsAck(msg_ids=self.acks)))
            self.acks = []
        queued, self._queued = self._queued, []
        return [group[0] if len(group) == 1 else self._container(group) for group in _groups(queued)]

    def carried_by(self, msg_id: int) -> tuple[int, ...]:
        """The ids of the messages in that container; of any other message, its own."""
        return self._containers.get(msg_id, (msg_id,))

    def clock_changed(self) -> None:
        """Ids may start again from the corrected time."""
        self._last_id = 0

    def _next_id(self) -> int:
        """Rising; near the server's clock (in units of 2**-32 seconds), a multiple of four."""
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
