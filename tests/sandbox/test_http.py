"""The HTTP side: shapes, refusals that name their field, the live socket, the door."""

from __future__ import annotations

import asyncio
import base64
import json
from hashlib import sha256
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.sandbox.town import T, Town
from transport.sandbox.server import Sandbox

WRONG: tuple[tuple[str, str, Any, int, str], ...] = (
    ("POST", "/api/users", b"{", 400, "body"),
    ("POST", "/api/users", b"[1]", 400, "body"),
    ("POST", "/api/users", b'{"name": "\\ud800"}', 400, "body"),
    ("POST", "/api/users", {}, 400, "name"),
    ("POST", "/api/users", {"name": 5}, 400, "name"),
    ("POST", "/api/users", {"name": "  "}, 400, "name"),
    ("POST", "/api/users", {"name": "\u202e\u0000"}, 400, "name"),
    ("POST", "/api/users", {"name": "a" * 201}, 400, "name"),
    ("POST", "/api/users", {"name": "a", "username": "no spaces"}, 400, "username"),
    ("GET", "/api/users/5", None, 404, "user"),
    ("GET", "/api/users/99999999999999999999999999/events", None, 404, "user"),
    ("POST", "/api/users/ANNA/messages", {"text": "hi"}, 400, "bot"),
    ("POST", "/api/users/ANNA/messages", {"bot": True, "text": "hi"}, 400, "bot"),
    ("POST", "/api/users/ANNA/messages", {"bot": "²", "text": "hi"}, 404, "bot"),
    ("POST", "/api/users/ANNA/messages", {"bot": "-100", "text": "hi"}, 404, "bot"),
    ("POST", "/api/users/ANNA/messages", {"bot": "sandbox_news", "text": "hi"}, 404, "bot"),
    ("POST", "/api/users/ANNA/messages", {"bot": 10**30, "text": "hi"}, 400, "bot"),
    ("POST", "/api/users/ANNA/messages", {"bot": "BOT"}, 400, "text"),
    ("POST", "/api/users/ANNA/messages", {"bot": "BOT", "text": " "}, 400, "text"),
    ("POST", "/api/users/ANNA/messages", {"bot": "BOT", "text": "😀" * 50_001}, 400, "text"),
    ("POST", "/api/users/ANNA/messages", {"bot": "BOT", "text": "hi", "reply_to": 99}, 404, "reply_to"),
    ("POST", "/api/users/ANNA/messages", {"bot": "BOT", "text": "hi", "reply_to": "x"}, 400, "reply_to"),
    ("POST", "/api/users/ANNA/messages", {"bot": "BOT", "text": "hi", "entities": {}}, 400, "entities"),
    ("POST", "/api/users/ANNA/messages", {"bot": "BOT", "text": "hi", "entities": [{}]}, 400, "entities[0].type"),
    (
        "POST",
        "/api/users/ANNA/messages",
        {"bot": "BOT", "text": "hi", "entities": [{"type": "bold", "offset": 1, "length": 2}]},
        400,
        "entities[0].offset",
    ),
    (
        "POST",
        "/api/users/ANNA/messages",
        {"bot": "BOT", "text": "hi", "entities": [{"type": "text_mention", "offset": 0, "length": 2, "user_id": 1 << 63}]},
        400,
        "entities[0].user_id",
    ),
    ("POST", "/api/users/ANNA/messages", {"bot": "BOT", "media": 5}, 400, "media"),
    ("POST", "/api/users/ANNA/messages", {"bot": "BOT", "media": {}}, 400, "media.kind"),
    ("POST", "/api/users/ANNA/messages", {"bot": "BOT", "media": {"kind": "hologram", "data": "YQ=="}}, 400, "media.kind"),
    ("POST", "/api/users/ANNA/messages", {"bot": "BOT", "media": {"kind": ["photo"]}}, 400, "media.kind"),
    ("POST", "/api/users/ANNA/messages", {"bot": "BOT", "media": {"kind": "photo"}}, 400, "media.data"),
    ("POST", "/api/users/ANNA/messages", {"bot": "BOT", "media": {"kind": "photo", "data": ""}}, 400, "media.data"),
    ("POST", "/api/users/ANNA/messages", {"bot": "BOT", "media": {"kind": "photo", "data": "Y"}}, 400, "media.data"),
    ("POST", "/api/users/ANNA/messages", {"bot": "BOT", "media": {"kind": "photo", "data": "🙂🙂"}}, 400, "media.data"),
    ("POST", "/api/users/ANNA/messages", {"bot": "BOT", "media": {"kind": "photo", "data": "A" * 1340}}, 413, "media.data"),
    (
        "POST",
        "/api/users/ANNA/messages",
        {"bot": "BOT", "media": {"kind": "photo", "data": "YQ==", "spoiler": "yes"}},
        400,
        "media.spoiler",
    ),
    (
        "POST",
        "/api/users/ANNA/messages",
        {"bot": "BOT", "media": {"kind": "video", "data": "YQ==", "duration": -1}},
        400,
        "media.duration",
    ),
    (
        "POST",
        "/api/users/ANNA/messages",
        {"bot": "BOT", "media": {"kind": "video", "data": "YQ==", "caption": "a", "entities": [{"type": "x"}]}},
        400,
        "media.entities[0].type",
    ),
    ("POST", "/api/users/ANNA/messages", {"bot": "BOT", "album": []}, 400, "album"),
    ("POST", "/api/users/ANNA/messages", {"bot": "BOT", "album": [{"kind": "photo", "data": "YQ=="}, 5]}, 400, "album[1]"),
    (
        "POST",
        "/api/users/ANNA/messages",
        {"bot": "BOT", "album": [{"kind": "photo", "data": "YQ=="}, {"kind": "voice", "data": "YQ=="}]},
        400,
        "album",
    ),
    (
        "POST",
        "/api/users/ANNA/messages",
        {"bot": "BOT", "album": [{"kind": "photo", "data": "YQ=="}, {"kind": "photo"}]},
        400,
        "album[1].data",
    ),
    ("POST", "/api/users/ANNA/messages", {"bot": "BOT", "poll": {"question": "?", "options": ["one"]}}, 400, "poll.options"),
    ("POST", "/api/users/ANNA/messages", {"bot": "BOT", "poll": {"options": ["one", "two"]}}, 400, "poll.question"),
    ("POST", "/api/users/ANNA/messages", {"bot": "BOT", "dice": "🙂"}, 400, "dice"),
    ("POST", "/api/users/ANNA/messages", {"bot": "BOT", "contact": {}}, 400, "contact.phone_number"),
    ("POST", "/api/users/ANNA/messages", {"bot": "BOT", "location": {"latitude": 91}}, 400, "location.latitude"),
    ("POST", "/api/users/ANNA/messages", {"bot": "BOT", "location": {"latitude": 9}}, 400, "location.longitude"),
    ("GET", "/api/files/nothing", None, 404, "file_unique_id"),
    ("GET", "/api/channels/nowhere/posts", None, 404, "channel"),
    ("POST", "/api/users/ANNA/edit", {"bot": "BOT", "text": "hi", "message_id": 7}, 404, "message_id"),
    ("POST", "/api/users/ANNA/edit", {"bot": "BOT", "text": "hi"}, 400, "message_id"),
    ("POST", "/api/users/ANNA/press", {"bot": "BOT", "button": "Find"}, 400, "button"),
    ("POST", "/api/users/ANNA/press", {"bot": "BOT"}, 400, "button"),
    ("POST", "/api/users/ANNA/press", {"bot": "BOT", "button": "Find", "message_id": 7}, 404, "message_id"),
    ("POST", "/api/users/ANNA/press", {"bot": "BOT", "data": "x"}, 400, "message_id"),
    ("POST", "/api/users/ANNA/press", {"bot": "BOT", "data": "😀" * 20, "message_id": 1}, 400, "data"),
    ("POST", "/api/users/ANNA/join", {"channel": "nowhere"}, 404, "channel"),
    ("GET", "/api/users/ANNA/events?after=-1", None, 400, "after"),
    ("GET", "/api/users/ANNA/events?after=--1", None, 400, "after"),
    ("GET", "/api/users/ANNA/events?wait=nan", None, 400, "wait"),
    ("GET", "/api/users/ANNA/chats/BOT/history?limit=0", None, 400, "limit"),
    ("POST", "/api/channels", {"title": "T", "admins": ["nobody"]}, 404, "admins"),
    ("POST", "/api/channels", {"title": "T", "admins": 5}, 400, "admins"),
    ("POST", "/api/bots", {"username": "robot_who"}, 400, "username"),
    ("POST", "/api/faults", {"kind": "gremlins"}, 400, "kind"),
    ("POST", "/api/faults", {"kind": ["drop"]}, 400, "kind"),
    ("POST", "/api/faults", {"kind": "drop", "times": 0}, 400, "times"),
    ("POST", "/api/faults", {"kind": "drop", "seconds": "long"}, 400, "seconds"),
    ("POST", "/api/faults", {"kind": "drop", "bot": "nobody"}, 404, "bot"),
    ("GET", "/api/nothing", None, 404, "path"),
    ("PUT", "/api/bots", None, 405, "path"),
    ("GET", "/phones/../server.pem", None, 404, "path"),
    ("GET", "/phones/%2e%2e/store.py", None, 404, "path"),
)
"""Method, path, body; status and the field that the refusal names."""


