"""A worker composed as in `control/worker/composition.py`, but within the test's process, so that it can crash at any step and be
followed by another.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from socket import gethostname
from typing import Any

from actors.bot.directory import Directory
from actors.crowd import Crowd
from actors.runtime.actor import Actor
from actors.runtime.child import ChildSpec
from actors.runtime.supervision import Supervisor
from actors.session.actor import SessionActor
from control.worker.bot_list import BotList
from control.worker.children import allocator_spec, core_specs, lease_holder_spec
from control.worker.composition import session_context
from control.worker.configuration_reader import ConfigurationReader
from control.worker.stores import FILES_SECONDS, MAPS_SECONDS, Stores, release_leases
from domain.cluster.allocation import Member
from domain.configuration import Configuration, LiveConfiguration
from domain.model.ids import BotId
from domain.settings import Settings
from storage.redis.cluster.housekeeping_lease import RedisHousekeepingLease
from storage.redis.cluster.leases import RedisLeases, new_owner
from storage.redis.cluster.roster import RedisRoster
from storage.redis.earlier_forms import RedisEarlierForms
from storage.redis.files import RedisFiles
from storage.redis.keys import Keys
from storage.redis.message_maps import RedisMessageMaps
from storage.redis.notes import RedisSpamNotes
from storage.redis.pool.locks import RedisLockPool
from storage.redis.pool.pool import RedisPool
from storage.redis.pool.reconciliation import RedisReconciliation
from storage.redis.scripts import Script
from storage.redis.streams.event_stream import RedisEventStream
from storage.redis.streams.news import RedisNews
from storage.redis.streams.stream_watch import RedisStreamWatch
from storage.secrets import KEY_BYTES, Secrets
from storage.sql.bans import SqlBans
from storage.sql.bots import SqlBots
from storage.sql.chats import SqlChats
from storage.sql.configurations import SqlConfigurations
from storage.sql.database import open_database
from storage.sql.invitations.invitations import SqlInvitations
from storage.sql.locks.locks import SqlLocks
from storage.sql.panel.notes import SqlNotes
from storage.sql.panel.records import panel_records
from storage.sql.payments.records import PaymentRecords
from storage.sql.personal.data import SqlPersonalData
from storage.sql.personal.tombstones import Hashes
from storage.sql.presence import SqlPresence
from storage.sql.profiles import CachedProfiles, SqlProfiles
from storage.sql.ratings import SqlRatings
from storage.sql.restrictions import SqlRestrictions
from storage.sql.review.appeals import SqlAppeals
from storage.sql.review.audit import SqlAudit
from storage.sql.searches import SqlSearches
from storage.sql.standings import SqlStandings
from storage.sql.trust.moderation import SqlModeration
from storage.sql.trust.review import SqlReview
from tests.durability.crash import CrashingStore, Process
from tests.durability.telegram import PATIENCE, Connection, Telegram

KEYS = Keys("main")
BY_TIMERS = frozenset({"sweep", "counts", "tend", "backlogs", "live", "over", "all", "touch", "end_idle", "waiting"})


class NeverRestarted(RedisReconciliation):
    """Redis never restarts in these stories: workers crash, or all data of the server is lost."""

    async def _knows(self, known: Script) -> bool:
        return True


SECRETS = Secrets((b"k" * KEY_BYTES,), source="the test")


class CrashingMaps(RedisMessageMaps):
    """Of a process: what it has noted and not written dies with it."""

    def __init__(self, redis: Any, keys: Keys, live: LiveConfiguration, process: Process) -> None:
        super().__init__(redis, keys, live, seconds=MAPS_SECONDS)
        self._scripts = CrashingStore(self._scripts, process, frozenset({"run"}))


class NoPayments(Actor[object]):
    """Takes the place of PaymentActor."""


class Worker:
    """One process. It opens connections of its own to the stores."""

    def __init__(self, name: str, bots: tuple[BotId, ...], telegram: Telegram, process: Process, settings: Settings) -> None:
        self.process = process
        self.directory = Directory()
        self.connections: dict[BotId, Connection] = {}
        self._me = Member(owner=new_owner(f"{name}.test"), machine=gethostname(), house="test", name=name, bots=bots)
        self._owner = self._me.owner
        self._bots = bots
        self._telegram = telegram
        self._settings = settings
        self.live = LiveConfiguration(Configuration.of(settings))
        self._crowd = Crowd()
        self._closing = AsyncExitStack()

    async def start(self, redis: Any, database_uri: str, *, forgetful: bool = False) -> None:
        stores = await self._stores(redis, database_uri)
        await release_leases(stores.leases, stores.roster, self._me, self._me.name)
        supervisor = Supervisor("worker", self._specs(stores))
        await supervisor.start()
        world = session_context(supervisor, stores, self.directory, self._settings, self.live, crowd=self._crowd)
        self.directory.activates_with(lambda address: SessionActor.start(address, world))
        lease_holders = {}
        for bot in self._bots:
            connection = self.connections[bot] = Connection(self._telegram, bot, self.process, forgetful=forgetful)
            lease_holders[bot] = await supervisor.start_child(
                lease_holder_spec(bot, lambda _lease, _fresh, c=connection: c, stores, self.directory, self._settings)
            )
        await supervisor.start_child(allocator_spec(lease_holders, set(), stores, self.directory, self._settings))

    def _specs(self, stores: Stores) -> list[ChildSpec]:
        """Nothing is sold in these stories: `tests/faults/test_payments.py` kills processes that sell."""
        specs = core_specs(stores, self.directory, self._settings, self.live, self._crowd)
        return [replace(spec, factory=NoPayments.start) if spec.name == "payments" else spec for spec in specs]

    @property
    def has_done_everything(self) -> bool:
        return all(connection.has_done_everything for connection in self.connections.values())

    async def close(self) -> None:
        """Close all connections, as the system does for a dead process. A statement that is on its way is done first: what comes
        later than the next process's own statements belongs to no process.
        """
        self.process.ended.set()
        async with asyncio.timeout(PATIENCE):
            await self.process.calls_end()
        await self._closing.aclose()

    async def _stores(self, redis: Any, database_uri: str) -> Stores:
        database = await open_database(database_uri, pool_size=4)
        self._closing.push_async_callback(database.close)
        self._closing.push_async_callback(redis.aclose)
        news = RedisNews(redis, KEYS)
        hashes = Hashes(b"hashes of people")
        profiles = CachedProfiles(
            self._crashing(SqlProfiles(database, hashes=hashes, live=self.live)), self.live, announce=news.announce
        )
        pool = self._crashing(RedisPool(redis, KEYS, self.live))
        spam_notes = self._crashing(RedisSpamNotes(redis, KEYS, SECRETS))
        return Stores(
            database=database,
            configuration=ConfigurationReader(SqlConfigurations(database), self.live),
            bots=BotList(SqlBots(database, SECRETS), self._settings),
            secrets=SECRETS,
            profiles=profiles,
            news=self._crashing(news, frozenset({"read"})),
            chats=self._crashing(SqlChats(database)),
            pool=pool,
            personal=self._crashing(SqlPersonalData(database, pool, hashes, spam_notes, changed=profiles.changed_elsewhere)),
            housekeeping=self._crashing(RedisHousekeepingLease(redis, KEYS, owner=self._owner), frozenset({"hold", "give_back"})),
            reconciliation=self._crashing(
                NeverRestarted(redis, KEYS, self.live),
                frozenset(
                    {
                        *("memory", "settled", "unknown", "put_back", "end", "put_bans_back", "put_blocks_back"),
                        *("put_locks_back", "drop_stray_locks"),
                    }
                ),
            ),
            events=self._crashing(RedisEventStream(redis, KEYS, owner=self._owner)),
            streams=self._crashing(RedisStreamWatch(redis, KEYS, self._settings.streams)),
            leases=self._crashing(
                RedisLeases(redis, KEYS, owner=self._owner, seconds=self._settings.cluster.lease_seconds),
                frozenset({"acquire", "renew", "release", "owners", "release_owner"}),
            ),
            roster=self._crashing(
                RedisRoster(redis, KEYS, seconds=self._settings.cluster.lease_seconds), frozenset({"beat", "leave", "owners"})
            ),
            me=self._me,
            maps=CrashingMaps(redis, KEYS, self.live, self.process),
            earlier=RedisEarlierForms(redis, KEYS, SECRETS, seconds=MAPS_SECONDS),
            files=RedisFiles(redis, KEYS, seconds=FILES_SECONDS),
            searches=self._crashing(SqlSearches(database)),
            presence=SqlPresence(database),
            bans=SqlBans(database),
            restrictions=self._crashing(SqlRestrictions(database)),
            ratings=self._crashing(SqlRatings(database)),
            locks=self._crashing(SqlLocks(database), frozenset({"run_out", "pending", "forgotten", "to_put_back", "held"})),
            lock_pool=self._crashing(RedisLockPool(redis, KEYS), frozenset({"end_due", "in_force"})),
            invitations=SqlInvitations(database, self.live),
            payments=PaymentRecords(database, self.live),
            moderation=self._crashing(
                SqlModeration(database, SECRETS, self.live, hashes=hashes), frozenset({"changes", "renew", "purge"})
            ),
            spam_notes=spam_notes,
            standings=self._crashing(SqlStandings(database, self.live)),
            review=SqlReview(database, SECRETS, self.live),
            appeals=SqlAppeals(database),
            audit=SqlAudit(database),
            user_notes=SqlNotes(database),
            panel=panel_records(database, SECRETS, self._settings, self.live),
        )

    def _crashing(self, store: Any, background: frozenset[str] = BY_TIMERS) -> Any:
        return CrashingStore(store, self.process, background)
