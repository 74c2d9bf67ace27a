"""The encryption key is changed: what is encrypted is encrypted anew, whoever writes meanwhile, and what is derived stays."""

from __future__ import annotations

import pytest

from domain.errors import SettingsError
from domain.model.bot import Lease
from domain.model.ids import BotId
from storage.secrets import Secrets, key_id
from storage.sql import sealing
from storage.sql.connection_store import SqlConnectionStore
from storage.sql.sealing import CONTEXTS, count_by_key, reseal, sealed_tables, take_root

OLD, NEW = b"o" * 32, b"n" * 32
BEFORE = Secrets([OLD], source="the tests")
BOTS = 250
"""More than two pages."""


def both() -> Secrets:
    return Secrets([NEW, OLD], source="the tests")


def store_of(database, secrets, bot, token=1):
    return SqlConnectionStore(database, secrets, Lease(bot=BotId(bot), owner="worker", token=token))


async def filled(database, bots=BOTS):
    await take_root(database, Secrets([OLD], source="the tests"))
    for bot in range(1, bots + 1):
        await store_of(database, BEFORE, bot).save({"auth_key": b"key of %d" % bot})


class KilledError(Exception):
    """As kill -9 after a page."""


async def test_all_rows_name_the_new_key_and_open(database):
    await filled(database)
    assert await count_by_key(database) == {key_id(OLD): BOTS + 1}
    secrets = both()
    assert await reseal(database, secrets, lambda *_: None) == BOTS + 1
    assert await count_by_key(database) == {key_id(NEW): BOTS + 1}
    alone = Secrets([NEW], source="the tests")
    assert await store_of(database, alone, 7, 2).load() == {"auth_key": b"key of 7"}
    assert await reseal(database, secrets, lambda *_: None) == 0


async def test_one_that_is_killed_goes_on_where_it_stopped(database):
    await filled(database)
    told = []

    def die(_table, rows):
        told.append(rows)
        if len(told) == 2:
            raise KilledError

    with pytest.raises(KilledError):
        await reseal(database, both(), die)
    assert await count_by_key(database) == {key_id(NEW): 200, key_id(OLD): 51}
    assert await reseal(database, both(), lambda *_: None) == 51
    assert told == [100, 200]


async def test_what_a_worker_saves_meanwhile_is_not_overwritten(database, monkeypatch):
    """The worker saves between the reading of a page and its writing, still with the old key."""
    await filled(database, 3)
    read = sealing._outdated
    late = [2]

    async def read_and_be_late(*arguments):
        page = await read(*arguments)
        for bot in late:
            await store_of(database, BEFORE, bot).save({"auth_key": b"later"})
        late.clear()
        return page

    monkeypatch.setattr(sealing, "_outdated", read_and_be_late)
    await reseal(database, both(), lambda *_: None)
    assert await count_by_key(database) == {key_id(NEW): 4}
    assert await store_of(database, both(), 2, 2).load() == {"auth_key": b"later"}


async def test_what_is_derived_stays_when_the_old_key_is_dropped(database):
    first = Secrets([OLD], source="the tests")
    before = first.derived("random ids of sends")
    await take_root(database, first)
    rotating = both()
    await take_root(database, rotating)
    await reseal(database, rotating, lambda *_: None)
    last = Secrets([NEW], source="the tests")
    await take_root(database, last)
    assert before == first.derived("random ids of sends") == rotating.derived("random ids of sends")
    assert last.derived("random ids of sends") == before


async def test_a_root_that_no_key_opens_is_told(database):
    await take_root(database, Secrets([OLD], source="the tests"))
    with pytest.raises(SettingsError, match="encrypted with another key"):
        await take_root(database, Secrets([NEW], source="the tests"))


async def test_every_table_whose_rows_name_a_key_is_known(database):
    assert set(await sealed_tables(database)) == set(CONTEXTS)
    async with database.connection() as connection:
        await connection.execute("CREATE TABLE stranger (id TEXT, key_id TEXT)")
    with pytest.raises(SettingsError, match="stranger"):
        await reseal(database, both(), lambda *_: None)
