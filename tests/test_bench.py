"""The report of the benches: which bars were reached."""

from __future__ import annotations

import pytest

from bench.__main__ import benches, report
from bench.harness import Bar
from bench.locks.purse import Purse

BARS = {"ratio": Bar(at_least=3), "p99_ms": Bar(at_most=15)}


@pytest.mark.parametrize(
    ("figures", "reached"),
    [
        ({"ratio": 3.0, "p99_ms": 15.0, "more": "words"}, True),
        ({"ratio": 2.9, "p99_ms": 15.0}, False),
        ({"ratio": 3.0, "p99_ms": float("nan")}, False),
        ({"ratio": 3.0}, False),
        ({"ratio": 3.0, "p99_ms": "none was measured"}, False),
        ({}, False),
    ],
)
def test_a_bench_has_reached_its_bars_only_with_a_figure_for_each(figures, reached, capsys):
    assert report(figures, BARS) is reached
    assert ("MISSED" in capsys.readouterr().out) is not reached


def test_each_bench_has_bars():
    assert all(isinstance(bar, Bar) for module in benches().values() for bar in module.BARS.values())
    assert {"actors", "matching", "relay", "sessions", "recovery"} <= benches().keys()


NOTHING = "🔒 That chat is over. Nothing was paid."
TOLD = "🔒 You have locked this chat for 5 min."
VOIDED = "🔒 Sorry, your lock of 1 min does not hold. What you paid is yours again: 2 credits."


@pytest.mark.parametrize(
    ("shown", "left"),
    [
        (["press", VOIDED], 9),  # nothing was told of it
        (["press", TOLD, VOIDED], 9),  # it was lost before it was booked
        (["press", NOTHING, "press", TOLD, VOIDED], 7),  # the first came again after a crash, when its chat was over
        (["press", NOTHING, "a minute", "press", TOLD, VOIDED], 9),  # the first was over long ago
        (["press", NOTHING, "press", TOLD, VOIDED, VOIDED], 9),
    ],
)
def test_the_phone_of_a_locker_knows_which_press_a_notice_means(shown, left):
    now = 100.0
    purse = Purse(clock=lambda: now)
    purse.receives(9)
    for number, text in enumerate(shown):
        match text:
            case "press":
                purse.presses(number, 2)
            case "a minute":
                now += 60
            case _:
                purse.shows(text)
    assert purse.credits == left
