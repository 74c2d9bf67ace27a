"""Pauses and the budget of a process that crashes."""

from __future__ import annotations

from control.supervisor.restarts import STEADY_SECONDS, Restarts
from domain.settings import Supervisor

POLICY = Supervisor(restart_budget=4, restart_window=100.0, backoff_first=1.0, backoff_max=5.0)


def test_pauses_double_with_jitter_up_to_the_longest() -> None:
    restarts = Restarts(POLICY)
    pauses = [restarts.after_crash(now, 0.0) for now in range(4)]
    for pause, longest in zip(pauses, (1, 2, 4, 5), strict=True):
        assert pause is not None
        assert longest / 2 <= pause <= longest


def test_a_spent_budget_means_never() -> None:
    restarts = Restarts(POLICY)
    assert [restarts.after_crash(now, 0.0) is None for now in range(6)] == [False] * 4 + [True, True]


def test_crashes_outside_the_window_are_forgotten() -> None:
    restarts = Restarts(POLICY)
    assert all(restarts.after_crash(now, 0.0) is not None for now in range(0, 2000, 25))


def test_one_that_worked_steadily_starts_afresh() -> None:
    restarts = Restarts(POLICY)
    for now in range(20):
        pause = restarts.after_crash(now, STEADY_SECONDS)
        assert pause is not None
        assert pause <= 1.0


def test_a_budget_of_none_allows_no_restart() -> None:
    assert Restarts(Supervisor(restart_budget=0)).after_crash(0.0, 0.0) is None