async def test_a_new_world_has_two_bots_and_a_channel_of_the_first(town: Town) -> None:
    bots = (await town.http.get("/api/bots")).json()
    assert bots == [
        {"id": town.bots[0], "username": "sandbox_one_bot", "name": "Sandbox One"},
        {"id": town.bots[1], "username": "sandbox_two_bot", "name": "Sandbox Two"},
    ]
    (channel,) = (await town.http.get("/api/channels")).json()
    assert (channel["username"], channel["admins"], channel["members"]) == ("sandbox_news", [town.bots[0]], [])


async def test_people_are_ordinary_unless_they_keep_something_from_bots(town: Town) -> None:
    plain = (await town.http.post("/api/users", json={"name": "Plain"})).json()["id"]
    bare = (await town.http.post("/api/users", json={"name": "Bare", "language": "", "photo": False, "mark": "scam"})).json()[
        "id"
    ]
    shown = {each["id"]: (each["language"], each["photo"], each["mark"]) for each in (await town.http.get("/api/users")).json()}
    assert (shown[plain], shown[bare]) == (("en", True, ""), ("", False, "scam"))


async def test_a_message_as_its_sender_sees_it(town: Town) -> None:
    anna = await town.person()
    number = await anna.says(town.bots[0], "hello")
    answer = (await town.http.get(f"/api/users/{anna.id}/events", params={"after": 0})).json()
    (event,) = answer["events"]
    assert answer["next"] == event["seq"]
    assert (event["type"], event["bot"]) == ("message", town.bots[0])
    message = event["message"]
    assert message["date"] > 0
    assert {name: message[name] for name in message if name != "date"} == {
        "id": number,
        "out": True,
        "text": "hello",
        "reply_to": None,
        "entities": [],
        "media": None,
        "album_id": None,
        "caption": None,
        "keyboard": None,
        "edited": False,
        "forwarded": False,
        "preview": None,
    }


