"""Opens a worker's stores: waits until they can be reached, migrates the database, frees the leases of its predecessor."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import gethostname
from typing import TypeVar

from control.settings.loading import database_uri, installation_of
from control.worker.bot_list import BotList
from control.worker.configuration_reader import ConfigurationReader
from domain.cluster.allocation import Member
from domain.configuration import LiveConfiguration
from domain.errors import Unavailable
from domain.matching.requests import Request
from domain.settings import Settings
from storage.redis.address import in_memory
from storage.redis.client import Client, open_redis
from storage.redis.cluster.housekeeping_lease import RedisHousekeepingLease
from storage.redis.cluster.leases import RedisLeases, new_owner
from storage.redis.cluster.roster import RedisRoster
from storage.redis.earlier_forms import RedisEarlierForms
from storage.redis.files import RedisFiles
from storage.redis.keys import Keys
from storage.redis.message_maps import RedisMessageMaps
from storage.redis.notes import RedisSpamNotes
from storage.redis.pool.decisions import DECISIONS, PoolScript
from storage.redis.pool.locks import RedisLockPool
from storage.redis.pool.pool import RedisPool
from storage.redis.pool.reconciliation import RedisReconciliation
from storage.redis.reach import reach
from storage.redis.streams.event_stream import RedisEventStream
from storage.redis.streams.news import RedisNews
from storage.redis.streams.stream_watch import RedisStreamWatch
from storage.secrets import Secrets, load_secrets
from storage.sql.bans import SqlBans
from storage.sql.bots import SqlBots
from storage.sql.chats import SqlChats
from storage.sql.configurations import SqlConfigurations
from storage.sql.connection_store import require_keys
from storage.sql.database import Database, open_database
from storage.sql.invitations.invitations import SqlInvitations
from storage.sql.locks.locks import SqlLocks
from storage.sql.migrate import migrate
from storage.sql.panel.notes import SqlNotes
from storage.sql.panel.records import PanelRecords, panel_records
from storage.sql.payments.records import PaymentRecords
from storage.sql.personal.data import SqlPersonalData
from storage.sql.personal.tombstones import Hashes
from storage.sql.presence import SqlPresence
from storage.sql.profiles import CachedProfiles, SqlProfiles
from storage.sql.ratings import SqlRatings
from storage.sql.restrictions import SqlRestrictions
from storage.sql.review.appeals import SqlAppeals
from storage.sql.review.audit import SqlAudit
from storage.sql.sealing import take_root
from storage.sql.searches import SqlSearches
from storage.sql.standings import SqlStandings
from storage.sql.trust.moderation import SqlModeration
from storage.sql.trust.review import SqlReview

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 10.0
"""Seconds between attempts to reach a store."""
MAPS_SECONDS = 86_400.0
"""How long a chat's message map is kept after its last message."""
FILES_SECONDS = 7 * 86_400.0
"""How long a bot's own id of a file from another bot is kept."""

