"""Framing of MTProto over TCP: splits the byte stream into packets. Supports the abridged and the intermediate transport."""

from __future__ import annotations

MAX_PACKET = 16 * 1024 * 1024
ABRIDGED = b"\xef"
INTERMEDIATE = b"\xee" * 4
QUICK_ACK = 0x80


class ProtocolError(Exception):
    """The peer violates MTProto, or uses a part of it that is not supported. Its connection is closed."""


class Framing:
    def __init__(self) -> None:
        self._buffer = bytearray()
        self._head = 0
        """Length of the shortest packet head: 1 abridged, 4 intermediate, 0 not chosen yet."""

    def feed(self, data: bytes) -> list[bytes]:
        self._buffer += data
        if not self._head and not self._choose():
            return []
        packets: list[bytes] = []
        start, end = 0, len(self._buffer)
        while start < end:
            size, head = self._read_head(start, end)
            if head == 0 or end - start - head < size:
                break
            packets.append(bytes(self._buffer[start + head : start + head + size]))
            start += head + size
        del self._buffer[:start]
        return packets

    def wrap(self, packet: bytes) -> bytes:
        if self._head == 4:
            return len(packet).to_bytes(4, "little") + packet
        length = len(packet) // 4
        if length < 0x7F:
            return bytes((length,)) + packet
        return b"\x7f" + length.to_bytes(3, "little") + packet

    def _choose(self) -> bool:
        if self._buffer.startswith(ABRIDGED):
            self._head = 1
        elif len(self._buffer) < 4:
            return False
        elif self._buffer.startswith(INTERMEDIATE):
            self._head = 4
        else:
            raise ProtocolError("neither the abridged nor the intermediate transport")
        del self._buffer[: self._head]
        return True

    def _read_head(self, start: int, end: int) -> tuple[int, int]:
        """(size of the packet, size of its head); the latter is 0 while the head has not arrived."""
        size, head = 0, 0
        if self._head == 1:
            length = self._buffer[start] & ~QUICK_ACK
            if length < 0x7F:
                size, head = length * 4, 1
            elif end - start >= 4:
                size, head = int.from_bytes(self._buffer[start + 1 : start + 4], "little") * 4, 4
        elif end - start >= 4:
            size, head = int.from_bytes(self._buffer[start : start + 4], "little"), 4
        if size > MAX_PACKET:
            raise ProtocolError("a packet above 16 MB")
        return size, head
