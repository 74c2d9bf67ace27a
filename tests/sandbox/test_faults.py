"""Each way of misbehaving, once."""

from __future__ import annotations

import asyncio
import time

import pytest
from pyrogram.errors import AuthKeyDuplicated, FloodWait, InternalServerError, RPCError
from pyrogram.session.session import AuthKeyNotFound

from tests.sandbox.town import F, StockBot, T, Town


async def test_flood_wait_strikes_its_method_as_often_as_told(town: Town) -> None:
    bot, anna = await town.chatting()
    await town.fault("flood_wait", method="messages.SendMessage", seconds=7, times=2)
    assert (await bot.call(F.updates.GetState())).pts
    for _ in range(2):
        with pytest.raises(FloodWait) as caught:
            await bot.send(anna.id, "hello")
        assert caught.value.value == 7
    assert (await bot.send(anna.id, "hello")).id
    assert (await town.stats())["floods"] == 2


async def test_an_error_has_the_code_and_the_text_that_were_asked_for(town: Town) -> None:
    bot, anna = await town.chatting()
    await town.fault("error", bot="sandbox_one_bot", method="sendMessage", code=400, text="CHAT_WRITE_FORBIDDEN")
    with pytest.raises(RPCError, match="CHAT_WRITE_FORBIDDEN"):
        await bot.send(anna.id, "hello")
    await town.fault("error")
    with pytest.raises(InternalServerError):
        await bot.send(anna.id, "hello")


async def test_a_fault_for_one_bot_leaves_the_other_alone(town: Town) -> None:
    one, two, anna = await town.bot(0), await town.bot(1), await town.person()
    for bot, number in zip((one, two), town.bots, strict=True):
        await anna.says(number, "/start")
        await bot.reads()
    await town.fault("error", bot=town.bots[1])
    assert (await one.send(anna.id, "hello")).id
    with pytest.raises(InternalServerError):
        await two.send(anna.id, "hello")


async def test_delay_answers_late(town: Town) -> None:
    bot, anna = await town.chatting()
    await town.fault("delay", method="SendMessage", seconds=0.3)
    started = time.monotonic()
    await bot.send(anna.id, "hello")
    assert time.monotonic() - started >= 0.3


async def test_delay_of_updates_lets_later_ones_pass(town: Town) -> None:
    bot, anna = await town.chatting()
    await town.fault("delay", method="updates", seconds=0.2)
    await anna.says(town.bots[0], "first")
    await anna.says(town.bots[0], "second")
    assert [(await bot.reads()).message for _ in range(2)] == ["second", "first"]


async def test_lose_answer_does_the_work_and_says_nothing(town: Town) -> None:
    bot, anna = await town.chatting()
    await town.fault("lose_answer", method="messages.SendMessage")
    with pytest.raises(TimeoutError):
        await bot.call(F.messages.SendMessage(peer=bot.peer(anna.id), message="into the void", random_id=12), patience=0.3)
    assert (await anna.sees())["message"]["text"] == "into the void"
    with pytest.raises(RPCError, match="RANDOM_ID_DUPLICATE"):
        await bot.send(anna.id, "into the void", random_id=12)


async def test_duplicate_pushes_an_update_twice(town: Town) -> None:
    bot, anna = await town.chatting()
    await town.fault("duplicate")
    await anna.says(town.bots[0], "twice")
    await anna.says(town.bots[0], "once")
    got = [await bot.gets(T.UpdateNewMessage) for _ in range(3)]
    assert [one.message.message for one in got] == ["twice", "twice", "once"]
    assert got[0].pts == got[1].pts


async def test_reorder_swaps_an_update_with_the_next(town: Town) -> None:
    bot, anna = await town.chatting()
    await town.fault("reorder")
    for text in ("one", "two", "three"):
        await anna.says(town.bots[0], text)
    assert [(await bot.reads()).message for _ in range(3)] == ["two", "one", "three"]


