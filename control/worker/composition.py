"""A worker process: some of the bots, their users' sessions, and the door to the pool. Reads from top to bottom as its start."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import time
from asyncio import Future
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from actors.bot.allocator import AllocatorActor
from actors.bot.directory import Directory
from actors.bot.lease_holder import LeaseHolderActor
from actors.events import EventsActor
from actors.matcher import MatcherActor
from actors.messages import AllocatorMessage, Describe, Drain, GetClusterView, Heartbeat, LeaseHolderMessage, Resume
from actors.runtime import actor as loop_actor
from actors.runtime import metrics as counters
from actors.runtime.child import Budget, ChildSpec
from actors.runtime.handle import Handle
from actors.runtime.supervision import Supervisor
from actors.session.actor import SessionActor
from actors.session.context import SessionContext
from actors.upkeep.housekeeping import HousekeepingActor
from actors.upkeep.reconciler import Reconciler
from actors.upkeep.scribe import ScribeActor
from control.child import Child, run_child
from control.settings.variables import kept_away
from control.worker import garbage
from control.worker.database_watch import DatabaseWatch
from control.worker.report import Reporter
from control.worker.stores import Stores, bury, opened
from domain.cluster.allocation import ClusterView
from domain.configuration import Configuration, LiveConfiguration
from domain.errors import Unavailable
from domain.matching.requests import Request
from domain.model.bot import Lease
from domain.model.events import ConfigChanged, ProfileChanged
from domain.model.ids import BotId, bot_of
from domain.session.feature import Feature
from domain.session.machine import FEATURES, Machine
from domain.session.vocabulary import vocabulary
from domain.settings import Settings
from domain.status import BotReport
from storage.redis.address import in_memory
from storage.redis.pool_scripts import DECISIONS, PoolScript
from storage.sql.checkpoints import Checkpoints
from storage.sql.connection_store import SqlConnectionStore
from storage.sql.retention import purge
from transport.client import KurigramTelegram, Shared
from transport.media.sources import FileSources
from transport.texts.catalogue import LOCALE, Texts

FIRST_CONNECT = 10.0
"""Seconds that the start waits for the bots to be served before the worker calls itself ready all the same."""

LOOK_AGAIN = 0.05

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """What the bots can do."""

    features: Sequence[Feature] = FEATURES
    decisions: Mapping[type[Request], PoolScript] = field(default_factory=lambda: DECISIONS)
    """How the pool decides what the features ask for."""
    locale: Path = LOCALE
    """The folder of the catalogues."""


PRODUCT = Product()


async def work(child: Child, product: Product = PRODUCT) -> int:
    """The exit code: 1 where the actors could not be kept up, so that the supervisor starts the process again."""
    settings = child.settings
    loop_actor.configure(settings.actors)
    live = LiveConfiguration(Configuration.of(settings))
    reporter = Reporter(child.name, settings.streams)
    child.answer("report", reporter.report)
    child.on_dump = counters.describe
    async with (
        opened(settings, live, child.name, reporter.waits_for, product.decisions) as stores,
        stores.configuration.kept_up(),
    ):
        child.answer("configuration", partial(_take_up, stores))
        directory = Directory()
        house = Supervisor(child.name, _core(stores, directory, settings, live))
        await house.start()
        try:
            world = _surroundings(house, stores, directory, settings, live, product=product)
            directory.activates_with(lambda address: SessionActor.start(address, world))
            lease_holders = await _serve_bots(house, stores, directory, settings, live, product=product)
            drained = kept_away(os.environ)
            allocator = await house.start_child(_allocator(lease_holders, drained, stores, directory, settings))
            reporter.serves(
                lease_holders,
                allocator,
                stores.pool,
                stores.streams,
                DatabaseWatch(stores.database),
                configuration=stores.configuration,
            )
            _answer_for(child, allocator, lease_holders, stores)
            await _first_connections(allocator, lease_holders)
            garbage.settle()
            await child.ready()
            return await _until_the_end(child, house)
        finally:
            directory.hand_over_all()
            await house.stop(within=min(child.remaining(), settings.supervisor.drain_seconds))
            await _say_goodbye(stores)


def _core(stores: Stores, directory: Directory, settings: Settings, live: LiveConfiguration) -> tuple[ChildSpec, ...]:
    budget = _budget(settings)
    reconciler = Reconciler(
        pool=stores.pool,
        reconciliation=stores.reconciliation,
        chats=stores.chats,
        bans=stores.bans,
        restrictions=stores.restrictions,
        searches=stores.searches,
        events=stores.events,
    )
    return (
        ChildSpec(
            name="housekeeping",
            factory=lambda: HousekeepingActor.start(
                lease=stores.housekeeping,
                streams=stores.streams,
                news=stores.news,
                changed=partial(_renew, stores, directory),
                recover=stores.events.recover,
                reconcile=reconciler.look,
                purge=lambda: purge(stores.chats, stores.bans, now=time.time()),
            ),
            budget=budget,
        ),
        ChildSpec(
            name="matcher",
            factory=lambda: MatcherActor.start(stores.pool, live, sweeps=lambda: stores.housekeeping.held),
            budget=budget,
        ),
        ChildSpec(name="events", factory=lambda: EventsActor.start(stores.events, directory), budget=budget),
        ChildSpec(name="scribe", factory=lambda: ScribeActor.start(stores.maps), budget=budget),
    )


async def _take_up(stores: Stores, request: Mapping[str, Any]) -> Mapping[str, int]:
    """The supervisor says that something was saved. Answers the versions that are in force here once it is read. `tell`: the
    sections and versions that other machines are to hear of.
    """
    await stores.configuration.look()
    for section, version in dict(request.get("tell", {})).items():
        stores.news.announce_configuration(str(section), int(version))
    return stores.configuration.live.versions


def _renew(stores: Stores, directory: Directory, changed: ProfileChanged | ConfigChanged | None) -> None:
    """Where it is not known whose profile changed, sessions that are awake go by what they know until they sleep."""
    if changed is None or isinstance(changed, ConfigChanged):
        stores.configuration.soon()
        if changed is None:
            stores.profiles.forget_all()
        return
    if not changed.ours:
        stores.profiles.forget(changed.user)
    for session in directory.sessions_of(changed.user):
        session.tell(changed)


def _surroundings(
    house: Supervisor,
    stores: Stores,
    directory: Directory,
    settings: Settings,
    live: LiveConfiguration,
    *,
    product: Product = PRODUCT,
) -> SessionContext:
    return SessionContext(
        directory=directory,
        matcher=house.handle("matcher"),
        events=house.handle("events"),
        profiles=stores.profiles,
        chats=stores.chats,
        searches=stores.searches,
        maps=stores.maps,
        settings=settings,
        live=live,
        machine=Machine(product.features),
        clock=time.time,
        durable_streams=not in_memory(settings.stores.redis_url),
    )


async def _serve_bots(
    house: Supervisor,
    stores: Stores,
    directory: Directory,
    settings: Settings,
    live: LiveConfiguration,
    *,
    product: Product = PRODUCT,
) -> dict[BotId, Handle[LeaseHolderMessage]]:
    """Bots stop before what they stand on, for children stop in reverse, and all together: time is short."""
    shared = Shared(
        settings=settings,
        live=live,
        texts=Texts(product.locale, vocabulary=vocabulary(product.features)),
        secret=stores.secrets.derived("random ids of sends"),
        files=stores.files,
        exchange=FileSources(),
    )
    checkpoints = Checkpoints(stores.database)
    lease_holders: dict[BotId, Handle[LeaseHolderMessage]] = {}
    for token in settings.telegram.tokens:
        bot = bot_of(token)
        connect = _connector(token, shared, stores, checkpoints)
        lease_holders[bot] = await house.start_child(_lease_holder(bot, connect, stores, directory, settings))
    return lease_holders


def _lease_holder(
    bot: BotId,
    connect: Callable[[Lease, Callable[[], bool]], KurigramTelegram],
    stores: Stores,
    directory: Directory,
    settings: Settings,
) -> ChildSpec:
    seconds = settings.cluster.lease_seconds
    return ChildSpec(
        name=f"keeper-{bot}",
        factory=lambda: LeaseHolderActor.start(
            bot,
            leases=stores.leases,
            seconds=seconds,
            directory=directory,
            connect=connect,
            drain_seconds=settings.supervisor.drain_seconds,
        ),
        budget=_budget(settings),
        group="keepers",
    )


def _allocator(
    lease_holders: Mapping[BotId, Handle[LeaseHolderMessage]],
    drained: set[BotId],
    stores: Stores,
    directory: Directory,
    settings: Settings,
) -> ChildSpec:
    return ChildSpec(
        name="steward",
        factory=lambda: AllocatorActor.start(
            stores.me,
            roster=stores.roster,
            lease_holders=lease_holders,
            directory=directory,
            drained=drained,
            siblings=settings.cluster.workers,
        ),
        budget=_budget(settings),
    )


def _answer_for(
    child: Child, allocator: Handle[AllocatorMessage], lease_holders: Mapping[BotId, Handle[LeaseHolderMessage]], stores: Stores
) -> None:
    def bot_of(request: Mapping[str, Any]) -> BotId:
        bot = BotId(int(request["bot"]))
        if bot not in lease_holders:
            raise Unavailable(f"{child.name} does not know bot {bot}; its bots are those of BOT_TOKENS")
        return bot

    async def drain(request: Mapping[str, Any]) -> None:
        await allocator.ask(Drain(bot=bot_of(request)), timeout=None)

    async def resume(request: Mapping[str, Any]) -> None:
        await allocator.ask(Resume(bot=bot_of(request)), timeout=None)

    async def bury_sibling(request: Mapping[str, Any]) -> int:
        freed = await bury(stores.leases, stores.roster, stores.me, str(request["worker"]), int(request.get("pid", 0)))
        allocator.tell(Heartbeat())
        return freed

    child.answer("drain", drain)
    child.answer("resume", resume)
    child.answer("bury", bury_sibling)


def _budget(settings: Settings) -> Budget:
    return Budget(restarts=settings.actors.restart_budget, seconds=settings.actors.restart_window)


def _connector(
    token: str, shared: Shared, stores: Stores, checkpoints: Checkpoints
) -> Callable[[Lease, Callable[[], bool]], KurigramTelegram]:
    def connect(lease: Lease, fresh: Callable[[], bool]) -> KurigramTelegram:
        store = SqlConnectionStore(stores.database, stores.secrets, lease, checkpoints=checkpoints)
        return KurigramTelegram(token, shared, store=store, may_send=fresh)

    return connect


async def _first_connections(allocator: Handle[AllocatorMessage], lease_holders: dict[BotId, Handle[LeaseHolderMessage]]) -> None:
    """Until every bot is served, refused or elsewhere, so that "ready" means that somebody answers."""
    try:
        async with asyncio.timeout(FIRST_CONNECT):
            await _settled(allocator)
            await asyncio.gather(*map(_past_connecting, lease_holders.values()))
    except TimeoutError:
        logger.warning("not all bots could be connected at once; they go on trying")


async def _settled(allocator: Handle[AllocatorMessage]) -> None:
    while True:
        outlook: ClusterView = await allocator.ask(GetClusterView(), timeout=None)
        if outlook.settled:
            return
        await asyncio.sleep(LOOK_AGAIN)


async def _past_connecting(lease_holder: Handle[LeaseHolderMessage]) -> None:
    while True:
        report: BotReport = await lease_holder.ask(Describe(), timeout=None)
        if report.status.state != "connecting":
            return
        await asyncio.sleep(LOOK_AGAIN)


async def _say_goodbye(stores: Stores) -> None:
    try:
        await stores.news.say()
        await stores.roster.leave(stores.me.owner)
    except Unavailable as error:
        logger.warning("others hear a little later of what changed here, and that this worker is gone: %s", error)


async def _until_the_end(child: Child, house: Supervisor) -> int:
    stopping: Future[Any] = asyncio.create_task(child.stopping.wait())
    failed: Future[Any] = house.ended()
    await asyncio.wait({stopping, failed}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if child.stopping.is_set():
        return 0
    logger.critical("the actors could not be kept up: %s", failed.result())
    return 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="One worker of Masquerade; started by supervisor.py.")
    parser.add_argument("--name", required=True, help="the worker's name, such as worker-1")
    run_child(parser.parse_args().name, work)
