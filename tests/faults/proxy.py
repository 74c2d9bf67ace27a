"""A road between the house and a server, which a test can close: TCP that goes through, is refused, or falls into a hole."""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter, Task
from collections.abc import Callable
from contextlib import suppress

CHUNK = 65_536


class Road:
    """`target` is asked at each connection: a server that is started again may have moved."""

    def __init__(self, target: Callable[[], int]) -> None:
        self._target = target
        self._server: asyncio.Server | None = None
        self._flowing = asyncio.Event()
        self._travellers: set[Task[None]] = set()
        self._port = 0

    @property
    def port(self) -> int:
        """The same for life."""
        return self._port

    async def open(self) -> Road:
        """For the first time, or again after whatever was done to it."""
        self._flowing.set()
        if self._server is None:
            self._server = await asyncio.start_server(self._travel, "127.0.0.1", self._port)
            self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def refuse(self) -> None:
        """Open connections are cut, new ones refused."""
        if self._server is not None:
            self._server.close()
            self._server = None
        await self.cut()

    def swallow(self) -> None:
        """A black hole: connections stay, new ones are accepted, and nothing comes through until it is open again."""
        self._flowing.clear()

    async def cut(self) -> None:
        """Open connections, once."""
        travellers = [*self._travellers]
        for traveller in travellers:
            traveller.cancel()
        if travellers:
            await asyncio.wait(travellers)

    async def _travel(self, reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._travellers.add(task)
        with suppress(asyncio.CancelledError, OSError):
            await self._both_ways(reader, writer)
        self._travellers.discard(task)

    async def _both_ways(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Until one side hangs up: then so do we."""
        writers, ways = [writer], list[Task[None]]()
        try:
            await self._flowing.wait()
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target())
            writers.append(far_writer)
            ways += [asyncio.create_task(self._carry(*way)) for way in ((reader, far_writer), (far_reader, writer))]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            for each in writers:
                each.transport.abort()

    async def _carry(self, reader: StreamReader, writer: StreamWriter) -> None:
        """The end of a connection does not get through a closed road either."""
        while data := await reader.read(CHUNK):
            await self._flowing.wait()
            writer.write(data)
            await writer.drain()
        await self._flowing.wait()
