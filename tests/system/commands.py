"""Commands of the operator, each in a process of its own. It is forked from one that has imported the program already, because
imports are most of a command's work. `tests/control/cli/` starts the program as a shell does.
"""

from __future__ import annotations

import asyncio
import atexit
import multiprocessing
import os
import runpy
import sys
import tempfile
from collections.abc import Mapping
from multiprocessing.reduction import DupFd
from pathlib import Path
from typing import Any

PROGRAM = Path(__file__).resolve().parents[2] / "supervisor.py"
IMPORTED = (
    *("supervisor", "typer._adapters", "control.access", "control.bots", "control.client", "control.credits"),
    *("control.moderation", "control.panel_configuration", "control.payments", "control.people", "control.referrals"),
)
"""What commands import besides. A module that is missing here is imported by each command that needs it."""

_forked = multiprocessing.get_context("forkserver")
_forked.set_forkserver_preload([*IMPORTED])


async def run(arguments: tuple[str, ...], folder: Path, environment: Mapping[str, str]) -> tuple[int, str]:
    """(exit code, standard output and error)."""
    with tempfile.TemporaryFile() as output:
        process = _forked.Process(target=_command, args=(arguments, folder, dict(environment), DupFd(output.fileno())))
        await asyncio.to_thread(process.start)
        try:
            await asyncio.to_thread(process.join)
        except asyncio.CancelledError:
            process.kill()
            raise
        output.seek(0)
        return process.exitcode or 0, output.read().decode()


def _command(arguments: tuple[str, ...], folder: Path, environment: dict[str, str], output: Any) -> None:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    descriptor = output.detach()
    for stream in (sys.stdout, sys.stderr):
        os.dup2(descriptor, stream.fileno())
    sys.argv = [str(PROGRAM), *arguments]
    try:
        runpy.run_path(str(PROGRAM), run_name="__main__")
    finally:
        atexit._run_exitfuncs()
