"""The actors of a worker that its supervision keeps alive: how each is started, and how often it may be started again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial

from actors.bot.allocator import AllocatorActor
from actors.bot.directory import Directory
from actors.bot.lease_holder import LeaseHolderActor
from actors.crowd import Crowd
from actors.events import EventsActor
from actors.locks.actor import LockActor
from actors.locks.context import LockContext
from actors.matcher import MatcherActor
from actors.messages import LeaseHolderMessage
from actors.moderation.actor import ModerationActor
from actors.moderation.context import ModerationContext
from actors.payments.actor import PaymentActor
from actors.payments.context import ControlChat, PaymentContext
from actors.payments.messages import PaymentMessage
from actors.runtime.child import Budget, ChildSpec
from actors.runtime.handle import Handle
from actors.upkeep.housekeeping import HousekeepingActor
from actors.upkeep.reconciler import Reconciler
from control.worker.stores import Stores
from domain.configuration import LiveConfiguration
from domain.model.bot import Lease
from domain.model.events import ConfigChanged, ProfileChanged
from domain.model.ids import BotId, UserId, bot_of
from domain.settings import Settings
from storage.sql.retention import (
    ACTS_KEPT,
    APPEALS_KEPT,
    BANS_KEPT,
    CHATS_KEPT,
    LOCKS_KEPT,
    NOTES_KEPT,
    NOTICES_KEPT,
    OPENED_KEPT,
    RATED_KEPT,
    TICKETS_KEPT,
    purge,
)
from storage.sql.review.desk import SqlDesk
from transport.client import KurigramTelegram

Connect = Callable[[Lease, Callable[[], bool]], KurigramTelegram]
"""Connects to Telegram under a lease. The second argument tells whether the lease still allows to send."""


def core_specs(
    stores: Stores, directory: Directory, settings: Settings, live: LiveConfiguration, crowd: Crowd
) -> tuple[ChildSpec, ...]:
    """The actors that all bots of the worker share."""
    budget = _budget(settings)
    reconciler = Reconciler(
        pool=stores.pool,
        reconciliation=stores.reconciliation,
        chats=stores.chats,
        bans=stores.bans,
        restrictions=stores.restrictions,
        searches=stores.searches,
        locks=stores.locks,
        events=stores.events,
    )
    return (
        ChildSpec(
            name="housekeeping",
            factory=lambda: HousekeepingActor.start(
                lease=stores.housekeeping,
                streams=stores.streams,
                news=stores.news,
                changed=partial(_take_news, stores, directory),
                recover=stores.events.recover,
                reconcile=reconciler.look,
                purge=partial(_purge, stores),
            ),
            budget=budget,
        ),
        ChildSpec(
            name="matcher",
            factory=lambda: MatcherActor.start(stores.pool, live, sweeps=lambda: stores.housekeeping.held, crowd=crowd),
            budget=budget,
        ),
        ChildSpec(name="events", factory=lambda: EventsActor.start(stores.events, directory), budget=budget),
        payments_spec(stores, directory, settings, live),
        moderation_spec(stores, directory, settings),
        locks_spec(stores, directory, settings, live),
    )


async def _purge(stores: Stores) -> int:
    payments = stores.payments
    kept = (
        (stores.chats, CHATS_KEPT),
        (stores.bans, BANS_KEPT),
        (stores.ratings, RATED_KEPT),
        (stores.invitations, OPENED_KEPT),
        (stores.locks, LOCKS_KEPT),
        (payments.outbox, NOTICES_KEPT),
        (payments.tickets, TICKETS_KEPT),
        (stores.appeals, APPEALS_KEPT),
        (stores.audit, ACTS_KEPT),
        (stores.user_notes, NOTES_KEPT),
        (stores.personal, 0.0),
        (stores.panel.sessions, 0.0),
    )
    return await purge(kept, now=time.time()) + await stores.moderation.purge()


def payments_spec(stores: Stores, directory: Directory, settings: Settings, live: LiveConfiguration) -> ChildSpec:
    """Payments of all bots of the worker."""
    payments = stores.payments
    world = PaymentContext(
        directory=directory,
        orders=payments.orders,
        ledger=payments.ledger,
        grants=payments.grants,
        credits=payments.credits,
        subscriptions=payments.subscriptions,
        outbox=payments.outbox,
        star_lists=payments.star_lists,
        tickets=payments.tickets,
        refunds=payments.refunds,
        chats=stores.chats,
        live=live,
        secret=stores.secrets.derived("payloads of invoices"),
        clock=time.time,
        vip_changed=partial(_profile_changed, stores, directory),
        language=partial(_language_of, stores),
        deletions=stores.personal,
        desk=SqlDesk(stores.database),
        control=control_chat(settings, stores.bots.tokens),
    )
    return ChildSpec(name="payments", factory=lambda: PaymentActor.start(world), budget=_budget(settings))


def moderation_spec(stores: Stores, directory: Directory, settings: Settings) -> ChildSpec:
    """Reports, and what rules find, of all bots of the worker."""
    world = ModerationContext(
        moderation=stores.moderation,
        pool=stores.pool,
        put_blocks_back=stores.reconciliation.put_blocks_back,
        end_chats=stores.reconciliation.end,
        profile_changed=partial(_profile_changed, stores, directory),
    )
    return ChildSpec(name="moderation", factory=lambda: ModerationActor.start(world), budget=_budget(settings))


def locks_spec(stores: Stores, directory: Directory, settings: Settings, live: LiveConfiguration) -> ChildSpec:
    """Locks that are bought at all bots of the worker. Who holds the housekeeping lease ends and settles those of all workers."""
    world = LockContext(
        directory=directory,
        locks=stores.locks,
        credits=stores.payments.credits,
        pool=stores.pool,
        lock_pool=stores.lock_pool,
        live=live,
        tends=lambda: stores.housekeeping.held,
    )
    return ChildSpec(name="locks", factory=lambda: LockActor.start(world), budget=_budget(settings))


def control_chat(settings: Settings, added: Iterable[BotId]) -> ControlChat:
    """`added`: the bots that there are at the start, in the order in which they were added. The first of them writes there only
    where the settings name no bot.
    """
    admin = settings.admin
    token = admin.bot_token or next(iter(settings.telegram.tokens), "")
    return ControlChat(
        id=UserId(admin.control_chat_id),
        bot=bot_of(token) if token else next(iter(added), None),
        admins=frozenset(map(UserId, admin.telegram_ids)),
    )


def _profile_changed(stores: Stores, directory: Directory, user: UserId) -> None:
    """Every process reads the profile of somebody whose VIP, ban or hold is another one now anew."""
    stores.profiles.changed_elsewhere(user)
    for session in directory.sessions_of(user):
        session.tell(ProfileChanged(user=user))


async def _language_of(stores: Stores, user: UserId) -> str:
    profile = await stores.profiles.get(user)
    return profile.language if profile else "en"


def lease_holder_name(bot: BotId) -> str:
    """As the supervision knows it."""
    return f"lease-holder-{bot}"


def lease_holder_spec(
    bot: BotId,
    connect: Connect,
    stores: Stores,
    directory: Directory,
    settings: Settings,
    *,
    payments: Handle[PaymentMessage] | None = None,
) -> ChildSpec:
    """One for each bot whose token this worker has."""
    seconds = settings.cluster.lease_seconds
    return ChildSpec(
        name=lease_holder_name(bot),
        factory=lambda: LeaseHolderActor.start(
            bot,
            leases=stores.leases,
            seconds=seconds,
            directory=directory,
            connect=connect,
            payments=payments,
            drain_seconds=settings.supervisor.drain_seconds,
        ),
        budget=_budget(settings),
        group="lease-holders",
    )


def allocator_spec(
    lease_holders: Mapping[BotId, Handle[LeaseHolderMessage]],
    drained: set[BotId],
    stores: Stores,
    directory: Directory,
    settings: Settings,
) -> ChildSpec:
    """`drained`: the bots that the operator does not want here from the start."""
    return ChildSpec(
        name="allocator",
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


def _take_news(stores: Stores, directory: Directory, changed: ProfileChanged | ConfigChanged | None) -> None:
    """Another process changed something. None: news were missed, and it is not known what changed.

    In that case profiles are read anew, but active sessions keep what they know until they are passivated.
    """
    if changed is None or isinstance(changed, ConfigChanged):
        stores.configuration.soon()
        stores.bots.soon()
        if changed is None:
            stores.profiles.forget_all()
        return
    if not changed.ours:
        stores.profiles.forget(changed.user)
    for session in directory.sessions_of(changed.user):
        session.tell(changed)


def _budget(settings: Settings) -> Budget:
    return Budget(restarts=settings.actors.restart_budget, seconds=settings.actors.restart_window)
