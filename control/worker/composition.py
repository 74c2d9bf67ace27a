"""Puts a worker together: opens the stores, starts the actors, serves the bots, and ends in reverse. `work` reads top to bottom.

A worker serves some of the bots and runs the sessions of their users.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from asyncio import Future
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from actors.bot.directory import Directory
from actors.crowd import Crowd
from actors.runtime import actor
from actors.runtime import metrics as counters
from actors.runtime.supervision import Supervisor
from actors.session.actor import SessionActor
from actors.session.context import SessionContext
from control.child import Child
from control.settings.variables import kept_away
from control.worker import answers, channels, garbage, invoices, tree
from control.worker.bots import Connector, first_connections
from control.worker.children import allocator_spec, core_specs
from control.worker.database_watch import DatabaseWatch
from control.worker.held_figures import HeldFigures
from control.worker.report import Reporter
from control.worker.serving import Serving
from control.worker.stores import Stores, opened
from domain.configuration import Configuration, LiveConfiguration
from domain.errors import Unavailable
from domain.matching.requests import Request
from domain.ports.spam import SpamStores
from domain.session.feature import Feature
from domain.session.machine import FEATURES, Machine
from domain.session.vocabulary import vocabulary
from domain.settings import Settings
from storage.redis.address import in_memory
from storage.redis.pool.decisions import DECISIONS, PoolScript
from transport.texts.catalogue import LOCALE, Texts

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """What the bots can do. A test may add a feature of its own."""

    features: Sequence[Feature] = FEATURES
    decisions: Mapping[type[Request], PoolScript] = field(default_factory=lambda: DECISIONS)
    """The pool's script for each request that a feature may make."""
    locale: Path = LOCALE
    """The folder of the texts."""


PRODUCT = Product()


async def work(child: Child, product: Product = PRODUCT) -> int:
    """Returns the exit code: 1 if the actors failed too often, so that the supervisor starts the process again."""
    settings = child.settings
    actor.configure(settings.actors)
    live = LiveConfiguration(Configuration.of(settings))
    crowd = Crowd()
    reporter = Reporter(child.name, settings, live, crowd)
    child.answer("report", reporter.report)
    child.on_dump = counters.describe
    async with (
        opened(settings, live, child.name, reporter.waits_for, product.decisions) as stores,
        stores.configuration.kept_up(),
        aclosing(stores.maps),
    ):
        child.answer("configuration", partial(answers.read_configuration, stores))
        stores.configuration.soon()  # what was saved since the stores were opened could not be told
        directory = Directory()
        supervision = Supervisor(child.name, core_specs(stores, directory, settings, live, crowd))
        await supervision.start()
        try:
            context = session_context(supervision, stores, directory, settings, live, crowd=crowd, product=product)
            directory.activates_with(lambda address: SessionActor.start(address, context))
            texts = Texts(product.locale, vocabulary=vocabulary(product.features), live=live)
            connector = Connector(stores, settings, live, texts)
            serving = Serving(supervision, connector.connect, stores, directory, settings)
            await serving.start()
            lease_holders = serving.lease_holders
            drained = kept_away(os.environ)
            allocator = await supervision.start_child(allocator_spec(lease_holders, drained, stores, directory, settings))
            reporter.serves(
                lease_holders,
                allocator,
                stores.pool,
                stores.streams,
                DatabaseWatch(stores.database),
                configuration=stores.configuration,
                bots=stores.bots,
                payments=supervision.handle("payments"),
                held=HeldFigures(stores.lock_pool, stores.locks, stores.invitations),
                record=directory.record,
            )
            answers.register(child, allocator, lease_holders, stores)
            channels.register(child, directory)
            invoices.register(child, directory, texts)
            tree.register(child, supervision)
            await first_connections(allocator, lease_holders)
            async with serving.kept_up():
                with garbage.kept_short():
                    await child.ready()
                    return await _until_the_end(child, supervision)
        finally:
            directory.hand_over_all()
            await supervision.stop_child("allocator", within=min(child.remaining(), settings.supervisor.drain_seconds))
            await supervision.stop(within=min(child.remaining(), settings.supervisor.drain_seconds))
            await _say_goodbye(stores)


def session_context(
    supervision: Supervisor,
    stores: Stores,
    directory: Directory,
    settings: Settings,
    live: LiveConfiguration,
    *,
    crowd: Crowd,
    product: Product = PRODUCT,
) -> SessionContext:
    """What every session of this worker is given."""
    return SessionContext(
        directory=directory,
        matcher=supervision.handle("matcher"),
        events=supervision.handle("events"),
        payments=supervision.handle("payments"),
        moderation=supervision.handle("moderation"),
        locks=supervision.handle("locks"),
        profiles=stores.profiles,
        chats=stores.chats,
        searches=stores.searches,
        presence=stores.presence,
        personal=stores.personal,
        appeals=stores.appeals,
        watched=stores.standings,
        questions=stores.panel.questions,
        spam=SpamStores(notes=stores.spam_notes, standings=stores.standings, key=stores.secrets.derived("rules against spam")),
        maps=stores.maps,
        ratings=stores.ratings,
        invitations=stores.invitations,
        crowd=crowd,
        earlier=stores.earlier,
        restrictions=stores.restrictions,
        settings=settings,
        live=live,
        machine=Machine(product.features),
        clock=time.time,
        digest_key=stores.secrets.derived("digests of messages"),
        durable_streams=not in_memory(settings.stores.redis_url),
    )


async def _say_goodbye(stores: Stores) -> None:
    """Tells other workers what changed here last, and that this worker is gone."""
    try:
        await stores.news.send()
        await stores.roster.leave(stores.me.owner)
    except Unavailable as error:
        logger.warning("other workers learn later what changed here and that this worker is gone: %s", error)


async def _until_the_end(child: Child, supervision: Supervisor) -> int:
    stopping: Future[Any] = asyncio.create_task(child.stopping.wait())
    failed: Future[Any] = supervision.ended()
    await asyncio.wait({stopping, failed}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if child.stopping.is_set():
        return 0
    logger.critical("the actors failed too often: %s", failed.result())
    return 1
