"""Locks the data folder: one supervisor at a time, and none while children of an earlier one still run."""

from __future__ import annotations

import asyncio
import fcntl
import os
import stat
from pathlib import Path

import orjson

from domain.errors import MasqueradeError, SettingsError

RUNNING = "supervisor.lock"
FAMILY = "children.lock"
FAMILY_SECONDS = 5.0
"""How long a start waits for the children of an earlier supervisor."""


class AlreadyRuns(MasqueradeError):  # noqa: N818 - names the state of the world
    """Another supervisor holds the data folder."""


class FolderLock:
    """A lock on an open file. The kernel frees it when the supervisor ends, also when it is killed."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._running = -1
        self.family = -1
        """A descriptor that every child inherits. Its lock is free when the last child has ended."""

    def take(self) -> None:
        """Raises `AlreadyRuns`, naming the other one's process id."""
        make_private(self._data)
        self._running = os.open(self._data / RUNNING, os.O_RDWR | os.O_CREAT, 0o600)
        if not _locked(self._running):
            pid = described(self._data).get("pid", "unknown")
            self.release()
            raise AlreadyRuns(
                f"Masquerade already runs here (process {pid}, {self._data}); stop it with: python supervisor.py stop"
            )

    async def wait_for_family(self) -> None:
        """Waits for the children of a killed supervisor, which need up to a second. Raises `AlreadyRuns` if they stay."""
        self.family = os.open(self._data / FAMILY, os.O_RDWR | os.O_CREAT, 0o600)
        for _ in range(int(FAMILY_SECONDS / 0.05)):
            if _locked(self.family):
                return
            await asyncio.sleep(0.05)
        raise AlreadyRuns(f"processes of an earlier run in {self._data} are still there; end them and start again")

    def describe(self, socket: Path) -> None:
        """Writes this process's id and the path of its socket into the lock file, for clients."""
        os.ftruncate(self._running, 0)
        os.pwrite(self._running, orjson.dumps({"pid": os.getpid(), "socket": str(socket)}), 0)

    def release(self) -> None:
        """May be called again."""
        for descriptor in (self._running, self.family):
            if descriptor >= 0:
                os.close(descriptor)
        self._running = self.family = -1


def described(data: Path) -> dict[str, str | int]:
    """What `FolderLock.describe` wrote last; empty if no supervisor ever ran here."""
    try:
        content = orjson.loads((data / RUNNING).read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return {}
    return content if isinstance(content, dict) else {}


def make_private(folder: Path) -> None:
    """Makes the folder, or changes it, so that only its owner may look into it. Raises `SettingsError`."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if stat.S_IMODE(folder.stat().st_mode) != 0o700:
            folder.chmod(0o700)
    except OSError as error:
        raise SettingsError(
            f"data (MASQUERADE_DATA): {folder} cannot be used ({error.strerror}); name a folder that this user may write to"
        ) from error


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
