"""Channels: membership as bots may learn it."""

from __future__ import annotations

from typing import Any

import pytest
from pyrogram.errors import RPCError

from tests.sandbox.town import F, Person, StockBot, T, Town


async def participant(bot: StockBot, channel: Any, person: Person) -> Any:
    peer = T.InputChannel(channel_id=channel.id, access_hash=channel.access_hash)
    answer = await bot.call(F.channels.GetParticipant(channel=peer, participant=bot.peer(person.id)))
    return answer.participant


async def resolve(bot: StockBot, username: str) -> Any:
    return (await bot.call(F.contacts.ResolveUsername(username=username))).chats[0]


async def test_an_admin_bot_is_told_who_is_a_member(town: Town) -> None:
    bot, anna = await town.chatting()
    channel = await resolve(bot, "sandbox_news")
    with pytest.raises(RPCError, match="USER_NOT_PARTICIPANT"):
        await participant(bot, channel, anna)
    await anna.does("join", channel="sandbox_news")
    assert (await participant(bot, channel, anna)).user_id == anna.id
    await anna.does("leave", channel=f"-100{channel.id}")
    with pytest.raises(RPCError, match="USER_NOT_PARTICIPANT"):
        await participant(bot, channel, anna)


async def test_the_stock_client_s_own_way_works(town: Town) -> None:
    bot, anna = await town.chatting()
    await anna.does("join", channel="@sandbox_news")
    assert (await bot.client.get_chat_member("sandbox_news", anna.id)).user.id == anna.id


async def test_a_bot_that_is_not_admin_is_told_nothing(town: Town) -> None:
    bot, anna = await town.bot(1), await town.person()
    await anna.says(town.bots[1], "/start")
    await bot.reads()
    await anna.does("join", channel="sandbox_news")
    with pytest.raises(RPCError, match="CHAT_ADMIN_REQUIRED"):
        await participant(bot, await resolve(bot, "sandbox_news"), anna)


async def test_a_private_channel_is_closed_to_all_but_its_admins(town: Town) -> None:
    made = await town.http.post("/api/channels", json={"title": "Secret", "admins": [town.bots[0]]})
    channel = T.InputChannel(channel_id=made.json()["id"], access_hash=0)
    admin, other = await town.bot(0), await town.bot(1)
    (seen,) = (await admin.call(F.channels.GetChannels(id=[channel]))).chats
    (post,) = (await admin.call(F.channels.GetMessages(channel=channel, id=[T.InputMessageID(id=3)]))).messages
    assert isinstance(post, T.MessageEmpty)
    assert (seen.title, seen.username, seen.admin_rights is not None) == ("Secret", None, True)
    with pytest.raises(RPCError, match="CHANNEL_PRIVATE"):
        await other.call(F.channels.GetChannels(id=[channel]))


async def test_names_resolve_to_bots_people_and_channels_or_to_nobody(town: Town) -> None:
    bot, anna = await town.bot(), await town.person(username="anna_k")
    found = await bot.call(F.contacts.ResolveUsername(username="Anna_K"))
    assert found.users[0].id == anna.id
    found = await bot.call(F.contacts.ResolveUsername(username="sandbox_two_bot"))
    assert found.users[0].bot
    for name, error in (("nobody_here", "USERNAME_NOT_OCCUPIED"), ("?", "USERNAME_INVALID")):
        with pytest.raises(RPCError, match=error):
            await bot.call(F.contacts.ResolveUsername(username=name))
