"""A database that the release before has written opens, and nothing of it is lost.

`data/records-540b48d.db` was written by that release itself. On PostgreSQL its rows go into the schema as it was then.
"""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import replace
from math import inf
from pathlib import Path

import pytest

from domain.model.chat import Chat
from domain.model.ids import Address, BotId, ChatId, UserId
from domain.model.profile import DAY, YEAR, AgeBand, Gender, Profile, Question, Wishes
from domain.model.separation import Apart, Separation
from storage.sql.bans import SqlBans
from storage.sql.chats import SqlChats
from storage.sql.database import open_database
from storage.sql.migrate import FOLDER, migrate
from storage.sql.payments.grants import SqlGrants
from storage.sql.profiles import SqlProfiles
from storage.sql.restrictions import SqlRestrictions
from storage.sql.searches import SqlSearches
from tests.entitlements import SqlEntitlements

WRITTEN = Path(__file__).with_name("data") / "records-540b48d.db"
ITS_MIGRATIONS = ("0001_records.sql", "0002_searches.sql")
TABLES = ("users", "blocks", "chats", "searches", "bot_state", "bot_sessions", "bot_peers")
ANNA, BORIS, CARLA, DORA, EVE = (UserId(7_000_000_001 + number) for number in range(5))
DAY_ONE = 1_790_000_000.0
ADULT = {"adult": True, "adult_from": 0.0}
PEOPLE = [
    Profile(
        user=ANNA,
        language="pt-br",
        gender=Gender.OTHER,
        age=34,
        vip_until=1_900_000_000.25,
        wishes=Wishes(genders=frozenset({Gender.FEMALE, Gender.OTHER}), bands=frozenset({AgeBand.FROM_25, AgeBand.FROM_35})),
        **ADULT,
    ),
    Profile(user=BORIS, gender=Gender.MALE, age=16, banned_until=inf, adult=False, adult_from=DAY_ONE + 60 + 2 * YEAR),
    Profile(
        user=CARLA,
        language="tr",
        gender=Gender.FEMALE,
        age=25,
        asked=Question.AGE,
        banned_until=1_900_000_000.5,
        vip_until=1_800_000_000.0,
        **ADULT,
    ),
    Profile(user=DORA, language="ru", asked=Question.GENDER),
    Profile(user=EVE, gender=Gender.FEMALE, age=99, banned_until=1_700_000_000.0, **ADULT),
]


@pytest.fixture
async def upgraded(database_uri, tmp_path):
    """Opened by this release, with its migrations."""
    if database_uri.startswith("sqlite"):
        shutil.copy(WRITTEN, database_uri.removeprefix("sqlite:"))
    database = await open_database(database_uri, pool_size=4)
    if database.dialect == "postgres":
        await _write_as_then(database, tmp_path)
    await migrate(database)
    yield database
    await database.close()


async def _write_as_then(database, tmp_path):
    for name in ITS_MIGRATIONS:
        shutil.copy(FOLDER / name, tmp_path)
    await migrate(database, folder=tmp_path)
    written = sqlite3.connect(f"file:{WRITTEN}?mode=ro", uri=True)
    async with database.transaction() as connection:
        for table in TABLES:
            for row in written.execute(f"SELECT * FROM {table}"):
                await connection.execute(f"INSERT INTO {table} VALUES ({', '.join(['%s'] * len(row))})", row)
    written.close()


async def test_every_profile_is_there_with_its_ban_its_vip_and_its_side_of_18(upgraded):
    profiles = SqlProfiles(upgraded)
    assert [replace(await profiles.get(person.user), ban=None) for person in PEOPLE] == PEOPLE


async def test_every_ban_and_every_vip_is_there(upgraded):
    bans, entitlements = SqlBans(upgraded, clock=lambda: DAY_ONE), SqlEntitlements(upgraded)
    assert [await bans.until(person.user) for person in PEOPLE] == [person.banned_until for person in PEOPLE]
    assert [[ban.user for ban in batch] async for batch in bans.list()] == [[BORIS, CARLA]]
    assert [await entitlements.vip_until(person.user) for person in PEOPLE] == [person.vip_until for person in PEOPLE]


async def test_every_block_chat_and_search_is_there(upgraded):
    pairs = [(ANNA, BORIS), (ANNA, CARLA), (EVE, ANNA)]
    kept = [each async for each in SqlRestrictions(upgraded).list_separations()]
    assert kept == [Separation(user=user, other=other, why=Apart.BLOCK) for user, other in pairs]
    chats = SqlChats(upgraded)
    live = Chat(id=ChatId("11aa"), first=Address(BotId(1), ANNA), second=Address(BotId(2), EVE), started=1_790_000_100.5)
    assert [chat async for chat in chats.live()] == [live]
    assert await chats.over([ChatId("11aa"), ChatId("22bb"), ChatId("33cc")]) == {"22bb", "33cc"}
    assert [address for address, _ in await SqlSearches(upgraded).all()] == [Address(BotId(2), DORA)]


async def test_every_bots_session_and_place_is_there(upgraded):
    queries = upgraded.queries
    async with upgraded.connection() as connection:
        assert tuple(await queries.find_state(connection, bot=1)) == (100, 2, 3, 4)
        key, sealed = await queries.find_session(connection, bot=1)
        assert (key, bytes(sealed)) == ("k1", b"\x00sealed\xff")
        peers = queries.find_peers(connection, bot=1, users=f"[{ANNA},{EVE}]")
        assert sorted([tuple(row) async for row in peers]) == [(ANNA, -99), (EVE, 5)]


async def test_the_release_before_goes_on_writing_beside_this_one_and_undoes_nothing(upgraded):
    """Its statement for any change of a profile, by somebody whose ban and VIP it has not heard of."""
    bans, entitlements = SqlBans(upgraded), SqlEntitlements(upgraded)
    await bans.ban(EVE, inf, "ads", "admin")
    await entitlements.set_vip_until(EVE, 2e9)
    async with upgraded.connection() as connection:
        await connection.execute(
            f"""INSERT INTO users (id, language, gender, age, asked, vip_until, banned_until, wishes, created_at, updated_at)
            VALUES ({EVE}, 'en', 'female', 98, NULL, 0, 0, '{{}}', 1, 1)
            ON CONFLICT (id) DO UPDATE SET age = excluded.age, vip_until = excluded.vip_until,
                banned_until = excluded.banned_until, updated_at = excluded.updated_at"""
        )
    profile = await SqlProfiles(upgraded).get(EVE)
    assert (profile.age, profile.banned_until, profile.vip_until) == (98, inf, 2e9)


async def test_vip_from_before_goes_on_with_what_is_granted_now(upgraded):
    """Carla's was over when she was granted more."""
    grants = SqlGrants(upgraded, clock=lambda: 1_850_000_000.0)
    assert await grants.grant(ANNA, BotId(1), "promo:X:1", DAY) == pytest.approx(1_900_000_000.25 + DAY)
    assert await grants.grant(CARLA, BotId(1), "promo:X:3", DAY) == 1_850_000_000.0 + DAY
    assert (await SqlProfiles(upgraded).get(ANNA)).vip_until == pytest.approx(1_900_000_000.25 + DAY)
