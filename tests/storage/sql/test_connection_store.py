"""Telegram sessions of bots in the database: sealed, and changed by the owner of the lease only."""

from __future__ import annotations

import asyncio

import pytest

from domain.errors import Fenced, SettingsError
from domain.model.bot import Lease
from domain.model.ids import BotId, UserId
from storage.secrets import Secrets
from storage.sql.connection_store import SqlConnectionStore, require_keys
from storage.sql.database import open_database

BOT = BotId(5_000_000_001)
SESSION = {
    "dc_id": 2,
    "api_id": 12345,
    "server_address": "127.0.0.1",
    "port": 4430,
    "test_mode": True,
    "auth_key": bytes(range(256)),
    "date": 0,
    "user_id": BOT,
    "is_bot": None,
}
SECRETS = Secrets([b"k" * 32], source="the tests")


def store_of(database, token, *, bot=BOT, secrets=SECRETS):
    return SqlConnectionStore(database, secrets, Lease(bot=bot, owner=f"worker-{token}", token=token))


async def rows(database, query):
    async with database.connection() as connection:
        cursor = await connection.execute(query)
        found = [tuple(row) for row in await cursor.fetchall()]
        await cursor.close()
    return found


async def test_a_bot_that_never_logged_in_has_nothing(database):
    store = store_of(database, 1)
    assert await store.load() == {}
    assert await store.load_state() is None
    assert await store.peers([UserId(1)]) == {}


async def test_a_session_comes_back_as_it_was_saved(database):
    await store_of(database, 1).save(SESSION)
    assert await store_of(database, 2).load() == SESSION


async def test_a_session_sealed_with_a_key_that_is_not_ours_is_told_before_any_bot_is_served(database):
    await store_of(database, 1).save(SESSION)
    await require_keys(database, SECRETS)
    await require_keys(database, Secrets([b"n" * 32, b"k" * 32], source="the tests"))
    with pytest.raises(SettingsError, match=r"encrypted with another key .* set ENCRYPTION_KEY"):
        await require_keys(database, Secrets([b"n" * 32], source="the tests"))
    await require_keys(database, Secrets([b"n" * 32], source="the tests"), [BotId(1)])


async def test_saving_again_replaces(database):
    store = store_of(database, 1)
    await store.save(SESSION)
    await store.save({"auth_key": b"another"})
    assert await store.load() == {"auth_key": b"another"}


async def test_the_auth_key_is_not_in_the_database_in_the_clear(database):
    await store_of(database, 1).save(SESSION)
    [(sealed,)] = await rows(database, "SELECT sealed FROM bot_sessions")
    assert SESSION["auth_key"][:16] not in bytes(sealed)


async def test_a_session_copied_to_another_bot_does_not_open(database):
    await store_of(database, 1).save(SESSION)
    async with database.connection() as connection:
        await connection.execute("UPDATE bot_sessions SET bot_id = 6")
    with pytest.raises(SettingsError, match="the session of bot 6"):
        await store_of(database, 1, bot=BotId(6)).load()


async def test_the_wrong_key_is_named_with_its_mend(database):
    await store_of(database, 1).save(SESSION)
    other = Secrets([b"x" * 32], source="var/encryption.key")
    with pytest.raises(SettingsError, match=r"stores\.encryption_key.*var/encryption\.key.*ENCRYPTION_KEY"):
        await store_of(database, 2, secrets=other).load()


async def test_the_state_comes_back_as_it_was_saved(database):
    store = store_of(database, 1)
    await store.save_state(2**31 - 1, 2, 1_763_800_000, 4)
    assert await store.load_state() == (2**31 - 1, 2, 1_763_800_000, 4)


async def test_peers_come_back_for_those_asked(database):
    store = store_of(database, 1)
    await store.save_peers({UserId(1): 11, UserId(7_000_000_001): -(2**63), UserId(3): 2**63 - 1})
    assert await store.peers([UserId(7_000_000_001), UserId(3), UserId(404)]) == {7_000_000_001: -(2**63), 3: 2**63 - 1}


async def test_peers_of_one_bot_are_not_those_of_another(database):
    await store_of(database, 1).save_peers({UserId(1): 11})
    assert await store_of(database, 1, bot=BotId(6)).peers([UserId(1)]) == {}


async def test_a_changed_access_hash_is_saved(database):
    store = store_of(database, 1)
    await store.save_peers({UserId(1): 11, UserId(2): 22})
    await store.save_peers({UserId(1): 12, UserId(2): 22})
    assert await store.peers([UserId(1), UserId(2)]) == {1: 12, 2: 22}


WRITES = {
    "save": lambda store: store.save({"auth_key": b"late"}),
    "save_state": lambda store: store.save_state(9, 9, 9, 9),
    "save_peers": lambda store: store.save_peers({UserId(9): 9}),
    "load": lambda store: store.load(),
    "load_state": lambda store: store.load_state(),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
@pytest.mark.parametrize("claim", WRITES.values(), ids=[f"after-{name}" for name in WRITES])
async def test_a_former_owner_is_fenced_and_changes_nothing(database, claim, write):
    late, newer = store_of(database, 4), store_of(database, 5)
    await late.save(SESSION)
    await late.save_state(1, 2, 3, 4)
    await claim(newer)
    before = [await rows(database, f"SELECT * FROM {table}") for table in ("bot_sessions", "bot_state", "bot_peers")]
    with pytest.raises(Fenced, match="worker-4"):
        await write(late)
    assert [await rows(database, f"SELECT * FROM {table}") for table in ("bot_sessions", "bot_state", "bot_peers")] == before


async def test_owners_who_write_at_once_leave_the_latest(database_uri, database):
    """Each through a connection of its own, as from processes of their own."""
    other = await open_database(database_uri, pool_size=4)
    stores = [store_of((database, other)[token % 2], token) for token in range(1, 21)]

    async def write(store, token):
        for step in range(5):
            await store.save_state(token, step, 0, 0)
            await store.save({"auth_key": b"%d" % token})

    outcomes = await asyncio.gather(*[write(store, token) for token, store in enumerate(stores, 1)], return_exceptions=True)
    await other.close()
    assert {type(outcome) for outcome in outcomes} <= {type(None), Fenced}
    assert outcomes[-1] is None
    assert await rows(database, "SELECT token, pts, qts FROM bot_state") == [(20, 20, 4)]
    assert await stores[-1].load() == {"auth_key": b"20"}


async def test_a_fenced_writer_waits_for_the_newer_one_that_is_about_to_commit(database_uri, database):
    other = await open_database(database_uri, pool_size=1)
    async with database.transaction() as connection:
        await database.queries.raise_fence(connection, bot=BOT, token=5)
        late = asyncio.ensure_future(store_of(other, 4).save_state(1, 1, 1, 1))
        done, _ = await asyncio.wait({late}, timeout=0.05)
        assert not done
    with pytest.raises(Fenced):
        await late
    await other.close()
