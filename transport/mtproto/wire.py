"""MTProto's abridged TCP transport as an asyncio protocol, which reads whole frames. Replaces the library's stream reader.

Unlike the library's, it raises when the connection is closed, so that a call fails at once if it was not sent.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

import tgcrypto  # noqa: F401 - without it the library encrypts in Python, several times slower
from pyrogram.connection import Connection
from pyrogram.connection.transport import TCPAbridged

from transport.mtproto.server_address import ServerAddress

MARKER = b"\xef"
"""First byte of a connection: announces the abridged transport."""
LONG = 0x7F
"""First byte of a frame whose length has three bytes."""
SILENCE = 10.0
"""Seconds without a byte after which a connection counts as dead. Pings go out every five seconds."""
MAX_FRAME = 16 * 1024 * 1024
"""Bytes. A longer frame ends the connection."""


class Frames(asyncio.Protocol):
    """Splits the received bytes into frames. Before each frame is its length in units of four bytes: one byte, or 7F and three
    bytes (little-endian).
    """

    def __init__(self) -> None:
        self.frames: deque[bytes] = deque()
        self.closed = False
        self.received_at = asyncio.get_running_loop().time()
        self.writable = asyncio.Event()
        self.writable.set()
        self.transport: Any = None
        self._buffer = bytearray()
        self._waiter: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the reason makes no difference
        self.closed = True
        self.writable.set()
        self._notify()

    def pause_writing(self) -> None:
        self.writable.clear()

    def resume_writing(self) -> None:
        self.writable.set()

    def data_received(self, data: bytes) -> None:
        self.received_at = asyncio.get_running_loop().time()
        self._buffer += data
        while (frame := self._take_frame()) is not None:
            self.frames.append(frame)
        if self.frames:
            self._notify()

    def _take_frame(self) -> bytes | None:
        """The first frame of the buffer; None while it is incomplete."""
        buffer = self._buffer
        if not buffer or (buffer[0] == LONG and len(buffer) < 4):
            return None
        head = 4 if buffer[0] == LONG else 1
        size = 4 * (int.from_bytes(buffer[1:4], "little") if head == 4 else buffer[0])
        if size > MAX_FRAME:
            self.transport.abort()
            return None
        if len(buffer) < head + size:
            return None
        frame = bytes(buffer[head : head + size])
        del buffer[: head + size]
        return frame

    async def next(self) -> bytes | None:
        """None once the connection is closed."""
        while not self.frames:
            if self.closed:
                return None
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        return self.frames.popleft()

    def _notify(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


class LeanTCP(TCPAbridged):
    """The library's `protocol_factory`. The session does the encryption; the library's crypto threads are not used."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._frames: Frames | None = None
        self._silence_timer: asyncio.TimerHandle | None = None

    async def connect(self, address: tuple[str, int]) -> None:
        _, self._frames = await self.loop.create_connection(Frames, *address)
        self._frames.transport.write(MARKER)
        self._check_silence()

    def _check_silence(self) -> None:
        if self._frames is None or self._frames.closed:
            return
        if self.loop.time() - self._frames.received_at > SILENCE:
            self._frames.transport.abort()
        else:
            self._silence_timer = self.loop.call_later(1.0, self._check_silence)

    def write(self, data: bytes) -> None:
        """Raises ConnectionError if the connection is closed."""
        if self._frames is None or self._frames.transport.is_closing():
            raise ConnectionResetError("the connection to Telegram is closed")
        length = len(data) // 4
        head = bytes([length]) if length < LONG else bytes([LONG]) + length.to_bytes(3, "little")
        self._frames.transport.write(head + data)

    async def send(self, data: bytes, *_: Any) -> None:
        self.write(data)
        if self._frames is not None and not self._frames.writable.is_set():
            await self._frames.writable.wait()

    async def recv(self, length: int = 0) -> bytes | None:  # noqa: ARG002 - the library's signature
        return None if self._frames is None else await self._frames.next()

    async def close(self) -> None:
        if self._silence_timer is not None:
            self._silence_timer.cancel()
        if self._frames is not None:
            self._frames.transport.abort()
        self.crypto_executor.shutdown(wait=False)


class DirectConnection(Connection):
    """Makes one attempt at one address; the caller does the retries. `server` replaces Telegram's address."""

    def __init__(self, *args: Any, server: ServerAddress | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if server is not None:
            self.server_address, self.port = server.host, server.port

    async def connect(self) -> None:
        self.protocol = self.protocol_factory(
            ipv6=self.ipv6,
            proxy=self.proxy,
            crypto_executor_workers=self.crypto_executor_workers,
            loop=self.loop,
            dc_id=self.dc_id,
        )
        await self.protocol.connect((self.server_address, self.port))

    async def close(self) -> None:
        if self.protocol is not None:
            await self.protocol.close()
