"""After a worker died: another worker frees the leases that the dead one held on its bots."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from control.supervisor.process import Process
from domain.errors import Unavailable
from domain.status import ProcessState

SECONDS = 2.0
"""For one worker to answer."""

logger = logging.getLogger(__name__)


async def release_leases(workers: Iterable[Process], name: str, pid: int) -> None:
    """`name` and `pid` are those of the dead worker. The first other worker that can frees its leases.

    If no other worker runs, the successor of the same name frees them when it starts.
    """
    for worker in workers:
        if worker.state is not ProcessState.READY or worker.spec.name == name:
            continue
        try:
            freed = await worker.ask("release_leases", seconds=SECONDS, worker=name, pid=pid)
        except Unavailable as error:
            logger.warning("%s could not free the bots of %s: %s", worker.spec.name, name, error)
        else:
            logger.info("%s freed %s bots of %s", worker.spec.name, freed, name)
            return
