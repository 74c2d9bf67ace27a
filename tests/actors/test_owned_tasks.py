"""What an actor does beside its mailbox ends with it."""

from __future__ import annotations

import asyncio
from asyncio import Task
from collections.abc import Iterable
from typing import Any, cast

from actors.bot.transport import TransportActor
from actors.messages import Deposit, MissingChannels
from domain.model.content import Text
from domain.model.events import ProfileChanged
from tests.actors.house import FIRST, House, a_house
from tests.twins import TelegramTwin
from tests.virtual_time import in_virtual_time


async def left_of(before: Iterable[Task[Any]]) -> set[Task[Any]]:
    """Tasks that came since and still run. What another actor does once a second is over in a moment."""
    await asyncio.sleep(1)
    came = asyncio.all_tasks() - {*before}
    await asyncio.sleep(0.1)
    return {task for task in came if not task.done()}


def of_session(task: Task[Any]) -> bool:
    return "actors/session/" in cast("Any", task.get_coro()).cr_code.co_filename


def of_transport(house: House) -> Any:
    post = house.directory.post(FIRST)
    assert post is not None
    return post.transport


@in_virtual_time
async def test_a_session_that_is_killed_reads_no_profile_on():
    async with a_house() as house:
        anna, _boris = await house.chatting()
        before = asyncio.all_tasks()
        async with house.profiles.holding():
            anna.session.tell(ProfileChanged(user=anna.user))
            await house.profiles.until(lambda: house.profiles.held)
            assert await left_of(before)
            anna.session.kill()
            assert await left_of(before) == set()


@in_virtual_time
async def test_a_session_that_is_killed_does_not_find_out_what_became_of_a_decision():
    async with a_house() as house:
        anna, _boris = await house.chatting()
        before = asyncio.all_tasks()
        house.pool.away = True
        await anna.commands("stop")
        await anna.hears("stores-down")
        house.pool.away = False
        async with house.pool.holding():
            await house.pool.until(lambda: house.pool.held)
            assert [task for task in await left_of(before) if of_session(task)]
            anna.session.kill()
            assert [task for task in await left_of(before) if of_session(task)] == []


@in_virtual_time
async def test_a_transport_that_is_killed_brings_no_file_and_looks_into_no_channel():
    async with a_house() as house:
        before = asyncio.all_tasks()
        transport = of_transport(house)
        async with house.telegrams[FIRST].holding():
            asked = [
                transport.ask(Deposit(content=Text(text="a file")), timeout=None),
                transport.ask(MissingChannels(user=house.person().user), timeout=None),
            ]
            await house.telegrams[FIRST].until(lambda: house.telegrams[FIRST].held == 2)
            transport.kill()
            assert await left_of(before) == set()
            assert all(reply.done() for reply in asked)
            for reply in asked:
                reply.exception()


@in_virtual_time
async def test_a_transport_that_is_killed_does_not_go_on_connecting():
    async with a_house() as house:
        telegram = TelegramTwin(FIRST)
        before = asyncio.all_tasks()
        async with telegram.holding():
            transport = TransportActor.start(FIRST, telegram, house.directory)
            await telegram.until(lambda: telegram.starts)
            transport.kill()
            assert await left_of(before) == set()
