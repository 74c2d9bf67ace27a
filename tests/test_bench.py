"""The report of the benches: which bars were reached."""

from __future__ import annotations

import pytest

from bench.__main__ import benches, report
from bench.harness import Bar

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