async def test_waiting_for_events_ends_with_the_first_or_with_nothing(town: Town) -> None:
    anna = await town.person()
    nothing = await town.http.get(f"/api/users/{anna.id}/events", params={"after": 0, "wait": 0.05})
    assert nothing.json() == {"events": [], "next": 0}
    waiting = asyncio.create_task(anna.sees(own=True))
    await anna.says(town.bots[1], "hello")
    assert (await waiting)["bot"] == town.bots[1]


async def test_a_bot_is_named_by_id_or_username(town: Town) -> None:
    anna = await town.person()
    for name in (town.bots[0], str(town.bots[0]), "sandbox_one_bot", "@Sandbox_One_Bot"):
        await anna.says(name, "hello")
        assert (await anna.sees(own=True))["bot"] == town.bots[0]


async def test_own_bots_and_channels_can_be_added(town: Town) -> None:
    made = (await town.http.post("/api/bots", json={"username": "my_own_bot", "name": "Mine"})).json()
    assert made["token"].startswith(f"{made['id']}:")
    channel = await town.http.post("/api/channels", json={"username": "mine", "title": "Mine", "admins": [made["id"]]})
    assert channel.json()["id"] > 0
    taken = await town.http.post("/api/bots", json={"username": "My_Own_Bot"})
    assert (taken.status_code, taken.json()["field"]) == (409, "username")


async def test_history_is_what_a_page_needs_to_open(town: Town) -> None:
    anna = await town.person()
    numbers = [await anna.says(town.bots[0], str(number)) for number in range(5)]
    url = f"/api/users/{anna.id}/chats/{town.bots[0]}/history"
    page = (await town.http.get(url, params={"limit": 2})).json()
    assert [message["id"] for message in page["messages"]] == numbers[-2:]
    assert (page["keyboard"], page["blocked"]) == (None, False)
    earlier = (await town.http.get(url, params={"limit": 10, "before": numbers[2]})).json()
    assert [message["text"] for message in earlier["messages"]] == ["0", "1"]
    assert (await town.http.get(f"/api/users/{anna.id}/events", params={"after": page["seq"]})).json()["events"] == []


async def test_wrong_requests_are_refused_by_name(town: Town, sandbox: Sandbox) -> None:
    sandbox.files.limit = 1000
    anna = await town.person()
    for method, path, body, status, field in WRONG:
        content = body
        if isinstance(body, dict):
            content = json.dumps(body).replace('"BOT"', str(town.bots[0])).encode()
        url = path.replace("ANNA", str(anna.id)).replace("BOT", str(town.bots[0]))
        answer = await town.http.request(method, url, content=content)
        assert (path, body, answer.status_code, answer.json()["field"]) == (path, body, status, field)
        assert answer.json()["error"]


async def test_the_largest_size_of_a_file_is_told(town: Town, sandbox: Sandbox) -> None:
    assert (await town.http.get("/api/files")).json() == {"limit": sandbox.files.limit}


