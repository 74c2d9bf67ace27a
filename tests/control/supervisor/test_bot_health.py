"""What is told of bots that nobody serves, and when it is a problem."""

from __future__ import annotations

import pytest

from control.supervisor.bot_health import described, problems_of
from control.supervisor.status import merge_bots
from domain.status import BotStatus

GRACE = 15.0


@pytest.mark.parametrize(
    ("bot", "detail"),
    [
        (BotStatus(id=1, unserved=8.0), "starting, 8 s"),
        (BotStatus(id=1, unserved=8.0, detail="Telegram is away"), "starting, 8 s: Telegram is away"),
        (BotStatus(id=1, state="waiting", unserved=3.0, known=True), "handed over, 3 s"),
        (BotStatus(id=1, state="connecting", unserved=3.0, known=True), "connecting again, 3 s"),
        (BotStatus(id=1, state="serving", unserved=48.0, known=True), "not served for 48 s"),
        (BotStatus(id=1, unserved=48.0), "not served for 48 s, since the start"),
        (BotStatus(id=1, state="serving", served=True, unserved=4.0), ""),
        (BotStatus(id=1, state="drained", unserved=500.0), ""),
    ],
)
def test_it_is_said_how_long_a_bot_has_not_been_served(bot: BotStatus, detail: str):
    assert described(bot, GRACE).detail == detail


def test_after_the_grace_it_is_a_problem():
    late = described(BotStatus(id=1, username="a_bot", state="connecting", unserved=16.0, detail="Telegram is away"), GRACE)
    early = described(BotStatus(id=2, unserved=14.0), GRACE)
    assert problems_of([late, early], GRACE, ()) == ["bot 1 (@a_bot): not served for 16 s, since the start: Telegram is away"]


def test_a_bot_that_is_not_wanted_or_has_a_line_already_is_no_problem_here():
    refused = BotStatus(id=1, state="refused", unserved=500.0)
    assert problems_of([BotStatus(id=2, state="drained", unserved=500.0)], GRACE, ()) == []
    assert problems_of([refused], GRACE, ("bot 1 is refused",)) == []
    assert "BotFather" in problems_of([refused], GRACE, ())[0]


def test_what_one_worker_knows_of_a_bot_being_served_counts():
    taking = BotStatus(id=1, state="connecting", unserved=30.0)
    giving = BotStatus(id=1, state="waiting", unserved=2.0, known=True)
    (bot,) = merge_bots([(taking,), (giving,)])
    assert (bot.state, bot.unserved, bot.known) == ("connecting", 2.0, True)
