"""A supervisor with tiny children: `tiny_supervisor.py name=behaviour …`, in the working directory."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

from control import streams
from control.child import FOLDER
from control.cli.run import opened_ports
from control.settings import loading as configuration
from control.supervisor.lock import FolderLock
from control.supervisor.spawn import Spec
from control.supervisor.specs import Plan, is_worker
from control.supervisor.supervisor import Supervisor
from domain.errors import MasqueradeError
from tests.control.tiny_child import BROKEN, break_all_that_tells


async def live(children: list[str]) -> None:
    folder = Path.cwd()
    read = partial(configuration.read, folder, os.environ)
    loaded = read()
    lock = FolderLock(Path(loaded.settings.data))
    lock.take()
    try:
        await lock.wait_for_family()
        listeners = await opened_ports(loaded)
        supervisor = Supervisor(
            loaded, plan(children, folder), lock, read=read, show=warned, progress=progress, listeners=listeners
        )
        if BROKEN in os.environ:
            break_all_that_tells()
        await supervisor.run(announce=lambda status: tell("STARTED", len(status.processes)))
    finally:
        lock.release()
    if BROKEN not in os.environ:
        tell("STOPPED")


def plan(children: list[str], folder: Path) -> Plan:
    """Workers together, every other child a stage of its own. A worker more behaves as NEXT_WORKER says."""
    named = dict(child.split("=", 1) for child in children)
    stages = [list(names) for _, names in groupby(named, key=lambda name: is_worker(name) or name)]
    return Plan(
        stages=[[spec(name, named[name], folder) for name in stage] for stage in stages],
        worker=lambda number: spec(f"worker-{number}", os.environ.get("NEXT_WORKER", "works"), folder),
        panel=lambda number: spec(f"panel-{number}", os.environ.get("NEXT_PANEL", "the_panel_itself"), folder),
    )


def warned(record: Mapping[str, Any]) -> None:
    tell("WARNED", record["text"])


def progress(text: str) -> None:
    if text:
        tell("WAITS", text)


def tell(*words: object) -> None:
    if BROKEN in os.environ:
        raise RuntimeError("it is broken")
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def spec(name: str, behaviour: str, folder: Path) -> Spec:
    if behaviour == "the_panel_itself":
        return Spec(
            name=name,
            module="control.panel",
            arguments=("--name", name),
            environ={FOLDER: str(folder)},
            listens=("127.0.0.1", int(os.environ["ADMIN_PORT"])),
            outlives=float(os.environ.get("PANEL_OUTLIVES", "0")),
        )
    limit = 150 if behaviour in {"grows", "as_the_file_says"} else 0
    arguments = (behaviour, name)
    return Spec(
        name=name, module="tests.control.tiny_child", arguments=arguments, environ={FOLDER: str(folder)}, memory_limit_mb=limit
    )


if __name__ == "__main__":
    streams.prepare()
    streams.detach()
    try:
        asyncio.run(live(sys.argv[1:]))
    except MasqueradeError as error:
        tell("REFUSED", error)
        sys.exit(1)
