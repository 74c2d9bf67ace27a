from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from domain.errors import Unavailable
from domain.status import BotStatus, ProcessState
from tests.web.supervisors import RecordingSupervisor, house, process
from web.app import Dependencies, create_app
from web.house import SAID, House


async def test_a_house_in_order_is_ok(client, supervisor):
    answer = await client.get("/health")
    body = await answer.get_json()
    assert answer.status_code == 200
    assert set(body) == {"status", "timestamp"}
    assert body["status"] == "ok"
    assert supervisor.asked == 1


async def test_the_timestamp_is_now_in_utc(client):
    stamp = (await (await client.get("/health")).get_json())["timestamp"]
    assert stamp.endswith("Z")
    assert abs(datetime.fromisoformat(stamp) - datetime.now(UTC)) < timedelta(seconds=5)


async def test_without_a_supervisor_it_is_an_error(client, supervisor):
    supervisor.answer = Unavailable("No supervisor listens at var/control.sock.")
    answer = await client.get("/health")
    body = await answer.get_json()
    assert answer.status_code == 503
    assert body["status"] == "error"
    assert body["problems"] == ["No supervisor listens at var/control.sock."]


async def test_a_supervisor_that_hangs_is_an_error_after_a_while(supervisor):
    supervisor.gate.clear()
    with pytest.raises(Unavailable, match="did not answer"):
        await House(supervisor, patience=0.01).status()


@pytest.mark.parametrize("state", [state for state in ProcessState if state is not ProcessState.READY])
async def test_one_process_that_is_not_ready_is_named(client, supervisor, state):
    crashed = process("worker-2", state, last_error="it fell over")
    supervisor.answer = house(processes=(process("worker-1"), crashed))
    answer = await client.get("/health")
    body = await answer.get_json()
    assert answer.status_code == 503
    assert body["status"] == "degraded"
    assert body["problems"] == [f"worker-2 {SAID[state]}: it fell over"]


async def test_what_the_supervisor_says_of_a_process_is_not_said_twice(client, supervisor):
    told = "worker-2 crashed and comes back: it fell over; see logs/error.log"
    crashed = process("worker-2", ProcessState.BACKOFF, last_error="it fell over")
    supervisor.answer = house(processes=(process("worker-1"), crashed), problems=(told,))
    assert (await (await client.get("/health")).get_json())["problems"] == [told]


async def test_no_worker_ready_is_an_error_not_a_degradation(client, supervisor):
    supervisor.answer = house(processes=(process("worker-1", ProcessState.FATAL), process("panel")))
    body = await (await client.get("/health")).get_json()
    assert body["status"] == "error"
    assert body["problems"] == ["worker-1 is down for good"]


async def test_no_worker_at_all_is_said(client, supervisor):
    supervisor.answer = house(processes=(process("panel"),))
    body = await (await client.get("/health")).get_json()
    assert body["status"] == "error"
    assert body["problems"] == ["No worker is running."]


async def test_a_bot_that_telegram_refuses_is_named(client, supervisor):
    supervisor.answer = house(bots=(BotStatus(id=77, state="refused", detail="the token is wrong"),))
    answer = await client.get("/health")
    assert answer.status_code == 503
    assert (await answer.get_json())["problems"] == ["Telegram refuses the bot 77: the token is wrong"]


async def test_what_workers_complain_of_is_passed_on_once(client, supervisor):
    supervisor.answer = house(problems=("Redis does not answer.", "Redis does not answer."))
    answer = await client.get("/health")
    assert answer.status_code == 503
    assert (await answer.get_json())["problems"] == ["Redis does not answer."]


async def test_it_recovers_as_soon_as_the_house_does(client, supervisor):
    supervisor.answer = Unavailable("gone")
    assert (await client.get("/health")).status_code == 503
    supervisor.answer = house()
    assert (await client.get("/health")).status_code == 200


async def test_the_panel_needs_nothing_but_the_supervisor():
    app = create_app(Dependencies(supervisor=RecordingSupervisor(house())))
    assert (await app.test_client().get("/health")).status_code == 200
