"""Chats in which nobody says anything come to an end, for both sides."""

from __future__ import annotations

import pytest

from domain.matching.requests import Free, Paired
from domain.model.chat import ChatEnd
from domain.model.events import ChatEnded
from domain.model.ids import ChatId, UserId
from tests.storage.pool.town import BLUE, MINUTE, RED, Town, seeker

SILENCE = 60 * MINUTE


async def silence_passes(town: Town, seconds: float) -> int:
    """While somebody watches; how many chats ended by it."""
    ended, end = 0, town.now + seconds
    while town.now < end:
        town.now = min(end, town.now + MINUTE / 2)
        ended += await town.pool.end_idle(SILENCE)
    return ended


async def chatting(town: Town) -> ChatId:
    await town.finds(seeker(1, RED))
    paired = await town.finds(seeker(2, BLUE))
    assert isinstance(paired, Paired)
    return paired.chat.id


async def test_a_silent_chat_ends_and_both_sides_are_told(town: Town):
    chat = await chatting(town)
    assert await silence_passes(town, SILENCE + MINUTE) == 1
    assert isinstance(await town.status_of(1), Free)
    assert isinstance(await town.status_of(2), Free)
    for bot, user in ((RED, 1), (BLUE, 2)):
        assert ChatEnded(user=UserId(user), chat=chat, why=ChatEnd.IDLE) in await town.told(bot)


async def test_a_chat_in_which_something_was_said_goes_on(town: Town):
    chat = await chatting(town)
    assert await silence_passes(town, SILENCE - MINUTE) == 0
    await town.pool.touch([chat])
    assert await silence_passes(town, SILENCE - MINUTE) == 0
    assert isinstance(await town.status_of(1), Paired)


@pytest.mark.parametrize("jump", [2 * SILENCE, -2 * SILENCE])
async def test_a_clock_that_is_set_ends_no_chat(town: Town, jump: float):
    chat = await chatting(town)
    await silence_passes(town, SILENCE - MINUTE)
    await town.pool.touch([chat])
    town.now += jump
    assert await silence_passes(town, SILENCE - MINUTE) == 0
    assert isinstance(await town.status_of(1), Paired)


async def test_time_in_which_nobody_was_served_is_no_silence(town: Town):
    await chatting(town)
    await silence_passes(town, MINUTE)
    town.now += SILENCE + 1
    assert await silence_passes(town, SILENCE - MINUTE) == 0
    assert await silence_passes(town, 2 * MINUTE) == 1


async def test_a_chat_that_ended_otherwise_is_not_ended_again(town: Town):
    chat = await chatting(town)
    await town.leaves(1, chat)
    assert await silence_passes(town, SILENCE + MINUTE) == 0
    await town.pool.touch([chat])
    assert await town.client.zcard(town.keys.active) == 0
