"""getDifference: what happened while nobody listened, once and in order."""

from __future__ import annotations

from typing import Any

from tests.sandbox.town import F, StockBot, T, Town


async def ask(bot: StockBot, pts: int, qts: int = 0) -> Any:
    return await bot.call(F.updates.GetDifference(pts=pts, date=0, qts=qts))


async def test_a_long_absence_comes_back_in_slices_with_ones_own_messages(town: Town) -> None:
    bot, anna = await town.chatting()
    start = (await bot.call(F.updates.GetState())).pts
    for number in range(130):
        await anna.says(town.bots[0], str(number))
    await bot.send(anna.id, "my own")

    first = await ask(bot, start)
    assert isinstance(first, T.updates.DifferenceSlice)
    assert [one.message for one in first.new_messages] == [str(number) for number in range(100)]
    rest = await ask(bot, first.intermediate_state.pts)
    assert isinstance(rest, T.updates.Difference)
    assert [(one.message, one.out) for one in rest.new_messages[-2:]] == [("129", False), ("my own", True)]
    assert {user.id for user in rest.users} == {anna.id, town.bots[0]}
    assert isinstance(await ask(bot, rest.state.pts), T.updates.DifferenceEmpty)


async def test_edits_deletions_and_blocks_come_back_too(town: Town) -> None:
    bot, anna = await town.chatting()
    state = await bot.call(F.updates.GetState())
    number = await anna.says(town.bots[0], "helo")
    await anna.does("edit", bot=town.bots[0], message_id=number, text="hello")
    sent = await bot.send(anna.id, "gone in a moment")
    await bot.call(F.messages.DeleteMessages(id=[sent.id], revoke=True))
    await anna.does("block", bot=town.bots[0])

    found = await ask(bot, state.pts, state.qts)
    assert [one.message for one in found.new_messages] == ["hello"]
    kinds = [type(one).__name__ for one in found.other_updates]
    assert kinds == ["UpdateEditMessage", "UpdateDeleteMessages", "UpdateBotStopped"]
    places = [one.pts for one in found.other_updates[:2]]
    assert places == [state.pts + 2, state.pts + 4]
    assert (found.state.pts, found.state.qts) == (state.pts + 4, state.qts + 1)


async def test_a_bot_that_was_away_gets_what_it_missed_when_it_starts(town: Town) -> None:
    anna = await town.person()
    async with StockBot(town.port, town.tokens[0]) as bot:
        state = await bot.call(F.updates.GetState())
    await anna.says(town.bots[0], "are you there?")
    async with StockBot(town.port, town.tokens[0]) as again:
        assert [one.message for one in (await ask(again, state.pts)).new_messages] == ["are you there?"]


async def test_a_client_ahead_of_this_world_is_told_where_it_stands(town: Town) -> None:
    bot, _ = await town.chatting()
    state = await bot.call(F.updates.GetState())
    assert (await ask(bot, state.pts + 1000)).pts == state.pts


async def test_an_answer_to_a_press_has_no_place_in_the_log(town: Town) -> None:
    bot, anna = await town.chatting()
    await bot.send(anna.id, "hi")
    number = (await anna.sees())["message"]["id"]
    state = await bot.call(F.updates.GetState())
    await anna.does("press", bot=town.bots[0], message_id=number, data="x")
    await bot.gets(T.UpdateBotCallbackQuery)
    assert isinstance(await ask(bot, state.pts, state.qts), T.updates.DifferenceEmpty)
