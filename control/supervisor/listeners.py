"""The ports on which processes serve people. The supervisor opens each once and hands its descriptor on.

Several processes may serve one port. While they are started again, connections wait in the port's queue: a restart refuses
nobody. The port is closed once all of them are down for good.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping

BACKLOG = 512
"""Connections that wait. The system may allow fewer (net.core.somaxconn)."""
Place = tuple[str, int]
"""(host, port)."""


class Listeners:
    def __init__(self, taken_over: Mapping[Place, socket.socket] | None = None) -> None:
        """`taken_over`: ports that processes of an earlier run still serve."""
        self._open: dict[Place, socket.socket] = {**(taken_over or {})}
        self._users: dict[str, Place] = {}
        """By name of the process."""

    @property
    def any(self) -> bool:
        """Whether a port is open."""
        return bool(self._open)

    def join(self, name: str, place: Place) -> int:
        """The descriptor for the process of that name. Opens the port if it is not open yet. Raises OSError."""
        if place not in self._open:
            self._open[place] = listen(place)
        self._users[name] = place
        return self._open[place].fileno()

    def leave(self, name: str) -> None:
        place = self._users.pop(name, None)
        if place is not None and place not in self._users.values():
            self._open.pop(place).close()


def listen(place: Place) -> socket.socket:
    """Raises OSError, which names the place."""
    host, port = place
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server(place, family=family, backlog=BACKLOG)
    except OSError as error:
        why = os.strerror(error.errno) if isinstance(error.errno, int) and error.errno > 0 else str(error)
        raise OSError(error.errno, f"{host}:{port} cannot be listened on ({why})") from error
