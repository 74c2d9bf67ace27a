"""A worker composed as `control/worker/composition.py` does it, in this process, so that it can die at any step and another
follow it.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from socket import gethostname
from typing import Any

from actors.bot.directory import Directory
from actors.runtime.supervision import Supervisor
from actors.session.actor import SessionActor
from control.worker import composition
from control.worker.configuration_reader import ConfigurationReader
from control.worker.stores import FILES_SECONDS, MAPS_SECONDS, Stores, bury
from domain.cluster.allocation import Member
from domain.configuration import Configuration, LiveConfiguration
from domain.model.ids import BotId
from domain.settings import Settings
from storage.redis.event_stream import RedisEventStream
from storage.redis.files import RedisFiles
from storage.redis.housekeeping_lease import RedisHousekeepingLease
from storage.redis.keys import Keys
from storage.redis.leases import RedisLeases, new_owner
from storage.redis.message_maps import RedisMessageMaps
from storage.redis.news import RedisNews
from storage.redis.pool import RedisPool
from storage.redis.reconciliation import RedisReconciliation
from storage.redis.roster import RedisRoster
from storage.redis.scripts import Script
from storage.redis.stream_watch import RedisStreamWatch
from storage.sql.bans import SqlBans
from storage.sql.chats import SqlChats
from storage.sql.configurations import SqlConfigurations
from storage.sql.database import open_database
from storage.sql.profiles import CachedProfiles, SqlProfiles
from storage.sql.restrictions import SqlRestrictions
from storage.sql.searches import SqlSearches
from tests.durability.crash import Life, Mortal
from tests.durability.telegram import Connection, Telegram

KEYS = Keys("main")
BY_THE_CLOCK = frozenset({"sweep", "counts", "tend", "backlogs", "live", "over", "all", "touch", "end_idle"})


class NeverRestarted(RedisReconciliation):
    """In these stories workers die, and now and then all of the server's memory is lost."""

    async def _knows(self, known: Script) -> bool:
        return True


class MortalMaps(RedisMessageMaps):
    """Of a process: what it has noted and not written dies with it."""

    def __init__(self, redis: Any, keys: Keys, live: LiveConfiguration, life: Life) -> None:
        super().__init__(redis, keys, live, seconds=MAPS_SECONDS)
        self._scripts = Mortal(self._scripts, life, frozenset({"run"}))


class Worker:
    """`redis` and `database` open the stores anew: a process shares no connection with the one before it."""

    def __init__(self, name: str, bots: tuple[BotId, ...], telegram: Telegram, life: Life, settings: Settings) -> None:
        self.life = life
        self.directory = Directory()
        self.connections: dict[BotId, Connection] = {}
        self._me = Member(owner=new_owner(f"{name}.test"), machine=gethostname(), house="test", name=name, bots=bots)
        self._owner = self._me.owner
        self._bots = bots
        self._telegram = telegram
        self._settings = settings
        self.live = LiveConfiguration(Configuration.of(settings))
        self._closing = AsyncExitStack()

    async def start(self, redis: Any, database_uri: str, *, forgetful: bool = False) -> None:
        stores = await self._stores(redis, database_uri)
        await bury(stores.leases, stores.roster, self._me, self._me.name)
        house = Supervisor("worker", composition._core(stores, self.directory, self._settings, self.live))
        await house.start()
        world = composition._surroundings(house, stores, self.directory, self._settings, self.live)
        self.directory.activates_with(lambda address: SessionActor.start(address, world))
        lease_holders = {}
        for bot in self._bots:
            connection = self.connections[bot] = Connection(self._telegram, bot, self.life, forgetful=forgetful)
            lease_holders[bot] = await house.start_child(
                composition._lease_holder(bot, lambda _lease, _fresh, c=connection: c, stores, self.directory, self._settings)
            )
        await house.start_child(composition._allocator(lease_holders, set(), stores, self.directory, self._settings))

    @property
    def has_done_everything(self) -> bool:
        return all(connection.has_done_everything for connection in self.connections.values())

    async def close(self) -> None:
        """What the system does for a dead process: its connections end."""
        self.life.ended.set()
        await self._closing.aclose()

    async def _stores(self, redis: Any, database_uri: str) -> Stores:
        database = await open_database(database_uri, pool_size=4)
        self._closing.push_async_callback(database.close)
        self._closing.push_async_callback(redis.aclose)
        news = RedisNews(redis, KEYS)
        return Stores(
            database=database,
            configuration=ConfigurationReader(SqlConfigurations(database), self.live),
            secrets=None,  # only Telegram's side needs them
            profiles=CachedProfiles(self._mortal(SqlProfiles(database)), self.live, announce=news.announce),
            news=self._mortal(news, frozenset({"read"})),
            chats=self._mortal(SqlChats(database)),
            pool=self._mortal(RedisPool(redis, KEYS, self.live)),
            housekeeping=self._mortal(RedisHousekeepingLease(redis, KEYS, owner=self._owner), frozenset({"hold", "give_back"})),
            reconciliation=self._mortal(
                NeverRestarted(redis, KEYS, self.live),
                frozenset({"memory", "settled", "unknown", "put_back", "end", "put_bans_back", "put_blocks_back"}),
            ),
            events=self._mortal(RedisEventStream(redis, KEYS, owner=self._owner)),
            streams=self._mortal(RedisStreamWatch(redis, KEYS, self._settings.streams)),
            leases=self._mortal(
                RedisLeases(redis, KEYS, owner=self._owner, seconds=self._settings.cluster.lease_seconds),
                frozenset({"acquire", "renew", "release", "owners", "release_owner"}),
            ),
            roster=self._mortal(
                RedisRoster(redis, KEYS, seconds=self._settings.cluster.lease_seconds), frozenset({"beat", "leave", "owners"})
            ),
            me=self._me,
            maps=MortalMaps(redis, KEYS, self.live, self.life),
            files=RedisFiles(redis, KEYS, seconds=FILES_SECONDS),
            searches=self._mortal(SqlSearches(database)),
            bans=SqlBans(database),
            restrictions=SqlRestrictions(database),
        )

    def _mortal(self, store: Any, background: frozenset[str] = BY_THE_CLOCK) -> Any:
        return Mortal(store, self.life, background)
