"""The settings as this run began with them, and as they stand now: whoever starts now reads them anew, the others have the old
ones, and some must be the same for all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

from control.settings.constraints import name
from control.settings.loading import Loaded, flatten
from control.supervisor.job_runner import Say
from domain.errors import SettingsError

FULL_STOP = frozenset(
    {
        "data",
        "cluster.pool",
        "sandbox.http_port",
        "sandbox.port",
        "stores.encryption_key",
        "stores.postgres_uri",
        "stores.redis_url",
        "stores.sqlite_path",
        "telegram.public_key",
        "telegram.server",
    }
)
"""All processes must agree on these: a bot would be served twice, or by a worker that cannot open its session."""

SUPERVISORS = frozenset({"logging.backups", "logging.folder", "logging.max_bytes"})
"""Read by the supervisor alone, as all of its own section is."""


class Installation:
    def __init__(self, loaded: Loaded, read: Callable[[], Loaded]) -> None:
        self._began_with = loaded
        self._now = loaded
        self._read = read

    async def look_again(self, say: Say) -> None:
        """Before new processes start. Raises `SettingsError` where they would be wrong, or at odds with those that run."""
        self._now = await asyncio.to_thread(self._read)
        for line in notes(self._began_with, self._now):
            say(line)

    async def room_for(self, workers: int) -> None:
        """Raises `SettingsError` where the stores do not suffice for so many."""
        from control.cli import connections  # heavy, and needed here alone

        await connections.check_workers(self._now, workers)


def notes(before: Loaded, now: Loaded) -> list[str]:
    """What the operator should know of. Raises `SettingsError` where the old and the new values cannot live side by side."""
    changed = set(_changed(before, now))
    if together := sorted(changed & FULL_STOP):
        where = " and ".join(name(setting, {**before.origins, **now.origins}) for setting in together)
        raise SettingsError(f"{where} changed since the start, and all processes must agree on it: stop, then run")
    lines = [f"{setting} changed: it takes effect at the next run" for setting in sorted(changed) if _is_supervisors(setting)]
    if "cluster.workers" in changed:
        lines.append(f"cluster.workers changed: python supervisor.py scale {now.settings.cluster.workers} does it now")
    return lines


def _changed(before: Loaded, now: Loaded) -> Iterator[str]:
    old, new = flatten(before.settings), flatten(now.settings)
    return (setting for setting, value in new.items() if old[setting] != value)


def _is_supervisors(setting: str) -> bool:
    return setting in SUPERVISORS or setting.startswith("supervisor.")
