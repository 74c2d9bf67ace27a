"""The thresholds against simulated people (`bench/trust/`, with fewer of them): decent ones are spared, bad ones are caught."""

from __future__ import annotations

from random import Random
from statistics import median

import pytest
from msgspec import structs

from bench.trust.simulation import RULES, Kind, Simulated, lives, share_of
from domain.model.ids import UserId
from domain.trust.ladder import Person, Step, next_step
from domain.trust.reports import Reason
from domain.trust.score import Counted

NOW, DAY = 1_900_000_000.0, 86_400.0
PEOPLE = 300


def test_decent_people_are_not_banned():
    for chats in (5, 20, 60):
        decent = lives(Kind(name="decent", share=0.005, chats=chats, days=30), PEOPLE)
        assert share_of(Step.HOUR, decent) <= 0.01
        assert share_of(Step.WARNING, decent) <= 0.05


def test_a_decent_year_bans_few_and_none_for_days():
    year = lives(Kind(name="year", share=0.005, chats=20, days=365, stay=60), PEOPLE)
    assert share_of(Step.HOUR, year) <= 0.01
    assert share_of(Step.WEEK, year) == 0


@pytest.mark.parametrize(("share", "day_chat"), [(0.15, 72), (0.30, 36)])
def test_bad_people_are_caught_within_ten_days(share, day_chat):
    bad = lives(Kind(name="bad", share=share, chats=20, days=10), PEOPLE)
    assert share_of(Step.DAY, bad) >= 0.95
    assert median(life.steps[Step.DAY] for life in bad if Step.DAY in life.steps) == pytest.approx(day_chat, rel=0.15)


def test_a_nuisance_is_warned_and_banned_for_an_hour_and_some_for_a_day():
    nuisance = lives(Kind(name="nuisance", share=0.05, chats=20, days=10), PEOPLE)
    shares = [share_of(step, nuisance) for step in (Step.WARNING, Step.HOUR, Step.DAY)]
    assert shares == [pytest.approx(0.91, abs=0.06), pytest.approx(0.87, abs=0.07), pytest.approx(0.38, abs=0.1)]


def test_the_gate_is_what_spares_those_who_chat_much():
    random, kind = Random(12), Kind(name="busy", share=0.005, chats=20, days=30)
    open_gate = structs.replace(RULES, gate_share=0.0)
    warned = [Simulated(kind, random, open_gate).live().reached(Step.WARNING) for _ in range(PEOPLE)]
    assert sum(warned) / PEOPLE >= 0.3


def test_fifty_accounts_made_in_one_hour_do_not_ban_anybody():
    made = NOW - 2 * DAY
    puppets = [
        Counted(reporter=UserId(number), seen_at=made + number * 60, reason=Reason.FRAUD, counts=0.75, at=NOW)
        for number in range(50)
    ]
    assert next_step(Person(reports=puppets, chats=50), now=NOW, rules=RULES) is None
