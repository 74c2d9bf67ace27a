"""/health says whether the application is well, and what is wrong if it is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.errors import Unavailable
from domain.status import BotStatus, ProcessState
from tests.web.supervisors import healthy_status, process
from web.app import create_app
from web.supervisor_status import STATE_TEXTS, SupervisorStatus


async def test_an_application_without_problems_is_ok(client, supervisor):
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
        await SupervisorStatus(supervisor, timeout=0.01).status()


@pytest.mark.parametrize("state", [state for state in ProcessState if state is not ProcessState.READY])
async def test_one_process_that_is_not_ready_is_named(client, supervisor, state):
    crashed = process("worker-2", state, last_error="it fell over")
    supervisor.answer = healthy_status(processes=(process("worker-1"), crashed))
    answer = await client.get("/health")
    body = await answer.get_json()
    assert answer.status_code == 503
    assert body["status"] == "degraded"
    assert body["problems"] == [f"worker-2 {STATE_TEXTS[state]}: it fell over"]


async def test_a_problem_that_the_supervisor_reports_is_not_reported_twice(client, supervisor):
    told = ("worker-2 crashed and comes back: it fell over", "bot 77: Telegram refuses its token")
    crashed = process("worker-2", ProcessState.BACKOFF, last_error="it fell over")
    refused = BotStatus(id=77, state="refused", detail="the token is wrong")
    supervisor.answer = healthy_status(processes=(process("worker-1"), crashed), bots=(refused,), problems=told)
    assert (await (await client.get("/health")).get_json())["problems"] == list(told)


async def test_no_worker_ready_is_an_error_not_a_degradation(client, supervisor):
    supervisor.answer = healthy_status(processes=(process("worker-1", ProcessState.FATAL), process("panel")))
    body = await (await client.get("/health")).get_json()
    assert body["status"] == "error"
    assert body["problems"] == ["worker-1 is down for good"]


async def test_it_is_an_error_if_there_is_no_worker(client, supervisor):
    supervisor.answer = healthy_status(processes=(process("panel"),))
    body = await (await client.get("/health")).get_json()
    assert body["status"] == "error"
    assert body["problems"] == ["No worker is running."]


async def test_a_bot_that_telegram_refuses_is_named(client, supervisor):
    supervisor.answer = healthy_status(bots=(BotStatus(id=77, state="refused", detail="the token is wrong"),))
    answer = await client.get("/health")
    assert answer.status_code == 503
    assert (await answer.get_json())["problems"] == ["Telegram refuses the bot 77: the token is wrong"]


async def test_a_problem_that_several_workers_report_is_shown_once(client, supervisor):
    supervisor.answer = healthy_status(problems=("Redis does not answer.", "Redis does not answer."))
    answer = await client.get("/health")
    assert answer.status_code == 503
    assert (await answer.get_json())["problems"] == ["Redis does not answer."]


async def test_it_is_ok_again_as_soon_as_the_supervisor_answers(client, supervisor):
    supervisor.answer = Unavailable("gone")
    assert (await client.get("/health")).status_code == 503
    supervisor.answer = healthy_status()
    assert (await client.get("/health")).status_code == 200


async def test_it_needs_nothing_but_the_supervisor_and_nobody_is_counted(stranger, people, limits, records):
    people.away = limits.away = records.away = True
    assert (await stranger.get("/health")).status_code == 200
    assert limits.keys == []


async def test_a_monitor_may_add_a_parameter(stranger):
    assert (await stranger.get("/health?now=1234")).status_code == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "::", "panel.example"])
async def test_from_outside_it_is_answered_under_any_name_with_one_word(deps, supervisor, host):
    client = create_app(replace(deps, host=host)).test_client()
    for status, code, word in (
        (healthy_status(), 200, "ok"),
        (healthy_status(problems=("Redis at 10.0.0.1 does not answer.",)), 503, "degraded"),
        (Unavailable("gone"), 503, "degraded"),
    ):
        supervisor.answer = status
        answer = await client.get("/health", headers={"Host": "load-balancer.example:8080"})
        body = await answer.get_json()
        assert (answer.status_code, body["status"], set(body)) == (code, word, {"status", "timestamp"})
    assert (await client.get("/api/overview", headers={"Host": "load-balancer.example"})).status_code == 421


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.0.0.2"])
async def test_where_only_this_machine_reaches_it_names_are_checked_and_problems_named(deps, supervisor, host):
    client = create_app(replace(deps, host=host)).test_client()
    supervisor.answer = healthy_status(problems=("Redis does not answer.",))
    assert (await client.get("/health", headers={"Host": "evil.example"})).status_code == 421
    answer = await client.get("/health", headers={"Host": "localhost"})
    assert (await answer.get_json())["problems"] == ["Redis does not answer."]


async def test_behind_a_proxy_on_this_machine_too_it_is_one_word(deps, supervisor):
    supervisor.answer = healthy_status(problems=("Redis at 10.0.0.1 does not answer.",))
    client = create_app(replace(deps, public_url="https://panel.example")).test_client()
    assert "problems" not in await (await client.get("/health")).get_json()
