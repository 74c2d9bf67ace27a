"""The pulse: one question for all viewers, what they get, and a history that a restart keeps."""

from __future__ import annotations

import asyncio
import json

import pytest

from domain.errors import Unavailable
from domain.panel.history import MINUTE, TEN_SECONDS
from domain.status import WorkerFigures
from tests.web.doubles import KeptInMemory
from tests.web.supervisors import RecordingSupervisor, healthy_status
from web.pulse import HELLO, Pulse
from web.supervisor_status import SupervisorStatus

NOON = 1_800_000_000 // 86_400 * 86_400 + 43_200


class Clock:
    def __init__(self, now: float = NOON) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def counting(relayed: float, pid: int = 1, **figures: float):
    worker = WorkerFigures(name="worker-1", pid=pid, counters={"relayed": relayed})
    return healthy_status(workers=(worker,), figures={"chats": 16.0, **figures})


def pulse_of(supervisor, *, kept=None, clock=None, stopping=None, every: float = 0.001) -> Pulse:
    async def describe(status, beat):
        return {"chats": status.figures.get("chats"), "beat": beat}

    async def totals():
        return {"users": 5.0}

    return Pulse(
        SupervisorStatus(supervisor, timeout=1),
        kept or KeptInMemory(),
        describe=describe,
        totals=totals,
        every=every,
        stopping=stopping or asyncio.Event(),
        **({"clock": clock} if clock else {}),
    )


async def heard(events, count: int) -> list[tuple[str, dict]]:
    found = []
    while True:
        block = await anext(events)
        if block.startswith(b"event: "):
            name, data = block.decode().strip().split("\n")
            found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
        if len(found) == count:
            return found


async def beats(pulse: Pulse, count: int = 1) -> dict:
    for _ in range(count):
        await pulse._beat()
    return json.loads(pulse._status_event.decode().split("data: ")[1])["beat"]


@pytest.fixture
def supervisor() -> RecordingSupervisor:
    return RecordingSupervisor(counting(100))


async def test_two_hundred_viewers_cost_no_more_questions_than_one(supervisor):
    pulse = pulse_of(supervisor, every=0.05)
    viewers = [asyncio.create_task(heard(pulse.follow(), 3)) for _ in range(200)]
    everybody = await asyncio.gather(*viewers)
    assert all([name for name, _ in each] == ["status"] * 3 for each in everybody)
    assert supervisor.asked <= 5
    await pulse.stop()


async def test_a_slow_viewer_gets_the_newest_and_not_what_was_missed(supervisor):
    pulse = pulse_of(supervisor)
    slow, quick = pulse.follow(), pulse.follow()
    assert await anext(slow) == HELLO
    await heard(slow, 1)
    supervisor.answer = counting(100, chats=99.0)
    while (await heard(quick, 1))[0][1]["chats"] != 99.0:
        pass
    ((_, event),) = await heard(pulse.follow(), 1)
    assert event["chats"] == 99.0
    await pulse.stop()


async def test_a_killed_worker_is_null_and_its_counters_go_on_from_where_they_were(supervisor):
    clock = Clock()
    pulse = pulse_of(supervisor, clock=clock)
    await beats(pulse)
    clock.now += 1
    supervisor.answer = counting(150)
    assert (await beats(pulse))["today"]["relayed"] == 50
    clock.now += 1
    supervisor.answer = healthy_status(processes=(), figures={})
    gap = await beats(pulse)
    assert gap["series"]["chats"] is None
    assert gap["series"]["relayed"] is None
    clock.now += 1
    supervisor.answer = counting(4, pid=2)
    after = await beats(pulse)
    assert after["today"]["relayed"] == 54
    points = pulse.history.points(1, NOON, NOON + 4)
    assert points["chats"] == [16, 16, None, 16]
    assert [value is None for value in points["relayed"]] == [True, False, True, False]


async def test_the_history_outlives_the_panel(supervisor):
    kept, clock = KeptInMemory(), Clock()
    first = pulse_of(supervisor, kept=kept, clock=clock)
    for _ in range(2 * MINUTE + 1):
        await first._beat()
        clock.now += 1
    await first.stop()
    second = pulse_of(supervisor, kept=kept, clock=clock)
    await second._beat()
    await second._keep()
    assert second.history.points(TEN_SECONDS, NOON, NOON + 30)["chats"] == [16, 16, 16]
    assert second.history.points(MINUTE, NOON, NOON + MINUTE)["chats"] == [16]
    assert second.history.before("chats", NOON + 5) == 16


async def test_figures_wait_for_a_database_that_is_away(supervisor):
    kept, clock = KeptInMemory(), Clock()
    kept.away = True
    pulse = pulse_of(supervisor, kept=kept, clock=clock)
    for _ in range(25):
        await pulse._beat()
        clock.now += 1
    assert kept.slots == {}
    kept.away = False
    await pulse.stop()
    assert [at for step, at in kept.slots if step == TEN_SECONDS] == [NOON, NOON + 10]


async def test_what_was_counted_today_goes_on_after_a_restart_and_begins_anew_at_midnight(supervisor):
    kept, clock = KeptInMemory(), Clock()
    pulse = pulse_of(supervisor, kept=kept, clock=clock)
    pulse._count_today(NOON, {"relayed": 100.0})
    assert (await beats(pulse))["today"]["relayed"] >= 100
    clock.now = NOON + 86_400
    assert (await beats(pulse))["today"].get("relayed", 0) == 0


async def test_whoever_comes_while_the_supervisor_is_away_sees_how_it_was_and_that_it_is_old(supervisor):
    pulse = pulse_of(supervisor)
    viewer = pulse.follow()
    await heard(viewer, 1)
    supervisor.answer = Unavailable("No supervisor listens.")
    while (await heard(viewer, 1))[0][0] == "status":
        pass
    events = await heard(pulse.follow(), 2)
    assert [name for name, _ in events] == ["status", "trouble"]
    assert events[1][1] == {"error": "No supervisor listens."}
    supervisor.answer = counting(100)
    while (await heard(viewer, 1))[0][0] != "status":
        pass
    await pulse.stop()


async def test_the_api_gives_the_history_by_the_step_of_its_length(client):
    for minutes, step in ((1, 1), (15, 1), (16, 10), (360, 10), (361, 60), (2880, 60)):
        body = await (await client.get(f"/api/history?minutes={minutes}")).get_json()
        assert body["step"] == step
        assert body["since"] % step == 0
    for wrong in ("0", "2881", "x", "-1"):
        assert (await client.get(f"/api/history?minutes={wrong}")).status_code == 422


async def test_the_queues_tell_who_waits(client, supervisor):
    supervisor.answer = healthy_status()
    body = await (await client.get("/api/queues")).get_json()
    assert (body["waiting"], body["oldest"]) == (3, 12.5)
    assert body["lately"] == {"seconds": 300, "matched": 0, "p50": None, "p95": None, "p99": None}
