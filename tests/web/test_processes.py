"""The supervision tree and what is done with it, by the API."""

from __future__ import annotations

import asyncio

import pytest

from domain.errors import Unavailable
from tests.web.conftest import browser_of

OURS = {"Sec-Fetch-Site": "same-origin"}


async def test_the_tree_is_collapsed_by_class_however_many_actors_there_are(client):
    answer = await client.get("/api/processes")
    tree = await answer.get_json()
    worker, panel = tree["processes"]
    assert (tree["machine"], worker["process"]["name"], panel["groups"]) == ("host", "worker-1", [])
    [sessions] = worker["groups"][1]["actors"]
    assert (sessions["alive"], sessions["last_error"], sessions["last_error_at"]) == (
        50_000,
        "KeyError in Find",
        "1970-01-01T00:00:05Z",
    )
    assert len(await answer.get_data()) < 3000


async def test_messages_a_second_are_known_from_the_second_reading_on(client, processes):
    first = await matcher(client)
    await asyncio.sleep(1.6)
    processes.handled += 20
    second = await matcher(client)
    assert first["per_second"] is None
    assert 10 < second["per_second"] <= 20
    assert (second["queued"], second["fullest"], second["limit"]) == (3, 3, 1000)


async def test_all_viewers_share_one_reading(client, processes):
    before = processes.looked
    answers = await asyncio.gather(*(client.get("/api/processes") for _ in range(50)))
    assert {answer.status_code for answer in answers} == {200}
    assert processes.looked == before + 1


async def matcher(client):
    tree = await (await client.get("/api/processes")).get_json()
    return tree["processes"][0]["groups"][0]["actors"][0]


async def test_the_fullest_actors_are_asked_for_one_class_at_a_time(client):
    answer = await client.get("/api/processes/worker-1/actors/SessionActor")
    items = (await answer.get_json())["items"]
    assert (len(items), items[0]["label"], items[0]["waiting"]) == (50, "SessionActor bot7", 50)


async def test_a_restart_is_begun_recorded_and_followed(client, processes, audit):
    answer = await client.post("/api/processes/worker-1/restart", headers=OURS)
    number = (await answer.get_json())["operation"]
    assert (answer.status_code, processes.begun) == (202, [("restart", {"name": "worker-1"})])
    assert await audit.told() == [("owner", "restart", "process:worker-1")]
    progress = await (await client.get(f"/api/operations/{number}?known=1")).get_json()
    assert progress == {"lines": ["worker-1 is ready after 1.0 s"], "over": True, "failure": ""}


async def test_scaling_says_what_and_how_many(client, processes):
    answer = await client.post("/api/processes/scale", json={"kind": "panel", "count": 2}, headers=OURS)
    assert (answer.status_code, processes.begun) == (202, [("scale", {"workers": 2, "kind": "panel"})])


async def test_a_supervised_actor_is_restarted_and_others_are_not_found(client, processes):
    asked = await client.post("/api/processes/worker-1/children/matcher/restart", headers=OURS)
    assert (asked.status_code, processes.restarted) == (202, [("worker-1", "matcher")])
    for path in ("worker-1/children/nobody/restart", "worker-9/children/matcher/restart", "worker-9/restart"):
        assert (await client.post(f"/api/processes/{path}", headers=OURS)).status_code == 404
    assert len(processes.restarted) == 1


async def test_what_the_supervisor_does_not_do_now_is_a_conflict_with_its_reason(client, processes):
    processes.begin = refusing(processes, "one thing at a time: under way is scale to 2 workers")
    answer = await client.post("/api/processes/worker-1/restart", headers=OURS)
    error = (await answer.get_json())["error"]
    assert (answer.status_code, error["code"]) == (409, "conflict")
    assert error["message"].startswith("one thing at a time")


def refusing(processes, why: str):
    async def begin(*_: object, **__: object) -> int:
        processes.refusal = why
        processes.here()
        return 0

    return begin


async def test_without_a_supervisor_it_is_said_and_what_cannot_be_recorded_is_not_done(client, processes, supervisor, audit):
    audit.away = True
    assert (await client.post("/api/processes/worker-1/restart", headers=OURS)).status_code == 503
    assert processes.begun == []
    processes.away, supervisor.answer = True, Unavailable("no supervisor runs")
    answer = await client.get("/api/processes")
    assert (answer.status_code, (await answer.get_json())["error"]["code"]) == (503, "unavailable")
    assert (await client.get("/admin/processes")).status_code == 200


@pytest.mark.parametrize("role", ["viewer", "moderator"])
async def test_only_owners_restart_and_scale(app, role, processes):
    client = browser_of(app, role)
    assert (await client.get("/api/processes")).status_code == 200
    assert (await client.post("/api/processes/worker-1/restart", headers=OURS)).status_code == 403
    page = await (await client.get("/admin/processes")).get_data(as_text=True)
    assert 'id="restart"' not in page
    assert processes.begun == []
