"""Files between two processes: each bot has a worker of its own, and files go through the media channel."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.system.house import House
from tests.system.people import Town, file

pytestmark = [pytest.mark.timeout(120), pytest.mark.asyncio(loop_scope="module")]
CHANNEL = 2_300_000_002
"""The number of the first channel that is added to a new sandbox."""
APART = (0, 1)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory, redis_server, postgres) -> AsyncIterator[House]:
    house = House(
        tmp_path_factory.mktemp("channel"),
        WORKERS="2",
        ADMIN_MEDIA_CHANNEL_ID=f"-100{CHANNEL}",
        REDIS_URL=redis_server.new_database(),
        POSTGRES_URI=postgres.new_database(),
    )
    try:
        await house.start()
        await add_media_channel(house)
        await house.until(each_bot_has_its_own_worker)
        yield house
    finally:
        await house.close()


@pytest_asyncio.fixture(loop_scope="module")
async def town(house: House) -> AsyncIterator[Town]:
    town = Town(house)
    yield town
    await town.goes_home()


async def add_media_channel(house: House) -> None:
    admins = [bot["username"] for bot in (await house.http.get("/api/bots")).json()]
    answer = await house.http.post("/api/channels", json={"title": "Media", "admins": admins})
    assert answer.json() == {"id": CHANNEL}


def each_bot_has_its_own_worker(status: dict[str, Any]) -> bool:
    bots = status.get("bots", ())
    return len({bot["worker"] for bot in bots if bot["state"] == "serving"}) == len(bots) == 2


async def posts(house: House) -> list[dict[str, Any]]:
    """The posts of the media channel, oldest first."""
    answer = await house.http.get(f"/api/channels/{CHANNEL}/posts")
    return list(answer.json()["posts"])


async def uploads(house: House) -> int:
    calls = (await house.http.get("/api/stats")).json()["calls"]
    return sum(count for method, count in calls.items() if method in {"upload.SaveFilePart", "upload.SaveBigFilePart"})


async def test_a_photo_its_edited_caption_and_a_reply_cross(town: Town) -> None:
    anna, boris = await town.chatting(bots=APART)
    data = secrets.token_bytes(5000)
    sent = await anna.sends("photo", data, caption="teh sea", spoiler=True)
    seen = await boris.sees("photo")
    assert (seen["caption"], seen["media"]["spoiler"], seen["forwarded"]) == ("teh sea", True, False)
    assert await boris.sees_content(seen) == data
    await anna.changes(sent, caption="the sea")
    edited = await boris.sees("photo", of="edit")
    assert (edited["id"], edited["caption"]) == (seen["id"], "the sea")
    await boris.says("nice!", reply_to=seen["id"])
    assert (await anna.hears("nice!"))["reply_to"] == sent
    assert await uploads(town.house) == 0


async def test_previews_cross_and_what_nobody_edited_does_not(town: Town) -> None:
    anna, boris = await town.chatting(bots=APART)
    link = f"https://example.org/of-{anna.id % 1000}"  # one's own: what several newcomers send is an advert
    said = await anna.says(f"see {link}", invert_media=True)
    seen = await boris.hears("see")
    assert seen["preview"] == {"url": link, "above": True}
    for _ in range(30):
        await anna.edits(said, f"see {link}", invert_media=True)
    await anna.edits(said, f"see {link}", no_webpage=True)
    edited = await boris.hears("see", kind="edit")
    assert (edited["id"], edited["preview"]) == (seen["id"], None)
    await anna.says("and now?")
    await boris.hears("and now?")
    assert [event["type"] for event in boris.events].count("edit") == 1


async def test_the_copy_in_the_channel_says_nothing_of_the_chat(town: Town) -> None:
    anna, boris = await town.chatting(bots=APART)
    await anna.sends("photo", secrets.token_bytes(5000), caption="for your eyes only")
    unique_id = (await boris.sees("photo"))["media"]["file_unique_id"]
    (copy,) = [post for post in await posts(town.house) if post["media"]["file_unique_id"] == unique_id]
    assert (copy["caption"], copy["reply_to"], copy["forwarded"]) == (None, None, False)


async def test_a_file_takes_the_place_of_another(town: Town) -> None:
    anna, boris = await town.chatting(bots=APART)
    sent = await anna.sends("document", secrets.token_bytes(5000), file_name="draft.txt")
    seen = await boris.sees("document")
    better = secrets.token_bytes(5000)
    await anna.changes(sent, media=file("document", better, file_name="final.txt"))
    edited = await boris.sees("document", of="edit")
    assert (edited["id"], edited["media"]["file_name"]) == (seen["id"], "final.txt")
    assert await boris.sees_content(edited) == better


async def test_an_album_crosses_whole_and_is_answered(town: Town) -> None:
    anna, boris = await town.chatting(bots=APART)
    items = [file(kind, secrets.token_bytes(5000), caption=f"a {kind}") for kind in ("photo", "video")]
    sent = await anna.sends_album(*items)
    seen = [await boris.sees(kind) for kind in ("photo", "video")]
    assert [one["caption"] for one in seen] == ["a photo", "a video"]
    assert seen[0]["album_id"] == seen[1]["album_id"] is not None
    await boris.sends("voice", secrets.token_bytes(5000), duration=2, reply_to=seen[1]["id"])
    assert (await anna.sees("voice"))["reply_to"] == sent[1]
    assert await uploads(town.house) == 0
