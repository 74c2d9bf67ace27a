"""Counters that never go back, gaps for workers that do not answer, waits, and what happened."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.logs import LogRecord
from domain.panel.happenings import Happenings
from domain.panel.readings import Readings
from domain.panel.waits import FACTOR, bucket_of, counter_of, percentile
from domain.status import BotStatus, ProcessState, ProcessStatus, QueueStatus, Status, WorkerFigures

READY, BACKOFF, STARTING = ProcessState.READY, ProcessState.BACKOFF, ProcessState.STARTING


def worker(number: int, state: ProcessState = READY, **more) -> ProcessStatus:
    return ProcessStatus(name=f"worker-{number}", state=state, **more)


def counted(number: int, pid: int, **counters: float) -> WorkerFigures:
    return WorkerFigures(name=f"worker-{number}", pid=pid, counters=counters)


def status(*processes: ProcessStatus, workers=(), figures=None, **more) -> Status:
    return Status(version="1", pid=1, uptime=1, processes=processes, workers=workers, figures=figures or {}, **more)


def one(relayed: float, pid: int = 10, **figures: float) -> Status:
    return status(worker(1), workers=(counted(1, pid, relayed=relayed),), figures=figures)


def test_a_rate_is_the_growth_a_second():
    readings = Readings()
    assert readings.read(one(100), 0.0)["relayed"] is None
    assert readings.read(one(110), 1.0)["relayed"] == 10
    assert readings.read(one(150), 3.0)["relayed"] == 20


def test_a_worker_that_began_anew_counts_from_zero_and_takes_nothing_away():
    readings = Readings()
    readings.read(one(5000), 0.0)
    assert readings.read(one(5001), 1.0)["relayed"] == 1
    assert readings.read(one(3, pid=11), 2.0)["relayed"] == 3
    assert readings.grown["relayed"] == 3


def of_bot(flood: float | None, *, pid: int = 10) -> Status:
    counters = {"updates:7": 2 * flood, "flood:7": flood} if flood is not None else {}
    return status(worker(1), workers=(counted(1, pid, relayed=1, **counters),))


def test_flood_waits_of_a_bot_are_those_of_the_last_hour():
    readings = Readings()
    for now, flood in ((0.0, 100), (1.0, 103), (1800.0, 104)):
        readings.read(of_bot(flood), now)
    assert readings.floods(1800.0, 7) == 4
    assert readings.floods(3602.0, 7) == 1
    assert readings.rate(1800.0, "updates:7") == pytest.approx(2 / 60)
    assert readings.rate(1801.0, "updates:8") == 0
    assert Readings().rate(1.0, "updates:7") is None


def test_a_bot_that_was_late_with_its_answer_has_no_leap_in_its_counters_after():
    readings = Readings()
    for now, flood in ((0.0, 100), (1.0, None), (2.0, 101)):
        readings.read(of_bot(flood), now)
    assert readings.floods(2.0, 7) == 1


def test_a_killed_worker_is_a_gap_until_it_reports():
    readings = Readings()
    readings.read(one(100, chats=16), 0.0)
    killed = status(worker(1, BACKOFF))
    values = readings.read(killed, 1.0)
    assert values["chats"] is None
    assert values["relayed"] is None
    assert readings.read(status(worker(1)), 2.0)["relayed"] is None
    back = readings.read(one(2, pid=11, chats=15), 3.0)
    assert (back["chats"], back["relayed"]) == (15, 2 / 3)


def test_of_two_workers_one_that_does_not_answer_is_a_gap_and_one_that_is_down_is_none():
    def two(first: float, *others: WorkerFigures, state: ProcessState = READY) -> Status:
        return status(worker(1), worker(2, state), workers=(counted(1, 10, relayed=first), *others))

    readings = Readings()
    readings.read(two(10, counted(2, 20, relayed=10)), 0.0)
    assert readings.read(two(11, counted(2, 20, relayed=12)), 1.0)["relayed"] == 3
    assert readings.read(two(12), 2.0)["relayed"] is None
    assert readings.read(two(13, state=BACKOFF), 3.0)["relayed"] == 1
    assert readings.read(two(14, counted(2, 21, relayed=5)), 4.0)["relayed"] == pytest.approx(1 + 5 / 3)


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 1000)), min_size=2, max_size=30))
def test_whatever_workers_report_nothing_grows_backwards(reports):
    readings = Readings()
    for second, (pid, relayed) in enumerate(reports):
        readings.read(one(relayed, pid=pid), float(second))
        assert all(count >= 0 for count in readings.grown.values())


def test_waits_of_the_last_minutes_are_percentiles():
    readings = Readings()
    readings.read(status(worker(1), workers=(counted(1, 10),)), 0.0)
    waits = {counter_of(bucket_of(1.0)): 90.0, counter_of(bucket_of(60.0)): 10.0}
    values = readings.read(status(worker(1), workers=(counted(1, 10, **waits),)), 1.0)
    assert values["wait_p50"] == 1.0
    assert 60 <= values["wait_p95"] <= 60 * FACTOR
    assert values["matches"] == 50
    later = readings.read(status(worker(1), workers=(counted(1, 10, **waits),)), 302.0)
    assert later["wait_p50"] is None
    assert sum(readings.waits(302.0, 3600).values()) == 100


@given(st.floats(0, 1e5))
def test_a_wait_is_in_the_bucket_that_is_at_most_a_quarter_longer(seconds):
    found = percentile({bucket_of(seconds): 1.0}, 0.5)
    assert found is not None
    if 0.03 < seconds < 7000:
        assert seconds * 0.999 <= found <= seconds * FACTOR * 1.001


def test_nobody_matched_has_no_percentile():
    assert percentile({}, 0.5) is None


def test_who_waits_is_told_by_gender_and_minors_apart():
    queues = tuple(
        QueueStatus(scope="*", gender=gender, band=band, waiting=count, vips=0, oldest=1)
        for gender, band, count in (("male", "from_18", 3), ("male", "from_25", 4), ("female", "minor", 2))
    )
    values = Readings().read(status(worker(1), figures={"waiting": 9}, queues=queues), 0.0)
    assert (values["waiting:male"], values["waiting:female"], values["waiting:minors"]) == (7, 0, 2)


def test_a_crash_and_what_comes_after_it_are_told():
    happenings = Happenings()
    happenings.see(status(worker(1)), 100.0)
    happenings.see(status(worker(1, BACKOFF, last_error="killed by SIGKILL")), 101.0)
    happenings.see(status(worker(1, STARTING, restarts=1, last_error="killed by SIGKILL")), 102.0)
    happenings.see(status(worker(1, restarts=1, last_error="killed by SIGKILL")), 105.0)
    assert [(each.tone, each.text) for each in happenings.newest(106.0)] == [
        ("good", "worker-1 is ready"),
        ("bad", "worker-1 crashed: killed by SIGKILL"),
    ]
    assert happenings.newest(100.0 + 3600 + 106) == []


def test_a_crash_between_two_readings_is_told_too():
    happenings = Happenings()
    happenings.see(status(worker(1)), 100.0)
    happenings.see(status(worker(1, restarts=1, last_error="killed by SIGKILL")), 101.0)
    assert {each.text for each in happenings.newest(101.0)} == {
        "worker-1 is ready",
        "worker-1 crashed and was started again: killed by SIGKILL",
    }


def test_bots_that_move_and_a_silent_supervisor_are_told():
    def bot(name: str, state: str = "serving") -> tuple[BotStatus, ...]:
        return (BotStatus(id=7, username="red_bot", worker=name, state=state),)

    happenings = Happenings()
    happenings.see(status(bots=bot("worker-1")), 1.0)
    happenings.see(status(bots=bot("worker-2")), 2.0)
    happenings.lost(3.0)
    happenings.lost(4.0)
    happenings.see(status(bots=bot("worker-2", "refused")), 5.0)
    assert [each.text for each in happenings.newest(5.0)] == [
        "Telegram refuses the token of @red_bot",
        "The supervisor answers again",
        "The supervisor stopped answering",
        "@red_bot moved to worker-2",
    ]


def error(text: str, at: str = "1970-01-01T00:01:40.000Z", process: str = "worker-1", level: str = "ERROR") -> LogRecord:
    return LogRecord(time=at, level=level, process=process, logger="actors", text=text)


def told(happenings: Happenings, now: float) -> list[tuple[str, str]]:
    return [(each.tone, each.text) for each in happenings.newest(now)]


def test_after_a_restart_of_the_panel_the_first_status_tells_the_last_crash_and_who_was_started():
    happenings = Happenings()
    crashed = worker(1, uptime=50.0, last_error="killed by SIGKILL", last_error_at=9940.0)
    long_ago = worker(2, uptime=90_000.0, last_error="killed by SIGKILL", last_error_at=5.0)
    happenings.see(status(crashed, long_ago), 10_000.0)
    assert told(happenings, 10_000.0) == [("info", "worker-1 was started"), ("bad", "worker-1 crashed: killed by SIGKILL")]
    happenings = Happenings()
    happenings.see(status(long_ago), 10_000.0)
    assert told(happenings, 10_000.0) == []


def test_a_problem_is_told_when_it_begins_and_when_it_is_over_whatever_numbers_are_in_it():
    happenings = Happenings()
    for now, *problems in ((1.0,), (2.0, "bot 7: not served for 20 s; mend it"), (3.0, "bot 7: not served for 21 s"), (4.0,)):
        happenings.see(status(problems=tuple(problems)), now)
    assert told(happenings, 4.0) == [("good", "No more: bot 7: not served for 21 s"), ("warn", "bot 7: not served for 20 s")]


def test_errors_of_the_log_are_told_once_with_how_often_they_came_and_for_an_hour():
    happenings = Happenings()
    happenings.log([error("3 were lost"), error("fine", level="INFO"), error("4 were lost", at="1970-01-01T00:02:00.000Z")])
    assert told(happenings, 130.0) == [("bad", "worker-1: 4 were lost (2 times)")]
    assert told(happenings, 3721.0) == []


def test_the_supervisors_line_about_a_crash_is_not_told_beside_the_crash():
    happenings = Happenings()
    happenings.log([error("worker-1 ended (killed by SIGKILL)", process="supervisor")])
    assert told(happenings, 110.0) == [("bad", "supervisor: worker-1 ended (killed by SIGKILL)")]
    happenings.see(status(worker(1)), 100.0)
    happenings.see(status(worker(1, BACKOFF, last_error="killed by SIGKILL")), 101.0)
    assert told(happenings, 110.0) == [("bad", "worker-1 crashed: killed by SIGKILL")]