async def test_an_update_held_back_with_none_behind_it_comes_all_the_same(town: Town) -> None:
    bot, anna = await town.chatting()
    await town.fault("reorder", seconds=0.1)
    await anna.says(town.bots[0], "alone")
    assert (await bot.reads()).message == "alone"


async def test_drop_of_an_update_loses_it_for_all_but_the_difference(town: Town) -> None:
    bot, anna = await town.chatting()
    state = await bot.call(F.updates.GetState())
    await town.fault("drop", method="updates")
    await anna.says(town.bots[0], "lost on the way")
    await bot.comes_back()
    assert bot.is_idle()
    lost = await bot.call(F.updates.GetDifference(pts=state.pts, date=0, qts=0))
    assert [one.message for one in lost.new_messages] == ["lost on the way"]


async def test_drop_cuts_the_connection_at_once_and_the_bot_comes_back(town: Town) -> None:
    bot, anna = await town.chatting()
    assert (await town.stats())["connections"] == 1
    await town.fault("drop", bot=town.bots[0])
    await bot.comes_back()
    await anna.says(town.bots[0], "welcome back")
    assert (await bot.reads()).message == "welcome back"


async def test_drop_with_seconds_keeps_the_bot_away_that_long(town: Town) -> None:
    bot, _ = await town.chatting()
    started = time.monotonic()
    await town.fault("drop", bot=town.bots[0], seconds=0.5)
    await bot.comes_back()
    assert time.monotonic() - started >= 0.5


async def test_drop_of_a_call_does_the_work_and_cuts_the_connection(town: Town) -> None:
    bot, anna = await town.chatting()
    await town.fault("drop", method="messages.SendMessage")
    query = F.messages.SendMessage(peer=bot.peer(anna.id), message="said", random_id=5)
    with pytest.raises(TimeoutError):
        await bot.call(query, patience=0.3)
    assert (await anna.sees())["message"]["text"] == "said"


async def test_forget_key_tells_the_client_404(town: Town) -> None:
    bot = StockBot(town.port, town.tokens[0])
    await bot.client.start()
    receiving = bot.client.session.recv_task
    await town.fault("forget_key", bot=town.bots[0])
    with pytest.raises(AuthKeyNotFound):
        await asyncio.wait_for(asyncio.shield(receiving), 5)
    bot.client.session.recv_task = None
    await bot.client.stop(block=True)


async def test_key_duplicated_is_said_once_and_destroys_the_key(town: Town) -> None:
    bot = StockBot(town.port, town.tokens[0])
    await bot.client.start()
    receiving = bot.client.session.recv_task
    await town.fault("key_duplicated", bot=town.bots[0])
    with pytest.raises(AuthKeyDuplicated):
        await bot.call(F.updates.GetState())
    with pytest.raises(AuthKeyNotFound):
        await asyncio.wait_for(asyncio.shield(receiving), 5)
    bot.client.session.recv_task = None
    await bot.client.stop(block=True)


async def test_faults_can_be_taken_back(town: Town) -> None:
    bot, anna = await town.chatting()
    await town.fault("error", times=1000)
    await town.fault("duplicate", times=1000)
    assert (await town.stats())["faults"] == 2
    await town.http.delete("/api/faults")
    assert (await bot.send(anna.id, "hello")).id


async def test_phantom_places_are_told_by_no_update_and_no_difference(town: Town) -> None:
    bot, anna = await town.chatting()
    state = await bot.call(F.updates.GetState())
    await town.fault("phantom_places", times=2)
    for text in ("one", "two", "three"):
        await anna.says(town.bots[0], text)
    assert [(await bot.gets(T.UpdateNewMessage)).pts - state.pts for _ in range(3)] == [1, 3, 5]
    missed = await bot.call(F.updates.GetDifference(pts=state.pts, date=0, qts=0))
    assert [one.message for one in missed.new_messages] == ["one", "two", "three"]
    assert (missed.other_updates, missed.state.pts) == ([], state.pts + 5)
