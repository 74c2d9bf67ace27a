"""Serves the bots: connects each that this worker holds the lease of, and waits for the first connections."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from actors.messages import AllocatorMessage, Describe, GetClusterView, LeaseHolderMessage
from actors.runtime.handle import Handle
from control.worker.stores import Stores
from domain.cluster.allocation import ClusterView
from domain.configuration import LiveConfiguration
from domain.model.bot import Lease
from domain.model.ids import BotId
from domain.settings import Settings
from domain.status import BotReport
from storage.sql.checkpoints import Checkpoints
from storage.sql.connection_store import SqlConnectionStore
from transport.client import KurigramTelegram, Shared
from transport.judge.named import NamedJudge
from transport.media.sources import FileSources
from transport.texts.catalogue import Texts

FIRST_CONNECT = 10.0
"""Seconds that a start waits for its bots. After that the worker calls itself ready, and goes on trying."""
LOOK_AGAIN = 0.05

logger = logging.getLogger(__name__)


class Connector:
    """Connects bots to Telegram, with what their connections share."""

    def __init__(self, stores: Stores, settings: Settings, live: LiveConfiguration, texts: Texts) -> None:
        self._stores = stores
        self._checkpoints = Checkpoints(stores.database)
        self._shared = Shared(
            settings=settings,
            live=live,
            texts=texts,
            secret=stores.secrets.derived("random ids of sends"),
            files=stores.files,
            sources=FileSources(),
            judge=NamedJudge(live),
        )

    def connect(self, token: str, lease: Lease, may_send: Callable[[], bool]) -> KurigramTelegram:
        store = SqlConnectionStore(self._stores.database, self._stores.secrets, lease, checkpoints=self._checkpoints)
        return KurigramTelegram(token, self._shared, store=store, may_send=may_send)


async def first_connections(allocator: Handle[AllocatorMessage], lease_holders: dict[BotId, Handle[LeaseHolderMessage]]) -> None:
    """Waits until each bot is served here, refused by Telegram, or served elsewhere. Gives up after `FIRST_CONNECT`."""
    try:
        async with asyncio.timeout(FIRST_CONNECT):
            await _settled(allocator)
            await asyncio.gather(*map(_past_connecting, lease_holders.values()))
    except TimeoutError:
        logger.warning("not all bots could be connected within %g s; they go on trying", FIRST_CONNECT)


async def _settled(allocator: Handle[AllocatorMessage]) -> None:
    while True:
        view: ClusterView = await allocator.ask(GetClusterView(), timeout=None)
        if view.settled:
            return
        await asyncio.sleep(LOOK_AGAIN)


async def _past_connecting(lease_holder: Handle[LeaseHolderMessage]) -> None:
    while True:
        report: BotReport = await lease_holder.ask(Describe(), timeout=None)
        if report.status.state != "connecting":
            return
        await asyncio.sleep(LOOK_AGAIN)
