"""A clock that is set is told of; one that drifts is not."""

from __future__ import annotations

import time

import pytest

from control.supervisor.clock_watch import TOLD_SECONDS, ClockWatch

HOUR = 3600.0


class Clocks:
    def __init__(self) -> None:
        self.wall, self.steady = 1_800_000_000.0, 50.0
        self.watch = ClockWatch(lambda: self.wall, lambda: self.steady)

    def pass_by(self, seconds: float, *, jump: float = 0.0) -> None:
        for _ in range(int(seconds)):
            self.wall += 1.0
            self.steady += 1.0
            self.watch.look()
        self.wall += jump
        self.watch.look()


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_a_jump_is_told_for_a_while_and_then_is_the_time(jump: float, caplog: pytest.LogCaptureFixture):
    clocks = Clocks()
    clocks.pass_by(10, jump=jump)
    assert f"{jump:+.0f} s" in clocks.watch.problems[0]
    assert f"{jump:+.0f} s" in caplog.text
    clocks.pass_by(TOLD_SECONDS + 1)
    assert clocks.watch.problems == []


def test_a_machine_that_slept_has_a_clock_that_is_right(monkeypatch: pytest.MonkeyPatch):
    through_sleep = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    clocks = dict.fromkeys((time.CLOCK_MONOTONIC, through_sleep), 50.0)
    monkeypatch.setattr(time, "clock_gettime", clocks.__getitem__)
    watch = ClockWatch(lambda: 1_800_000_000.0 + clocks[through_sleep])
    clocks[through_sleep] += HOUR
    watch.look()
    assert watch.problems == []


def test_a_clock_that_is_back_is_no_problem():
    clocks = Clocks()
    clocks.pass_by(10, jump=HOUR)
    clocks.pass_by(10, jump=-HOUR)
    assert clocks.watch.problems == []


def test_a_clock_that_is_corrected_little_by_little_is_no_problem(caplog: pytest.LogCaptureFixture):
    clocks = Clocks()
    for _ in range(10):
        clocks.pass_by(30, jump=0.4)
    assert clocks.watch.problems == []
    assert not caplog.records
