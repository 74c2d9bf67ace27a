"""What waits besides people: events for bots, messages for their turn; and what was given up. And what bots take and send."""

from __future__ import annotations

import asyncio

import pytest

from domain.errors import Unavailable
from domain.model.sending import Sending
from domain.status import BotTraffic, QueueStatus, StreamStatus, Undelivered, WorkerFigures
from tests.web.supervisors import RecordingSupervisor, healthy_status
from web.supervisor_status import SupervisorStatus

BOT = 7_100_000_001


def stream(bot: int = BOT, **changes) -> StreamStatus:
    usual = {"entries": 10, "aside": 0, "most": 1000, "oldest": 5.0, "longest": 3600.0, "served": True, "lost": 0}
    return StreamStatus(bot=bot, **{**usual, **changes})


async def queues(client) -> dict:
    return await (await client.get("/api/queues")).get_json()


@pytest.mark.parametrize(
    ("changes", "share", "full"),
    [
        ({}, 0.01, False),
        ({"entries": 799}, 0.799, False),
        ({"entries": 800}, 0.8, True),
        ({"oldest": 3000.0}, 0.833, True),
        ({"aside": 900, "lost": 3}, 0.9, True),
    ],
)
async def test_a_stream_is_as_full_as_its_nearest_limit_and_is_warned_of_from_four_fifths(
    client, supervisor, changes, share, full
):
    supervisor.answer = healthy_status(streams=(stream(**changes),))
    (found,) = (await queues(client))["streams"]
    assert (found["name"], found["share"], found["full"]) == ("@first_bot", share, full)


async def test_the_fullest_stream_and_the_bot_with_most_to_send_come_first(client, supervisor):
    traffic = (
        BotTraffic(bot=1, sending=Sending(queued=2)),
        BotTraffic(bot=2, sending=Sending(queued=9, held=4, flood_seconds=7.25)),
    )
    supervisor.answer = healthy_status(streams=(stream(1), stream(2, entries=500)), traffic=traffic)
    found = await queues(client)
    assert [each["bot"] for each in found["streams"]] == [2, 1]
    assert found["sends"][0] == {"bot": 2, "name": "2", "queued": 9, "held": 4, "flood_seconds": 7.2}


async def test_what_was_not_delivered_is_told_with_its_reason(client, supervisor):
    lost = Undelivered(at=1_800_000_000.0, bot=BOT, what="relay", why="Telegram refuses it: MESSAGE_EMPTY")
    letter = Undelivered(at=1_700_000_000.0, bot=0, what="Find to MatcherActor", why="actor ended first")
    supervisor.answer = healthy_status(undelivered=(lost, letter))
    found = (await queues(client))["undelivered"]
    assert [(each["name"], each["what"], each["why"]) for each in found] == [
        ("@first_bot", "relay", "Telegram refuses it: MESSAGE_EMPTY"),
        ("", "Find to MatcherActor", "actor ended first"),
    ]
    assert found[0]["at"] == "2027-01-15T08:00:00Z"


async def test_a_queue_has_its_reason_also_in_the_overview_which_has_neither_streams_nor_traffic(client, supervisor):
    queue = QueueStatus(scope="*", gender="male", band="from_25", waiting=1, vips=0, oldest=9.0, why="Nobody else waits.")
    supervisor.answer = healthy_status(queues=(queue,), streams=(stream(),))
    assert (await queues(client))["queues"][0]["why"] == "Nobody else waits."
    overview = await (await client.get("/api/overview")).get_json()
    assert overview["queues"][0]["why"] == "Nobody else waits."
    assert not {"streams", "traffic", "undelivered"} & set(overview)


async def test_two_hundred_who_look_one_after_the_other_within_a_second_are_one_question():
    supervisor = RecordingSupervisor(healthy_status())
    shared = SupervisorStatus(supervisor, good_for=60)
    for _ in range(200):
        await shared.status()
    assert supervisor.asked == 1
    supervisor.answer = Unavailable("away")
    patient = SupervisorStatus(supervisor, good_for=60)
    for _ in range(2):
        with pytest.raises(Unavailable):
            await patient.status()
    assert supervisor.asked == 3, "that nobody answers is not kept"


async def test_a_bot_has_its_rates_flood_waits_people_and_last_error(client, app, supervisor):
    def counted(updates: float, floods: float):
        worker = WorkerFigures(name="worker-1", pid=1, counters={f"updates:{BOT}": updates, f"flood:{BOT}": floods})
        sending = Sending(queued=3, flood_seconds=12.0)
        traffic = BotTraffic(bot=BOT, sending=sending, last_error="relay: no answer in time", last_error_at=1_800_000_000.0)
        return healthy_status(workers=(worker,), traffic=(traffic,))

    supervisor.answer = counted(100, 5)
    async with client.request("/api/overview/stream") as connection:
        await connection.send_complete()
        await connection.receive()
        await connection.receive()
        supervisor.answer = counted(150, 9)
        async with asyncio.timeout(10):
            while (bot := await (await client.get(f"/api/bots/{BOT}")).get_json())["flood_waits"] != 4:
                pass
        await connection.disconnect()
    assert (bot["people"], bot["queued"], bot["flood_seconds"]) == (321, 3, 12.0)
    assert (bot["last_error"], bot["last_error_at"]) == ("relay: no answer in time", "2027-01-15T08:00:00Z")
    assert bot["updates_per_second"] is not None
    page = await (await client.get("/admin/bots")).get_data(as_text=True)
    assert "relay: no answer in time" in page
    assert "2027-01-15 08:00" in page


async def test_without_figures_a_bot_is_listed_all_the_same(client, supervisor, records):
    supervisor.answer, records.away = Unavailable("no supervisor runs in var"), True
    (bot,) = (await (await client.get("/api/bots")).get_json())["items"]
    assert (bot["people"], bot["updates_per_second"], bot["last_error"]) == (None, None, "")
    assert (await client.get("/admin/bots")).status_code == 200