logger = logging.getLogger(__name__)
T = TypeVar("T")
Notice = Callable[[str], None]
"""Told in one line what the start waits for; empty once it waits for nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    database: Database
    secrets: Secrets
    configuration: ConfigurationReader
    bots: BotList
    profiles: CachedProfiles
    news: RedisNews
    housekeeping: RedisHousekeepingLease
    reconciliation: RedisReconciliation
    chats: SqlChats
    pool: RedisPool
    events: RedisEventStream
    streams: RedisStreamWatch
    leases: RedisLeases
    roster: RedisRoster
    me: Member
    maps: RedisMessageMaps
    earlier: RedisEarlierForms
    files: RedisFiles
    searches: SqlSearches
    presence: SqlPresence
    bans: SqlBans
    restrictions: SqlRestrictions
    ratings: SqlRatings
    invitations: SqlInvitations
    locks: SqlLocks
    lock_pool: RedisLockPool
    payments: PaymentRecords
    personal: SqlPersonalData
    appeals: SqlAppeals
    audit: SqlAudit
    user_notes: SqlNotes
    moderation: SqlModeration
    spam_notes: RedisSpamNotes
    standings: SqlStandings
    review: SqlReview
    panel: PanelRecords


@asynccontextmanager
async def opened(
    settings: Settings,
    live: LiveConfiguration,
    name: str,
    notice: Notice,
    decisions: Mapping[type[Request], PoolScript] = DECISIONS,
) -> AsyncIterator[Stores]:
    """Opens all stores. If one cannot be reached, tries again with growing pauses, and tells `notice` what it waits for.

    Raises `SettingsError` if waiting does not help.
    """
    secrets = load_secrets(settings.stores.encryption_key, Path(settings.data))
    database = await _patiently(lambda: _records(settings), notice)
    redis = open_redis(settings.stores.redis_url)
    try:
        configuration, bots = await _configured(database, live, notice), BotList(SqlBots(database, secrets), settings)
        await _patiently(bots.look, notice)
        await _patiently(lambda: require_keys(database, secrets, bots.tokens), notice)
        await _patiently(lambda: take_root(database, secrets), notice)
        if not in_memory(settings.stores.redis_url):
            await _patiently(lambda: reach(redis, settings.cluster.pool), notice)
        pool = RedisPool(redis, Keys(settings.cluster.pool), live, decisions=decisions)
        me = member_of(name, settings)
        stores = _composed(settings, configuration, database, redis, pool, bots=bots, secrets=secrets, me=me)
        await _patiently(lambda: release_leases(stores.leases, stores.roster, stores.me, name), notice)
        yield stores
    finally:
        await redis.aclose()
        await database.close()


async def _configured(database: Database, live: LiveConfiguration, notice: Notice) -> ConfigurationReader:
    """Migrates the database and reads the saved configuration."""
    for migration in await _patiently(lambda: migrate(database), notice):
        logger.info("migrated the database: %s", migration)
    configuration = ConfigurationReader(SqlConfigurations(database), live)
    await _patiently(configuration.look, notice)
    return configuration


def _composed(
    settings: Settings,
    configuration: ConfigurationReader,
    database: Database,
    redis: Client,
    pool: RedisPool,
    *,
    bots: BotList,
    secrets: Secrets,
    me: Member,
) -> Stores:
    """All stores, on one database and one Redis. Nothing is asked of them yet."""
    keys, live, lease_seconds = Keys(settings.cluster.pool), configuration.live, settings.cluster.lease_seconds
    news = RedisNews(redis, keys)
    hashes, spam_notes = Hashes(secrets.derived("hashes of people")), RedisSpamNotes(redis, keys, secrets)
    profiles = CachedProfiles(SqlProfiles(database, hashes=hashes, live=live), live, announce=news.announce)
    return Stores(
        database=database,
        secrets=secrets,
        configuration=configuration,
        bots=bots,
        profiles=profiles,
        news=news,
        chats=SqlChats(database),
        pool=pool,
        housekeeping=RedisHousekeepingLease(redis, keys, owner=me.owner),
        reconciliation=RedisReconciliation(redis, keys, live),
        events=RedisEventStream(redis, keys, owner=me.owner),
        streams=RedisStreamWatch(redis, keys, settings.streams),
        leases=RedisLeases(redis, keys, owner=me.owner, seconds=lease_seconds),
        roster=RedisRoster(redis, keys, seconds=lease_seconds),
        me=me,
        maps=RedisMessageMaps(redis, keys, live, seconds=MAPS_SECONDS),
        earlier=RedisEarlierForms(redis, keys, secrets, seconds=MAPS_SECONDS),
        files=RedisFiles(redis, keys, seconds=FILES_SECONDS),
        searches=SqlSearches(database),
        presence=SqlPresence(database),
        bans=SqlBans(database, hashes=hashes),
        restrictions=SqlRestrictions(database),
        ratings=SqlRatings(database),
        invitations=SqlInvitations(database, live),
        payments=PaymentRecords(database, live),
        locks=SqlLocks(database),
        lock_pool=RedisLockPool(redis, keys),
        personal=SqlPersonalData(database, pool, hashes, spam_notes, changed=profiles.changed_elsewhere),
        appeals=SqlAppeals(database),
        audit=SqlAudit(database),
        user_notes=SqlNotes(database),
        moderation=SqlModeration(database, secrets, live, hashes=hashes),
        spam_notes=spam_notes,
        standings=SqlStandings(database, live),
        review=SqlReview(database, secrets, live, hashes=hashes),
        panel=panel_records(database, secrets, settings, live),
    )


async def _records(settings: Settings) -> Database:
    rules = settings.stores
    return await open_database(database_uri(settings), pool_size=rules.pool_size, call_seconds=rules.query_timeout)


def member_of(name: str, settings: Settings) -> Member:
    """This process as the roster shows it; the AllocatorActor adds its bots. Each process has an owner id of its own."""
    here = installation_of(settings)
    return Member(owner=new_owner(f"{name}.{here}"), machine=gethostname(), house=here, name=name)


async def release_leases(leases: RedisLeases, roster: RedisRoster, me: Member, name: str, pid: int = 0) -> int:
    """Frees the leases of a dead worker of this installation, and returns how many. `me` is the worker that does it.

    `name` may be that of `me`: then the leases of its predecessor are freed. With `pid` only those of that process, because a
    new process of the same name may have started since.
    """
    dead = f"{name}.{me.house}@{me.machine}:" + (f"{pid}:" if pid else "")
    freed = 0
    for owner in {*(await leases.owners()).values(), *(await roster.owners())}:
        if owner.startswith(dead) and owner != me.owner:
            freed += await leases.release_owner(owner)
            await roster.leave(owner)
            logger.info("freed %d bots of %s", freed, owner)
    return freed


async def _patiently(attempt: Callable[[], Awaitable[T]], notice: Notice) -> T:
    pause = FIRST_PAUSE
    while True:
        try:
            result = await attempt()
        except Unavailable as error:
            notice(f"{error}; trying again every {pause:g} s")
            logger.warning("%s; next try in %g s", error, pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        else:
            notice("")
            return result
