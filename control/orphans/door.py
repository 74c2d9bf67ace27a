"""The socket of a process that has lost its supervisor. Whoever connects is told who it is, and gets the port that it serves.

← {"pid": 42, "seconds": 890.0}    one line, with the descriptor of the listening socket, unless the process is leaving
→ leave                            the process leaves, and the connection is closed by its end
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import orjson

from control.supervisor.lock import make_private
from control.supervisor.socket import socket_path

LEAVE = b"leave\n"
LONGEST = "panel-9999999-9999999.sock"
"""The longest name that such a socket has."""
WAITING = 8


def door_of(data: Path, supervisor: int, pid: int) -> Path:
    """Where the process `pid` of that former supervisor is found."""
    return _folder(data) / f"panel-{supervisor}-{pid}.sock"


def doors(data: Path) -> Iterator[tuple[Path, int, int]]:
    """(path, process id of the former supervisor, process id). Some may be of processes that have ended."""
    for path in sorted(_folder(data).glob("panel-*-*.sock")):
        _, supervisor, pid = path.stem.split("-")
        if supervisor.isdecimal() and pid.isdecimal():
            yield path, int(supervisor), int(pid)


class Door:
    def __init__(
        self, path: Path, *, port: Callable[[], int | None], seconds: Callable[[], float], leave: Callable[[], None]
    ) -> None:
        """`port`: the descriptor that listens on it, while it does. `seconds`: for how long the process goes on at most.
        `leave` is called when somebody asks it to leave.
        """
        self._path = path
        self._port = port
        self._seconds = seconds
        self._leave = leave
        self._socket: socket.socket | None = None
        self._visitors: set[socket.socket] = set()

    def open(self) -> None:
        """Has its name only once it listens: whoever finds one that refuses takes it for that of a process that has ended, and
        removes it. Raises OSError.
        """
        make_private(self._path.parent)
        nameless = self._path.with_suffix(".new")
        nameless.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(0)
        self._socket.bind(str(nameless))
        nameless.chmod(0o600)
        self._socket.listen(WAITING)
        nameless.rename(self._path)
        asyncio.get_running_loop().add_reader(self._socket, self._accept)

    def close(self) -> None:
        """Nobody finds it any more. Those who are connected wait for the end of the process."""
        if self._socket is None:
            return
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()
        self._socket = None
        self._path.unlink(missing_ok=True)

    def _accept(self) -> None:
        assert self._socket is not None
        try:
            visitor, _ = self._socket.accept()
        except OSError:
            return
        visitor.settimeout(0)
        hello = orjson.dumps({"pid": os.getpid(), "seconds": round(self._seconds(), 1)}, option=orjson.OPT_APPEND_NEWLINE)
        port = self._port()
        try:
            socket.send_fds(visitor, [hello], [] if port is None else [port])
        except OSError:
            visitor.close()
            return
        self._visitors.add(visitor)
        asyncio.get_running_loop().add_reader(visitor, self._hear, visitor)

    def _hear(self, visitor: socket.socket) -> None:
        said = b""
        with suppress(OSError):
            said = visitor.recv(len(LEAVE))
        if said == LEAVE:
            self._leave()
        asyncio.get_running_loop().remove_reader(visitor)
        if said != LEAVE:
            self._visitors.discard(visitor)
            visitor.close()


def _folder(data: Path) -> Path:
    return socket_path(data, LONGEST).parent