async def test_media_as_its_sender_sees_it(town: Town) -> None:
    anna = await town.person()
    item = {"kind": "video", "data": base64.b64encode(b"moving").decode(), "file_name": "a.mp4", "width": 64, "height": 48}
    entities = [{"type": "bold", "offset": 0, "length": 4}]
    number = (await anna.does("messages", bot=town.bots[0], media={**item, "caption": "look", "entities": entities}))[
        "message_id"
    ]
    message = await anna.sees_number(number)
    assert message["media"] == {
        "kind": "video",
        "file_unique_id": sha256(b"moving").hexdigest()[:32],
        "size": 6,
        "mime_type": "video/mp4",
        "spoiler": False,
        "file_name": "a.mp4",
        "width": 64,
        "height": 48,
    }
    assert (message["text"], message["caption"], message["album_id"]) == ("", "look", None)
    assert message["entities"] == entities


async def test_bytes_are_served_with_their_type_and_in_ranges(town: Town) -> None:
    anna = await town.person()
    page = {"kind": "document", "data": base64.b64encode(b"<script>").decode(), "file_name": "page.html"}
    number = (await anna.does("messages", bot=town.bots[0], media=page))["message_id"]
    url = f"/api/files/{(await anna.sees_number(number))['media']['file_unique_id']}"
    whole = await town.http.get(url)
    assert (whole.content, whole.headers["content-type"].partition(";")[0]) == (b"<script>", "text/html")
    assert whole.headers["content-security-policy"] == "sandbox"
    piece = await town.http.get(url, headers={"Range": "bytes=1-3"})
    assert (piece.status_code, piece.content, piece.headers["content-range"]) == (206, b"scr", "bytes 1-3/8")
    assert (await town.http.get(url, headers={"Range": "bytes=-3"})).content == b"pt>"
    assert (await town.http.get(url, headers={"If-None-Match": whole.headers["etag"]})).status_code == 304
    assert (await town.http.get(url, headers={"Range": "bytes=99-"})).status_code == 416


async def test_a_type_that_is_none_is_served_as_bytes(town: Town) -> None:
    anna = await town.person()
    item = {"kind": "document", "data": "YQ==", "mime_type": "not a type\r\nX-Evil: 1"}
    number = (await anna.does("messages", bot=town.bots[0], media=item))["message_id"]
    answer = await town.http.get(f"/api/files/{(await anna.sees_number(number))['media']['file_unique_id']}")
    assert answer.headers["content-type"] == "application/octet-stream"


async def test_a_foreign_page_or_name_cannot_drive_the_world(town: Town) -> None:
    page = await town.http.post("/api/users", json={"name": "Eve"}, headers={"Origin": "https://evil.example"})
    name = await town.http.get("/api/users", headers={"Host": "evil.example"})
    broken = await town.http.get("/api/users", headers={"Host": "[::"})
    for answer in (page, name, broken):
        assert (answer.status_code, answer.json()["field"]) == (403, "host")
    with pytest.raises(InvalidStatus):
        async with connect(f"{_socket(town)}/api/live", origin="https://evil.example"):
            pass


async def test_the_phones_page_is_served(town: Town) -> None:
    page = await town.http.get("/")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")


async def test_one_socket_watches_many_phones_and_catches_up(town: Town) -> None:
    anna = await town.person("Anna")
    boris = await town.person("Boris")
    await anna.says(town.bots[0], "before the socket")
    async with connect(f"{_socket(town)}/api/live") as socket:
        await socket.send(json.dumps({"watch": [anna.id, boris.id], "after": {str(anna.id): 0}}))
        first = json.loads(await socket.recv())
        assert (first["user"], first["message"]["text"]) == (anna.id, "before the socket")

        await boris.says(town.bots[0], "live")
        second = json.loads(await socket.recv())
        assert (second["user"], second["type"], second["message"]["text"]) == (boris.id, "message", "live")

        await socket.send(json.dumps({"watch": [boris.id]}))
        await socket.send(json.dumps({"watch": "everybody"}))
        assert json.loads(await socket.recv())["type"] == "error"
        await anna.says(town.bots[0], "unwatched")
        await boris.says(town.bots[0], "watched")
        assert json.loads(await socket.recv())["message"]["text"] == "watched"


async def test_stats_count_calls_and_updates(town: Town) -> None:
    bot, anna = await town.chatting()
    await bot.send(anna.id, "one")
    await bot.send(anna.id, "two", reply_markup=T.ReplyKeyboardHide())
    stats = await town.stats()
    assert (stats["updates"], stats["calls"]["messages.SendMessage"], stats["floods"]) == (1, 2, 0)
    assert stats["bots"][str(town.bots[0])]["online"] == 1


def _socket(town: Town) -> str:
    return str(town.http.base_url).replace("http", "ws", 1).rstrip("/")
