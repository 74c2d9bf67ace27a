"""`supervisor.py run`: locks the data folder, checks ports and connections, prepares the sandbox, runs the supervisor."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

from control.cli import console
from control.cli.progress import Progress
from control.orphans.found import take_over
from control.settings.loading import Loaded
from control.supervisor import specs
from control.supervisor.listeners import Listeners
from control.supervisor.lock import FolderLock
from control.supervisor.specs import World
from control.supervisor.supervisor import Supervisor
from storage.secrets import load_secrets


async def run(loaded: Loaded, folder: Path, *, sandbox: bool, read: Callable[[], Loaded]) -> None:
    """Returns when Masquerade has stopped. `sandbox`: the operator asked for one. `read` reads the settings anew.

    Raises `MasqueradeError` if it cannot start.
    """
    wants_sandbox = specs.wants_sandbox(loaded, asked=sandbox)
    lock = FolderLock(Path(loaded.settings.data))
    lock.take()
    progress = Progress()
    try:
        progress.briefly("Getting ready")
        await lock.wait_for_family()
        listeners = await opened_ports(loaded)
        specs.ports_are_free(loaded, sandbox=wants_sandbox, panel=not listeners.any)
        await asyncio.to_thread(load_secrets, loaded.settings.stores.encryption_key, Path(loaded.settings.data))
        if loaded.settings.stores.postgres_uri:
            from control.cli import connections  # loads the database drivers, which SQLite does not need

            await connections.check(loaded)
        world = await asyncio.to_thread(_prepare_sandbox, loaded) if wants_sandbox else None
        plan = specs.plan(loaded, folder, world)
        supervisor = Supervisor(loaded, plan, lock, read=read, show=console.show_record, progress=progress, listeners=listeners)
        await supervisor.run(announce=partial(console.summary, loaded.settings, sandbox=wants_sandbox))
    finally:
        progress("")
        lock.release()
    console.say("Masquerade has stopped.")


async def opened_ports(loaded: Loaded) -> Listeners:
    """The panel's port, if a panel of an earlier run still serves it."""
    admin = loaded.settings.admin
    taken = await take_over(Path(loaded.settings.data), admin.host, admin.port)
    return Listeners({(admin.host, admin.port): taken} if taken is not None else None)


def _prepare_sandbox(loaded: Loaded) -> World:
    """Makes the sandbox's keys and bots, if there are none yet."""
    from transport.sandbox.mtproto import credentials  # needed with a sandbox only

    folder = specs.sandbox_folder(loaded.settings)
    prepared = credentials.prepare(folder)
    return World(folder=folder, tokens=tuple(prepared.tokens), public_key=prepared.public_key)
