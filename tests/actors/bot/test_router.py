"""Who takes an update, by its type: `actors/bot/router.py`."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from actors.bot.directory import Directory
from actors.bot.router import Router
from actors.bot.unhandled import Unhandled
from domain.model.bot import Lease
from domain.model.content import Text
from domain.model.ids import Address, BotId, MessageId, Pts, UserId
from domain.model.inbound import (
    PAYMENT,
    BotBlocked,
    BotUnblocked,
    ButtonPressed,
    CommandReceived,
    FromPerson,
    Ignored,
    MessageEdited,
    MessageReceived,
)

BOT, ANNA = BotId(1), UserId(10)
WRITTEN: dict[str, Any] = {"user": ANNA, "pts": Pts(3), "message": MessageId(3), "content": Text(text="hello")}
DONE = [
    MessageReceived(**WRITTEN),
    CommandReceived(**WRITTEN, name="find"),
    MessageEdited(**WRITTEN),
    ButtonPressed(user=ANNA, query=5, message=MessageId(3), data="x"),
    BotBlocked(user=ANNA),
    BotUnblocked(user=ANNA),
]


class Live:
    """A session that lives."""

    def __init__(self, address: Address) -> None:
        self.address = address

    def is_alive(self) -> bool:
        return True


@pytest.fixture
async def directory() -> Directory:
    directory = Directory()
    directory.activates_with(Live)  # type: ignore[arg-type]  # nothing is told to it
    directory.serve(Lease(bot=BOT, owner="test", token=1), None)  # type: ignore[arg-type]  # nothing is sent
    return directory


@pytest.mark.parametrize("update", DONE, ids=lambda update: type(update).__name__)
async def test_all_that_people_do_goes_to_their_session(directory: Directory, update: FromPerson):
    router = Router(BOT, directory)
    assert router.takes(update)
    assert router.recipient(update).address == Address(BOT, ANNA)


def test_there_is_an_example_of_everything_that_people_do():
    assert {type(update) for update in DONE} == {*get_args(FromPerson)}


async def test_what_has_no_row_in_the_table_is_for_nobody(directory: Directory):
    assert not Router(BOT, directory).takes(Ignored(pts=Pts(3)))


async def test_nobody_takes_the_updates_of_a_bot_that_is_handed_over(directory: Directory):
    directory.hand_over(BOT)
    assert Router(BOT, directory).recipient(BotBlocked(user=ANNA)) is None


def test_several_payments_are_one_problem_that_counts_them():
    unhandled = Unhandled(BOT)
    for _ in range(3):
        unhandled.count(Ignored(pts=Pts(3), kind=PAYMENT))
    unhandled.count(Ignored(pts=Pts(4), kind="service:refunded_payment"))
    assert unhandled.by_kind == {PAYMENT: 3, "service:refunded_payment": 1}
    assert [line for line in unhandled.problems if "3 payments" in line] == [*unhandled.problems]
    assert len(unhandled.problems) == 1


def test_an_update_of_a_type_without_a_row_is_counted_by_its_type():
    unhandled = Unhandled(BOT)
    unhandled.count(BotBlocked(user=ANNA))
    assert unhandled.by_kind == {"BotBlocked": 1}
