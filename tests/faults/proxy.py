"""A TCP proxy between the house and a server. A test can make it pass, refuse or stall connections."""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter, Task
from collections.abc import Callable
from contextlib import suppress

CHUNK = 65_536


class Proxy:
    """`target` gives the server's port for each connection: it may change with a restart."""

    def __init__(self, target: Callable[[], int]) -> None:
        self._target = target
        self._server: asyncio.Server | None = None
        self._flowing = asyncio.Event()
        self._connections: set[Task[None]] = set()
        self._port = 0

    @property
    def port(self) -> int:
        """Does not change once the proxy was opened."""
        return self._port

    async def open(self) -> Proxy:
        """Pass connections, for the first time or again."""
        self._flowing.set()
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
            self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def refuse(self) -> None:
        """Cut open connections and refuse new ones."""
        if self._server is not None:
            self._server.close()
            self._server = None
        await self.cut()

    def stall(self) -> None:
        """Keep connections and accept new ones, but pass no data until it is opened again."""
        self._flowing.clear()

    async def cut(self) -> None:
        """Cut open connections once."""
        connections = [*self._connections]
        for connection in connections:
            connection.cancel()
        if connections:
            await asyncio.wait(connections)

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        """A connection may have been accepted just before the proxy began to refuse: it would live on through the outage."""
        if self._server is None:
            writer.transport.abort()
            return
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        with suppress(asyncio.CancelledError, OSError):
            await self._both_ways(reader, writer)
        self._connections.discard(task)

    async def _both_ways(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Pass data until one side closes its connection; then close the other."""
        writers, ways = [writer], list[Task[None]]()
        try:
            await self._flowing.wait()
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target())
            writers.append(far_writer)
            ways += [asyncio.create_task(self._copy(*way)) for way in ((reader, far_writer), (far_reader, writer))]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            for each in writers:
                each.transport.abort()

    async def _copy(self, reader: StreamReader, writer: StreamWriter) -> None:
        """While the proxy stalls, the end of a connection is not passed on either."""
        while data := await reader.read(CHUNK):
            await self._flowing.wait()
            writer.write(data)
            await writer.drain()
        await self._flowing.wait()
