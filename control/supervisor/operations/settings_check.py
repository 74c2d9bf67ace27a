"""Settings that changed since the supervisor started: what a process that starts now may find different.

New processes read the settings anew; running ones keep the old values. Some settings must be the same in all processes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator

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
"""All processes must agree on these. Otherwise a bot is served twice, or by a worker that cannot open its session."""

SUPERVISORS = frozenset({"admin.host", "admin.port", "logging.backups", "logging.folder", "logging.max_bytes"})
"""The supervisor goes by these, and by the section `supervisor`. It keeps the panel's port open."""

Reread = Callable[[Say], Awaitable[Loaded]]
"""Reads the settings anew and tells the operator what changed: `reread` for one supervisor."""


async def reread(before: Loaded, read: Callable[[], Loaded], say: Say) -> Loaded:
    """To be called before new processes start.

    Raises `SettingsError` if the settings are wrong, or differ from `before` where all processes must agree.
    """
    loaded = await asyncio.to_thread(read)
    for line in changes(before, loaded):
        say(line)
    return loaded


async def room_for(loaded: Loaded, workers: int) -> None:
    """Raises `SettingsError` if the stores do not allow so many workers."""
    from control.cli import connections  # loads the database drivers, which the supervisor needs for this only

    await connections.check_workers(loaded, workers)


def changes(before: Loaded, now: Loaded) -> list[str]:
    """What the operator should know. Raises `SettingsError` if old and new processes cannot run side by side."""
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
