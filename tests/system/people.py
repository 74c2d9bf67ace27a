"""People of a test and their phones: they say, send, press, edit, block and hear."""

from __future__ import annotations

import asyncio
import base64
import itertools
from collections.abc import Callable
from typing import Any

from tests.system.house import House

HEARS_WITHIN = 30.0
"""Seconds. A busy machine is slow; where all is well, nobody waits so long."""
Message = dict[str, Any]
_numbers = itertools.count(1)


class Person:
    """One person. Events are kept in order; `hears` finds the next one that fits, after the last that was found."""

    def __init__(self, house: House, user: int, bot: str) -> None:
        self._house = house
        self.id = user
        self.bot = bot
        self.events: list[dict[str, Any]] = []
        self._next = 0
        self._heard = 0
        self.away = False
        """They have blocked the bot."""

    async def says(self, text: str, *, to: str | None = None, reply_to: int | None = None, **more: Any) -> int:
        body = {"bot": to or self.bot, "text": text, **more}
        if reply_to is not None:
            body["reply_to"] = reply_to
        return int((await self._post("messages", body))["message_id"])

    async def sends(self, kind: str, data: bytes, *, reply_to: int | None = None, **media: Any) -> int:
        """A file; `media`: caption, spoiler, file_name and so on."""
        body: dict[str, Any] = {"bot": self.bot, "media": file(kind, data, **media)}
        if reply_to is not None:
            body["reply_to"] = reply_to
        return int((await self._post("messages", body))["message_id"])

    async def sends_album(self, *items: dict[str, Any]) -> list[int]:
        return list((await self._post("messages", {"bot": self.bot, "album": list(items)}))["message_ids"])

    async def does(self, **what: Any) -> int:
        """poll, dice, contact or location."""
        return int((await self._post("messages", {"bot": self.bot, **what}))["message_id"])

    async def changes(self, message: int, **what: Any) -> None:
        """caption or media."""
        await self._post("edit", {"bot": self.bot, "message_id": message, **what})

    async def sees(self, kind: str, *, of: str = "message", within: float = HEARS_WITHIN) -> Message:
        """The next message from a bot with content of that kind."""
        return await self._wait_for(lambda event: (event["message"].get("media") or {}).get("kind") == kind, of, within, kind)

    async def sees_content(self, message: Message) -> bytes:
        answer = await self._house.http.get(f"/api/files/{message['media']['file_unique_id']}")
        assert answer.status_code == 200, answer.text
        return answer.content

    async def presses(self, button: str, message: int | None = None) -> None:
        body: dict[str, Any] = {"bot": self.bot, "button": button}
        if message is not None:
            body["message_id"] = message
        await self._post("press", body)

    async def edits(self, message: int, text: str, **more: Any) -> None:
        await self._post("edit", {"bot": self.bot, "message_id": message, "text": text, **more})

    async def deletes(self, message: int) -> None:
        """For both sides of this person's chat with the bot."""
        await self._post("delete", {"bot": self.bot, "message_id": message})

    async def blocks(self) -> None:
        await self._post("block", {"bot": self.bot})
        self.away = True

    async def unblocks(self) -> None:
        await self._post("unblock", {"bot": self.bot})
        self.away = False

    async def hears(self, text: str, *, kind: str = "message", within: float = HEARS_WITHIN, bot: str | None = None) -> Message:
        """The next message from a bot that contains `text`. `kind`: "message" or "edit"; `within`: seconds."""
        return await self._wait_for(lambda event: text in _text(event) and bot in {None, event["bot"]}, kind, within, text)

    async def _wait_for(self, wanted: Callable[[dict[str, Any]], bool], kind: str, within: float, what: str) -> Message:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within
        while True:
            while self._heard < len(self.events):
                event = self.events[self._heard]
                self._heard += 1
                if event["type"] == kind and not _own(event) and wanted(event):
                    message: Message = event.get("message") or event
                    return message
            left = deadline - loop.time()
            if left <= 0:
                raise AssertionError(f"never heard {what!r}, but: {self.said_to[-12:]}\n{self._house.log}")
            await self._listen(min(left, 5.0))

    async def listens(self, seconds: float = 0.0) -> None:
        """Read the events until now, and those of the next `seconds`."""
        await self._listen(seconds)

    @property
    def said_to(self) -> list[str]:
        """The texts of all messages from bots, in order."""
        return [_text(event) for event in self.events if event["type"] == "message" and not _own(event)]

    async def _listen(self, wait: float) -> None:
        path = f"/api/users/{self.id}/events"
        answer = await self._house.http.get(path, params={"after": self._next, "wait": wait})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        self.events += page["events"]
        self._next = page["next"]

    async def _post(self, what: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = await self._house.http.post(f"/api/users/{self.id}/{what}", json=body)
        assert answer.status_code < 300, f"{what} {body}: {answer.status_code} {answer.text}\n{self._house.log}"
        result: dict[str, Any] = answer.json() or {}
        return result


class Town:
    """The people of one sandbox."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.bots: list[str] = []
        self._people: list[Person] = []

    async def goes_home(self) -> None:
        """Everybody leaves their search or chat, so that the next test meets nobody."""
        await asyncio.gather(*(person.says("/stop") for person in self._people if not person.away))

    async def person(self, *, bot: int = 0, name: str = "", username: str = "") -> Person:
        """Somebody who has not written to any bot yet."""
        if not self.bots:
            self.bots = [each["username"] for each in (await self.house.http.get("/api/bots")).json()]
        answer = await self.house.http.post("/api/users", json={"name": name or f"Person {next(_numbers)}", "username": username})
        assert answer.status_code < 300, answer.text
        person = Person(self.house, answer.json()["id"], self.bots[bot])
        self._people.append(person)
        return person

    async def registered(self, *, bot: int = 0, gender: str = "Female", age: str = "25", username: str = "") -> Person:
        person = await self.person(bot=bot, username=username)
        await person.says("/start")
        question = await person.hears("gender")
        await person.presses(gender, question["id"])
        await person.hears("old are you")
        await person.says(age)
        await person.hears("Saved")
        return person

    async def chatting(self, *, bots: tuple[int, int] = (0, 0), age: str = "25") -> tuple[Person, Person]:
        return await meet(*await self.couple(bots=bots, age=age))

    async def couple(self, *, bots: tuple[int, int] = (0, 0), age: str = "25") -> tuple[Person, Person]:
        """Two registered people who are not in a chat yet."""
        return await asyncio.gather(self.registered(bot=bots[0], age=age), self.registered(bot=bots[1], gender="Male", age=age))


async def meet(anna: Person, boris: Person) -> tuple[Person, Person]:
    await anna.says("/find")
    await anna.hears("Looking")
    await boris.says("/find")
    await asyncio.gather(anna.hears("Partner found"), boris.hears("Partner found"))
    return anna, boris


async def talk(speaker: Person, start: int, end: int) -> None:
    """Say "number 00" and so on, from `start` to before `end`."""
    for number in range(start, end):
        await speaker.says(f"number {number:02}")


def numbers(listener: Person) -> list[str]:
    """The messages of `talk` that they have heard."""
    return [text for text in listener.said_to if text.startswith("number")]


def file(kind: str, data: bytes, **media: Any) -> dict[str, Any]:
    return {"kind": kind, "data": base64.b64encode(data).decode(), **media}


def _own(event: dict[str, Any]) -> bool:
    return bool(event.get("message") and event["message"].get("out"))


def _text(event: dict[str, Any]) -> str:
    message = event.get("message") or {}
    return str(event.get("text") or message.get("text") or message.get("caption") or "")
