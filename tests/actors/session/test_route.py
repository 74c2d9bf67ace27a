"""Words that may go straight to the partner, or by the event stream: none overtakes an earlier one."""

from __future__ import annotations

import asyncio

import pytest

from actors.bot.directory import Directory
from actors.session.route import Route
from actors.session.unit_of_work import UnitOfWork
from domain.model.bot import Lease
from domain.model.ids import BotId

HERE, THERE = BotId(1), BotId(2)


class Way:
    """What was sent, in order and how; the words that went straight arrive when told to."""

    def __init__(self) -> None:
        self.route = Route()
        self.sent: list[str] = []
        self.outcomes: list[asyncio.Future[None]] = []
        self.finished: list[str] = []

    def says(self, word: str, *, together: bool) -> None:
        turn = UnitOfWork(word, lambda: self.finished.append(word))
        straight = self.route.way(together=together)
        if straight is None:
            self.route.hold(turn, lambda straight: self._carry(turn, word, straight))
        else:
            self._carry(turn, word, straight)
        turn.close()

    def _carry(self, turn: UnitOfWork, word: str, straight: bool) -> None:
        self.sent.append(f"{word} {'straight' if straight else 'by stream'}")
        outcome = asyncio.get_running_loop().create_future()
        self.outcomes.append(outcome)
        turn.wait_for(outcome)
        self.route.goes(outcome, straight=straight)


@pytest.fixture
def way() -> Way:
    return Way()


async def test_what_cannot_go_straight_any_more_waits_for_what_did(way: Way):
    way.says("one", together=True)
    way.says("two", together=False)
    way.says("three", together=True)
    assert way.sent == ["one straight"]
    way.outcomes[0].set_result(None)
    await asyncio.sleep(0)
    assert way.sent == ["one straight", "two by stream", "three by stream"]


async def test_an_update_is_not_done_while_its_message_is_held_back(way: Way):
    way.says("one", together=True)
    way.says("two", together=False)
    way.outcomes[0].set_result(None)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert way.finished == ["one"]
    way.outcomes[1].set_result(None)
    await asyncio.sleep(0)
    assert way.finished == ["one", "two"]


async def test_nothing_is_together_while_a_message_is_on_its_way_to_the_stream(way: Way):
    way.says("one", together=False)
    assert way.route.streamed == float("inf")
    way.outcomes[0].set_result(None)
    await asyncio.sleep(0)
    assert way.route.streamed <= asyncio.get_running_loop().time()


async def test_bots_are_together_once_all_that_was_in_the_stream_is_with_its_sessions():
    directory, loop = Directory(), asyncio.get_running_loop()
    transport: object = None
    for bot in (HERE, THERE):
        directory.serve(Lease(bot=bot, owner="test", token=1), transport)  # type: ignore[arg-type]
    assert directory.unheard
    assert not directory.together(HERE, THERE, streamed=float("-inf"))
    directory.heard([HERE, THERE], loop.time())
    assert not directory.unheard
    assert directory.together(HERE, THERE, streamed=float("-inf"))
    assert not directory.together(HERE, THERE, streamed=loop.time() + 1)
    assert not directory.together(HERE, BotId(3), streamed=float("-inf"))


async def test_a_bot_that_comes_later_may_have_said_things_at_another_process_that_are_still_in_the_stream():
    directory, loop = Directory(), asyncio.get_running_loop()
    transport: object = None
    directory.serve(Lease(bot=THERE, owner="test", token=1), transport)  # type: ignore[arg-type]
    directory.heard([THERE], loop.time())
    await asyncio.sleep(0.01)
    directory.serve(Lease(bot=HERE, owner="test", token=2), transport)  # type: ignore[arg-type]
    assert not directory.together(HERE, THERE, streamed=float("-inf"))
    directory.heard([THERE], loop.time())
    assert directory.together(HERE, THERE, streamed=float("-inf"))


async def test_a_bot_that_went_and_came_back_during_a_read_was_not_heard_by_it():
    directory, began = Directory(), asyncio.get_running_loop().time()
    transport: object = None
    await asyncio.sleep(0.01)
    directory.serve(Lease(bot=THERE, owner="test", token=2), transport)  # type: ignore[arg-type]
    directory.heard([THERE], began)
    assert directory.unheard
