"""Finds processes that an earlier supervisor has left, takes their port over, and has them leave."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import orjson

from control.orphans.door import LEAVE, doors

ANSWER_SECONDS = 2.0
KILLED_SECONDS = 2.0
LEAVING_SECONDS = 15.0
"""For what is under way. After that it is killed."""
LINE_BYTES = 1024


@dataclass(slots=True)
class Orphan:
    """A connection to such a process."""

    pid: int
    supervisor: int
    """The process id of the supervisor that it had."""
    seconds: float
    """For how long it goes on at most."""
    answers: bool
    """False while it hangs."""
    connection: socket.socket
    listening: socket.socket | None
    """The port that it serves, shared with this process. None while it is leaving, or hangs."""

    def close(self) -> None:
        self.connection.close()
        if self.listening is not None:
            self.listening.close()

    def leave(self, within: float) -> None:
        """Returns when it has ended. It is killed if it does not leave within so many seconds, or hangs."""
        with suppress(OSError):
            self.connection.sendall(LEAVE)
        if self.answers and self._ends(within):
            return
        with suppress(ProcessLookupError):  # the connection is open, so the number is still its own
            os.kill(self.pid, signal.SIGKILL)
        self._ends(KILLED_SECONDS)

    def _ends(self, within: float) -> bool:
        deadline = time.monotonic() + within
        while (left := deadline - time.monotonic()) > 0:
            self.connection.settimeout(left)
            try:
                if not self.connection.recv(LINE_BYTES):
                    return True
            except TimeoutError:
                return False
            except OSError:
                return True
        return False


def orphans_of(data: Path) -> list[Orphan]:
    """The caller closes each. Sockets of processes that have ended are removed."""
    return [met for path, supervisor, pid in doors(data) if (met := _meet(path, supervisor, pid)) is not None]


async def dismiss(data: Path, *, but_of: int = 0, within: float = LEAVING_SECONDS) -> Sequence[int]:
    """Has them all leave, but those of the supervisor `but_of`. Returns their process ids once they have ended."""
    orphans = await asyncio.to_thread(orphans_of, data)
    leaving = [orphan for orphan in orphans if orphan.supervisor != but_of]
    try:
        await asyncio.gather(*(asyncio.to_thread(orphan.leave, within) for orphan in leaving))
        return [orphan.pid for orphan in leaving]
    finally:
        for orphan in orphans:
            orphan.close()


async def take_over(data: Path, host: str, port: int) -> socket.socket | None:
    """The listening socket of that address, if such a process has it. It goes on serving until the new panel is ready.

    One that hangs, or has the port at another address, leaves now.
    """
    orphans = await asyncio.to_thread(orphans_of, data)
    wanted = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][4][:2] if orphans else ()
    taken: socket.socket | None = None
    try:
        for orphan in orphans:
            place = orphan.listening.getsockname()[:2] if orphan.listening is not None else None
            if place is None or (place != wanted and place[1] == port):
                await asyncio.to_thread(orphan.leave, LEAVING_SECONDS)
            elif place == wanted and taken is None:
                taken, orphan.listening = orphan.listening, None
        return taken
    finally:
        for orphan in orphans:
            orphan.close()


def _meet(path: Path, supervisor: int, pid: int) -> Orphan | None:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(ANSWER_SECONDS)
    try:
        connection.connect(str(path))
    except TimeoutError:
        return Orphan(pid, supervisor, 0.0, answers=False, connection=connection, listening=None)
    except OSError:
        connection.close()
        path.unlink(missing_ok=True)
        return None
    try:
        line, descriptors, _, _ = socket.recv_fds(connection, LINE_BYTES, 1)
    except TimeoutError:
        return Orphan(pid, supervisor, 0.0, answers=False, connection=connection, listening=None)
    except OSError:
        line = b""
    if not line:  # it has just ended
        connection.close()
        return None
    listening = socket.socket(fileno=descriptors[0]) if descriptors else None
    return Orphan(pid, supervisor, float(orjson.loads(line)["seconds"]), answers=True, connection=connection, listening=listening)
