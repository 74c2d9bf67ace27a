"""The supervisor's end of the control socket, which lies in the data folder and is open to its owner only."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import socket
import struct
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from control.supervisor.lock import make_private
from control.wire import LINE_LIMIT, Handler, Peer

PATH_LIMIT = 100
"""Bytes. Linux allows 108 for a socket's path, macOS 104."""

logger = logging.getLogger(__name__)


def socket_path(data: Path, name: str = "control.sock") -> Path:
    """In the data folder. If that path is too long for a socket: in a private folder below the temporary directory."""
    path = data / name
    if len(os.fsencode(path)) <= PATH_LIMIT:
        return path
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"masquerade-{os.getuid()}-{digest}" / name


class ControlSocket:
    def __init__(self, path: Path, handlers: Mapping[str, Handler]) -> None:
        self.path = path
        self._handlers = handlers
        self._server: asyncio.Server | None = None
        self._peers: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Replaces a socket that a dead supervisor left. The caller holds the folder's lock, so no other supervisor uses it."""
        make_private(self.path.parent)
        self.path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._accept, self.path, limit=LINE_LIMIT)
        self.path.chmod(0o600)

    def shut(self) -> None:
        """Accepts no new clients. A client that waits for the supervisor's end stays connected until `close`."""
        if self._server is not None:
            self._server.close()
            self.path.unlink(missing_ok=True)

    async def close(self) -> None:
        self.shut()
        for task in self._peers:
            task.cancel()
        await asyncio.gather(*self._peers, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._peers.add(task)
        task.add_done_callback(self._peers.discard)
        if not _is_ours(writer.get_extra_info("socket")):
            logger.warning("a connection of another user to the control socket was refused")
            writer.close()
            return
        with suppress(asyncio.CancelledError):  # asyncio's streams report a cancelled handler as a failure
            await Peer(reader, writer, self._handlers).serve()


def _is_ours(connection: socket.socket) -> bool:
    """Only this user and root may connect. Where the kernel does not tell who connects, the file's mode keeps others out."""
    if not hasattr(socket, "SO_PEERCRED"):
        return True
    size = struct.calcsize("3i")
    _, user, _ = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    return user in {0, os.getuid()}
