"""Tells the running processes of saved settings, for whoever has changed them: the command line and the panel."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from control.client import NotRunning, SupervisorClient
from domain.errors import Unavailable
from domain.status import Announced, InForce


async def announced(data: Path, versions: Mapping[str, int]) -> Announced:
    """`versions`: section → its version. Which processes have them."""
    try:
        return await SupervisorClient(data).announce(versions)
    except NotRunning:
        return Announced(running=False)
    except Unavailable as error:
        late = f"{error}; every process reads it by itself within 10 s"
        return Announced(running=True, processes=(InForce(process="supervisor", yes=False, why_not=late),))
