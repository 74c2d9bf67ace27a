"""`announce`: brings a saved configuration into force. Every process is asked to read it, and answers which versions it has."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import msgspec

from control.supervisor.process import Process
from control.supervisor.specs import is_panel, is_worker
from domain.errors import Unavailable
from domain.status import InForce, ProcessState

SECONDS = 3.0
"""For one process to read the store and answer."""
ASKED = frozenset({ProcessState.STARTING, ProcessState.READY})


async def announce(processes: Sequence[Process], versions: Mapping[str, int]) -> list[InForce]:
    """Asks each worker and each panel. One worker that is ready also tells the other machines.

    A process that is starting may not know the question yet. It reads the store later in its start, and so the newest values.
    """
    concerned = [each for each in processes if is_worker(each.spec.name) or is_panel(each.spec.name)]
    running = [process for process in concerned if process.state in ASKED]
    teller = next((each for each in running if is_worker(each.spec.name) and each.state is ProcessState.READY), None)
    return list(await asyncio.gather(*(_in_force(each, versions, tell=versions if each is teller else {}) for each in running)))


async def _in_force(process: Process, versions: Mapping[str, int], *, tell: Mapping[str, int]) -> InForce:
    """`tell` holds the versions of which this process tells other machines."""
    name, starting = process.spec.name, process.state is ProcessState.STARTING
    try:
        answer = msgspec.convert(await process.ask("configuration", seconds=SECONDS, tell=dict(tell)), dict[str, int])
    except (Unavailable, msgspec.ValidationError) as error:
        return InForce(process=name, yes=False, why_not=str(error), starting=starting)
    behind = [section for section, version in versions.items() if answer.get(section, 0) < version]
    why_not = f"it still has the older {', '.join(behind)}" if behind else ""
    return InForce(process=name, yes=not behind, why_not=why_not, starting=starting and bool(behind))
