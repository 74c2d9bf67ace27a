"""What a report weighs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.model.profile import DAY
from domain.trust.reports import Reason
from domain.trust.rules import Trust
from domain.trust.weights import SEVERITY, Circumstances, reliability, weight_of

NOW, HOUR = 1_900_000_000.0, 3600.0
RULES = Trust()
OLD = NOW - 100 * DAY


def weight(reason: Reason = Reason.INSULT, **known) -> float:
    return weight_of(reason, Circumstances(**{"seen_at": OLD, "chats": 5, **known}), now=NOW, rules=RULES)


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({}, 0.5),
        ({"upheld": 1}, 2 / 3),
        ({"rejected": 1}, 1 / 3),
        ({"upheld": 1000}, 0.9),
        ({"rejected": 1000}, 0.1),
        ({"seen_at": NOW - 24 * HOUR + 1}, 0.25),
        ({"seen_at": NOW - 24 * HOUR}, 0.5),
        ({"chats": 4}, 0.25),
        ({"chats": 4, "seen_at": NOW}, 0.25),
        ({"answered": False}, 0.0),
        ({"mutual": True}, 0.25),
        ({"in_24_hours": 4}, 0.5),
        ({"in_24_hours": 5}, 0.25),
        ({"in_24_hours": 14}, 0.25),
        ({"in_24_hours": 15}, 0.0),
        ({"mutual": True, "in_24_hours": 5}, 0.125),
        ({"again": True}, 0.0),
    ],
)
def test_each_circumstance_counts_as_the_rules_say(known, expected):
    assert weight(**known) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("reason", "severity"),
    [("ads", 0.7), ("insult", 1), ("sexual", 1.2), ("fraud", 1.5), ("threat", 2), ("under_age", 3), ("other", 0.5)],
)
def test_the_reason_says_how_severe_it_is(reason, severity):
    assert weight(Reason(reason)) == pytest.approx(severity / 2)


def test_every_reason_has_a_severity():
    assert set(SEVERITY) == set(Reason)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_reliability_rises_with_what_was_upheld_and_falls_with_what_was_rejected(upheld, rejected):
    here = reliability(upheld, rejected)
    assert 0.1 <= here <= 0.9
    assert reliability(upheld + 1, rejected) >= here >= reliability(upheld, rejected + 1)
