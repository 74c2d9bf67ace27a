"""Waits: the progress of a search, its end, the end of an idle chat, and passivated sessions."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.system.house import House
from tests.system.people import Town

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hasty(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A house in which minutes are seconds."""
    folder: Path = tmp_path_factory.mktemp("hasty")
    house = House(
        folder,
        MASQUERADE_MATCHING__PROGRESS_SECONDS="1",
        MASQUERADE_MATCHING__TIMEOUT_SECONDS="6",
        MASQUERADE_MATCHING__RESCAN_SECONDS="1",
        MASQUERADE_CHAT__IDLE_MINUTES="0.2",
        MASQUERADE_ACTORS__IDLE_SECONDS="1",
    )
    try:
        yield await house.start()
    finally:
        await house.close()


async def test_defect_5_the_wait_is_shown_in_one_message_and_ends_honestly(hasty: House):
    anna = await Town(hasty).registered()
    await anna.says("/find")
    await anna.hears("You will hear from me")
    shown = await anna.hears("1 s")
    changed = await anna.hears("s", kind="edit")
    assert changed["id"] == shown["id"]
    await anna.hears("Nobody right now")


async def test_the_wait_can_be_cancelled_by_its_button(hasty: House):
    anna = await Town(hasty).registered()
    await anna.says("/find")
    await anna.hears("You will hear from me")
    shown = await anna.hears(" s")
    await anna.presses("cancel", shown["id"])
    await anna.hears("cancelled")


async def test_an_idle_chat_ends_for_both(hasty: House):
    anna, boris = await Town(hasty).chatting(bots=(0, 1))
    asked = [(await person.hears("A question for both of you"))["text"] for person in (anna, boris)]
    assert asked[0] == asked[1]
    for person in (anna, boris):
        await person.hears("Nobody wrote")
        assert sum("A question for both of you" in text for text in person.said_to) == 1


async def test_a_chat_with_messages_outlives_an_idle_one(hasty: House):
    talking, idle = Town(hasty), Town(hasty)
    anna, boris = await talking.chatting(bots=(0, 1))
    carla, dora = await idle.chatting()
    for number in itertools.count():
        await anna.says(f"number {number}")
        await boris.hears(f"number {number}")
        await carla.listens(0.5)
        if any("Nobody wrote" in text for text in carla.said_to):
            break
    await dora.hears("Nobody wrote")
    await boris.says("still here")
    await anna.hears("still here")
    assert not any("Nobody wrote" in text for text in anna.said_to + boris.said_to)


async def test_an_activated_session_knows_the_partner_and_replies_of_before(hasty: House):
    """The last test of this house: from now on silence ends no chat, nor does a question break it."""
    assert (await hasty.command("config", "set", "chat.idle_minutes", "20"))[0] == 0
    town = Town(hasty)
    anna, boris = await town.chatting()
    question = await anna.says("are you still there?")
    heard = await boris.hears("are you still there?")
    await hasty.until(lambda status: bool(status) and status["figures"]["sessions"] == 0)
    await boris.says("yes", reply_to=heard["id"])
    assert (await anna.hears("yes"))["reply_to"] == question
