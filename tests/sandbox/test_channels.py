"""Channels: membership as bots may learn it, and posts."""

from __future__ import annotations

from io import BytesIO
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


async def test_a_bot_posts_and_the_other_admin_hears_of_it(town: Town) -> None:
    one, two = await town.bot(0), await town.bot(1)
    made = await town.http.post("/api/channels", json={"title": "Media", "admins": list(town.bots)})
    channel = T.InputPeerChannel(channel_id=made.json()["id"], access_hash=0)
    sent = await one.call(F.messages.SendMessage(peer=channel, message="first post", random_id=1))
    assert [type(update).__name__ for update in sent.updates] == ["UpdateMessageID", "UpdateNewChannelMessage"]
    heard = await two.gets(T.UpdateNewChannelMessage)
    assert (heard.message.message, heard.message.post, heard.message.out, heard.pts) == ("first post", True, False, 2)

    await one.call(F.messages.EditMessage(peer=channel, id=heard.message.id, message="edited post"))
    assert (await two.gets(T.UpdateEditChannelMessage)).message.message == "edited post"
    posts = (await town.http.get(f"/api/channels/{channel.channel_id}/posts")).json()["posts"]
    assert [(post["id"], post["text"], post["edited"]) for post in posts] == [(1, "edited post", True)]

    await two.call(F.channels.DeleteMessages(channel=T.InputChannel(channel_id=channel.channel_id, access_hash=0), id=[1, 9]))
    assert (await one.gets(T.UpdateDeleteChannelMessages)).messages == [1]
    assert (await town.http.get(f"/api/channels/-100{channel.channel_id}/posts")).json() == {"posts": []}


async def test_media_crosses_from_bot_to_bot_through_a_channel(town: Town) -> None:
    one, two, anna = await town.bot(0), await town.bot(1), await town.person()
    await anna.says(town.bots[1], "/start")
    await two.reads()
    await town.http.post("/api/channels", json={"username": "media_here", "title": "Media", "admins": list(town.bots)})
    file = BytesIO(b"a photo")
    file.name = "a.jpg"
    posted = await one.client.send_photo("media_here", file, caption="from one")
    await two.client.copy_message(anna.id, "media_here", posted.id)
    shown = (await anna.sees())["message"]
    assert (shown["media"]["kind"], shown["caption"], shown["forwarded"]) == ("photo", "from one", False)

    channel = await two.client.resolve_peer("media_here")
    forward = F.messages.ForwardMessages(from_peer=channel, to_peer=two.peer(anna.id), id=[posted.id], random_id=[5])
    named = (await two.call(forward)).updates[-1].message
    assert (named.fwd_from.from_id.channel_id, named.fwd_from.channel_post) == (channel.channel_id, posted.id)
    assert (await anna.sees())["message"]["forwarded"] is True
    ids = [T.InputMessageID(id=posted.id)]
    seen = (
        await two.call(F.channels.GetMessages(channel=T.InputChannel(channel_id=channel.channel_id, access_hash=0), id=ids))
    ).messages
    assert seen[0].media.photo.id == named.media.photo.id


async def test_only_admins_post(town: Town) -> None:
    other = await town.bot(1)
    channel = await resolve(other, "sandbox_news")
    peer = T.InputPeerChannel(channel_id=channel.id, access_hash=channel.access_hash)
    with pytest.raises(RPCError, match="CHAT_ADMIN_REQUIRED"):
        await other.call(F.messages.SendMessage(peer=peer, message="me too", random_id=1))


async def test_posts_that_were_missed_are_in_the_channel_s_difference(town: Town) -> None:
    bot = await town.bot()
    channel = await resolve(bot, "sandbox_news")
    peer = T.InputPeerChannel(channel_id=channel.id, access_hash=channel.access_hash)
    for number in range(3):
        await bot.call(F.messages.SendMessage(peer=peer, message=str(number), random_id=number))
    await bot.call(F.messages.EditMessage(peer=peer, id=3, message="last"))
    where, everything = T.InputChannel(channel_id=channel.id, access_hash=0), T.ChannelMessagesFilterEmpty()
    missed = await bot.call(F.updates.GetChannelDifference(channel=where, filter=everything, pts=2, limit=100))
    assert [post.message for post in missed.new_messages] == ["1", "last"]
    assert (missed.final, len(missed.other_updates)) == (True, 1)
    nothing = await bot.call(F.updates.GetChannelDifference(channel=where, filter=everything, pts=missed.pts, limit=100))
    assert isinstance(nothing, T.updates.ChannelDifferenceEmpty)


async def test_a_button_of_a_post_is_pressed_and_its_author_answers(town: Town) -> None:
    one, two, anna = await town.bot(0), await town.bot(1), await town.person()
    made = await town.http.post("/api/channels", json={"title": "Operators", "admins": list(town.bots)})
    channel = T.InputPeerChannel(channel_id=made.json()["id"], access_hash=0)
    action = T.InlineButtonTypeCallback(data=b"refund")
    row = T.KeyboardInlineButtonRow(buttons=[T.KeyboardInlineButton(text="Refund", type=action)])
    markup = T.ReplyInlineMarkup(rows=[row])
    await one.call(F.messages.SendMessage(peer=channel, message="a question", random_id=1, reply_markup=markup))
    missing = await anna.post("press", channel=channel.channel_id, message_id=1, button="Something else")
    assert (missing.status_code, missing.json()["field"]) == (404, "button")

    await anna.does("press", channel=channel.channel_id, message_id=1, button="Refund")
    query = await one.gets(T.UpdateBotCallbackQuery)
    assert (query.data, query.user_id, query.msg_id) == (b"refund", anna.id, 1)
    assert query.peer == T.PeerChannel(channel_id=channel.channel_id)
    answer = F.messages.SetBotCallbackAnswer(query_id=query.query_id, cache_time=0, message="no")
    with pytest.raises(RPCError, match="QUERY_ID_INVALID"):
        await two.call(answer)
    await one.call(answer)
    assert (await anna.sees("answer"))["text"] == "no"
