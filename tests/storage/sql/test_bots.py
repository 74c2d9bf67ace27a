"""Bots that were added at run time: sealed tokens, states, versions, the audit. On both databases."""

from __future__ import annotations

import pytest

from domain.errors import SettingsError
from domain.model.bot import BotState
from domain.model.chat import Chat, ChatEnd
from domain.model.ids import Address, BotId, ChatId, UserId
from domain.ports.review import Operator
from storage.secrets import Secrets
from storage.sql.bots import SqlBots
from storage.sql.chats import SqlChats
from storage.sql.review.audit import SqlAudit
from storage.sql.sealing import reseal
from storage.sql.searches import SqlSearches

OLD, NEW = b"o" * 32, b"n" * 32
TOKEN, LATER = "5000000001:" + "a" * 31 + "wxyz", "5000000001:" + "b" * 31 + "WXYZ"
BOT = BotId(5000000001)
OPERATOR = Operator(name="olga", source="cli")


def secrets_of(*keys):
    return Secrets(list(keys), source="the tests")


@pytest.fixture
def bots(database):
    return SqlBots(database, secrets_of(OLD))


def at_another(user):
    return Address(BotId(7), UserId(user))


async def raw(database, sql):
    async with database.connection() as connection:
        cursor = await connection.execute(sql)
        return [tuple(row) for row in await cursor.fetchall()]


async def test_a_token_is_sealed_and_read_back(bots, database):
    assert await bots.add(TOKEN, "one_bot", OPERATOR) == 1
    row = (await bots.rows())[BOT]
    assert (row.token, row.state, row.username, row.added_by) == (TOKEN, BotState.ACTIVE, "one_bot", "olga")
    assert TOKEN not in repr(row)
    ((sealed,),) = await raw(database, "SELECT sealed FROM bots")
    assert b"aaaa" not in bytes(sealed)


async def test_one_that_is_there_is_not_added_again(bots):
    await bots.add(TOKEN, "one_bot", OPERATOR)
    assert await bots.add(LATER, "one_bot", OPERATOR) is None
    assert (await bots.rows())[BOT].token == TOKEN


async def test_the_audit_has_each_act_and_no_token(bots, database):
    await bots.add(TOKEN, "one_bot", OPERATOR)
    await bots.rotate((await bots.rows())[BOT], LATER, "one_bot", OPERATOR)
    await bots.move(BOT, BotState.ACTIVE, BotState.DRAINING, "drain bot", OPERATOR)
    acts = await SqlAudit(database).newest(10, target=f"bot:{BOT}")
    assert [act.act for act in acts] == ["drain bot", "rotate bot", "add bot"]
    assert (acts[1].before, acts[1].after) == ({"token": "5000000001:••••wxyz"}, {"token": "5000000001:••••WXYZ"})
    assert "aaaa" not in repr(acts)


async def test_each_change_has_a_higher_version(bots):
    versions = [
        await bots.add(TOKEN, "one_bot", OPERATOR),
        await bots.rotate((await bots.rows())[BOT], LATER, "one_bot", OPERATOR),
        await bots.move(BOT, BotState.ACTIVE, BotState.REMOVING, "remove bot", OPERATOR),
        await bots.forget(BOT),
    ]
    assert versions == [1, 2, 3, 4]
    assert await bots.version() == 4


async def test_a_removed_one_stays_without_its_token_and_may_come_back(bots, database):
    await bots.add(TOKEN, "one_bot", OPERATOR)
    await bots.move(BOT, BotState.ACTIVE, BotState.REMOVING, "remove bot", OPERATOR)
    assert await bots.rotate((await bots.rows())[BOT], LATER, "one_bot", OPERATOR) is None
    await bots.forget(BOT)
    row = (await bots.rows())[BOT]
    assert (row.token, row.state) == ("", BotState.REMOVED)
    assert await raw(database, "SELECT key_id, sealed FROM bots") == [(None, None)]
    assert await bots.add(LATER, "one_bot", OPERATOR) == 4
    assert (await bots.rows())[BOT].token == LATER


async def test_a_bot_of_the_settings_is_drained_and_resumed(bots):
    assert await bots.move(BOT, BotState.ACTIVE, BotState.DRAINING, "drain bot", OPERATOR) == 1
    assert await bots.move(BOT, BotState.ACTIVE, BotState.DRAINING, "drain bot", OPERATOR) is None
    row = (await bots.rows())[BOT]
    assert (row.token, row.state) == ("", BotState.DRAINING)
    assert await bots.move(BOT, BotState.DRAINING, BotState.ACTIVE, "resume bot", OPERATOR) == 2


async def test_tokens_are_encrypted_anew_with_another_key(bots, database):
    await bots.add(TOKEN, "one_bot", OPERATOR)
    assert await reseal(database, secrets_of(NEW, OLD), lambda *_: None) == 1
    assert (await SqlBots(database, secrets_of(NEW)).rows())[BOT].token == TOKEN
    with pytest.raises(SettingsError, match="the token of bot 5000000001"):
        await bots.rows()


async def test_who_searches_or_chats_at_a_bot_is_known(bots, database):
    searches, chats = SqlSearches(database), SqlChats(database)
    await searches.begun(Address(BOT, UserId(1)))
    await searches.begun(Address(BotId(7), UserId(2)))
    await chats.opened(Chat(id=ChatId("live"), first=Address(BOT, UserId(3)), second=at_another(4), started=1000.0))
    await chats.opened(Chat(id=ChatId("over"), first=at_another(5), second=Address(BOT, UserId(6)), started=1000.0))
    await chats.ended(ChatId("over"), ChatEnd.STOPPED)
    assert sorted(await bots.people(BOT)) == [1, 3]
    assert await bots.counts() == {BOT: (1, 1), 7: (1, 1)}


async def test_a_new_bot_begins_where_its_updates_stood_and_one_that_comes_back_goes_on_where_it_stopped(bots, database):
    await bots.add(TOKEN, "one_bot", OPERATOR, place=(5, 0, 1000, 1))
    assert await raw(database, "SELECT pts, qts, date, seq FROM bot_state") == [(5, 0, 1000, 1)]
    await bots.move(BOT, BotState.ACTIVE, BotState.REMOVING, "remove bot", OPERATOR)
    await bots.forget(BOT)
    await bots.add(TOKEN, "one_bot", OPERATOR, place=(9, 0, 2000, 1))
    assert await raw(database, "SELECT pts, qts, date, seq FROM bot_state") == [(5, 0, 1000, 1)]
