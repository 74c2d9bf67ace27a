"""A stock Kurigram bot against the data centre: the handshake, the log-in, the first words."""

from __future__ import annotations

import asyncio

import pytest
from pyrogram.errors import AccessTokenExpired, AccessTokenInvalid, AuthKeyUnregistered, RPCError

from tests.sandbox.town import F, StockBot, T, Town


async def test_a_stock_bot_logs_in_gets_a_text_and_answers(town: Town) -> None:
    bot, anna = await town.bot(), await town.person("Anna")

    await anna.says(town.bots[0], "hello")
    assert (await bot.reads()).message == "hello"
    await bot.client.send_message(anna.id, "hello **yourself**")

    answer = (await anna.sees())["message"]
    assert answer["text"] == "hello yourself"
    assert answer["entities"] == [{"type": "bold", "offset": 6, "length": 8}]


async def test_people_have_ids_above_32_bits_names_and_languages(town: Town) -> None:
    bot, anna = await town.bot(), await town.person("Анна", language="de")

    await anna.says(town.bots[0], "hallo")
    await bot.reads()

    assert anna.id > 1 << 32
    assert (bot.users[anna.id].first_name, bot.users[anna.id].lang_code) == ("Анна", "de")


async def test_a_wrong_token_is_refused(town: Town) -> None:
    with pytest.raises(AccessTokenInvalid):
        async with StockBot(town.port, f"{town.bots[0]}:not-the-token"):
            pass


async def test_a_revoked_token_ends_the_session_and_opens_no_other(town: Town) -> None:
    bot = await town.bot()
    answer = await town.http.post(f"/api/bots/{town.bots[0]}/revoke")

    with pytest.raises(AuthKeyUnregistered):
        await bot.call(F.updates.GetState())
    with pytest.raises(AccessTokenExpired):
        async with StockBot(town.port, town.tokens[0]):
            pass
    async with StockBot(town.port, answer.json()["token"]) as again:
        assert again.client.me.id == town.bots[0]


async def test_an_unknown_method_is_refused_and_counted(town: Town) -> None:
    bot = await town.bot()
    with pytest.raises(RPCError, match="METHOD_NOT_IMPLEMENTED"):
        await bot.call(F.messages.GetPinnedDialogs(folder_id=0))
    assert (await town.stats())["unknown"] == {"messages.GetPinnedDialogs": 1}


async def test_two_bots_have_boxes_of_their_own(town: Town) -> None:
    one, two, anna = await town.bot(0), await town.bot(1), await town.person()
    await anna.says(town.bots[0], "to the first")
    await anna.says(town.bots[1], "to the second")

    first, second = await one.reads(), await two.reads()
    assert (first.message, second.message) == ("to the first", "to the second")
    assert first.id == second.id == 1
    assert one.users[anna.id].access_hash != two.users[anna.id].access_hash


async def test_many_messages_arrive_in_order(town: Town) -> None:
    bot, anna = await town.chatting()
    for number in range(120):
        await anna.says(town.bots[0], str(number))
    assert [(await bot.reads()).message for _ in range(120)] == [str(number) for number in range(120)]


async def test_every_session_of_a_bot_hears_what_another_one_sent(town: Town) -> None:
    first, anna = await town.chatting()
    async with StockBot(town.port, town.tokens[0]) as second:
        sent = await first.send(anna.id, "from the first")
        echoed = await second.gets(T.UpdateNewMessage)
        assert (echoed.message.id, echoed.message.out, echoed.pts) == (sent.id, True, sent.pts)

        await first.call(F.messages.DeleteMessages(id=[sent.id], revoke=True))
        assert (await second.gets(T.UpdateDeleteMessages)).messages == [sent.id]


async def test_pings_and_bookkeeping_messages_are_answered(town: Town) -> None:
    bot = await town.bot()
    assert (await bot.call(F.Ping(ping_id=77))).ping_id == 77
    assert isinstance(await bot.call(F.DestroySession(session_id=1)), T.DestroySessionNone)
    assert isinstance(await bot.call(F.RpcDropAnswer(req_msg_id=4)), T.RpcAnswerUnknown)
    assert (await bot.call(F.GetFutureSalts(num=1))).salts[0].salt == bot.client.session.salt


async def test_a_stranger_to_the_protocol_is_cut_off(town: Town) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", town.port)
    writer.write(b"GET / HTTP/1.1\r\n\r\n")
    assert await reader.read() == b""
    writer.close()


async def test_an_unknown_key_gets_the_transport_error_404(town: Town) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", town.port)
    writer.write(b"\xef" + bytes((12,)) + b"\x01" * 48)
    assert await reader.read() == b"\x01" + (-404).to_bytes(4, "little", signed=True)
    writer.close()
