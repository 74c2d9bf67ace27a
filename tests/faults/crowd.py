"""Crowd: people who talk all the time. Each message has a number, by which `bench.audit` accounts for it.

Talkers talk in pairs. They register, find somebody, talk, try again when told that there is trouble, and search again when the
chat has ended. Walkers search, meet somebody and leave. Lockers lock their chat (`tests.faults.lockers`).
"""

from __future__ import annotations

import asyncio
import base64
import json
import random
import secrets
from asyncio import Task
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx
from websockets.asyncio.client import connect

from bench.audit import Audit
from bench.limbo import FREE, Place
from bench.screen import Screen, Sign
from tests.faults.lockers import Locker, Lockers

TALKERS, WALKERS = "25", "15"
"""Ages of talkers and of walkers: adults and minors never meet, so no walker takes a talker's partner."""
AGAIN_SECONDS = 1.0
RETRY_SECONDS = 5.0
PATIENCE = 60.0


class Phone:
    def __init__(self, crowd: Crowd, user: int, bot: str, age: str) -> None:
        self.user = user
        self.bot = bot
        self.age = age
        self.screen = Screen(user, crowd.audit)
        self.received = 0
        """Messages of others."""
        self.told: list[str] = []
        """Texts of the bot itself."""
        self.registered = False
        self._crowd = crowd
        self._sending = asyncio.Lock()

    @property
    def walks(self) -> bool:
        return self.age == WALKERS

    @property
    def _seeks(self) -> bool:
        return self._crowd.lively and (self._crowd.walking or not self.walks)

    async def says(self, text: str) -> None:
        """One message after the other."""
        async with self._sending:
            await self._crowd.post(self.user, "messages", {"bot": self.bot, "text": text})

    async def speaks(self) -> None:
        await self.says(self._crowd.audit.says(self.user))

    async def shows_a_picture(self) -> None:
        """A new picture with the mark as its caption."""
        async with self._sending:
            data = base64.b64encode(secrets.token_bytes(3000)).decode()
            mark = self._crowd.audit.says(self.user)
            self._crowd.pictures.add(mark)
            media = {"kind": "photo", "data": data, "caption": mark}
            await self._crowd.post(self.user, "messages", {"bot": self.bot, "media": media})

    async def hears(self, message: dict[str, Any]) -> None:
        text = message.get("text") or message.get("caption") or ""
        sign = self.screen.shows(text)
        if sign is Sign.MESSAGE:
            self.received += 1
            return
        self.told.append(text)
        if not self.registered:
            await self._registers(text, message)
        elif sign is Sign.FOUND and self.walks and not self._crowd.audit.is_leaving(self.user):
            await self.speaks()
        elif sign is Sign.NOT_DELIVERED:
            await self._not_delivered()
        elif sign is Sign.ENDED and not self.walks and self._crowd.lively:
            await self.says("/find")

    async def _registers(self, text: str, message: dict[str, Any]) -> None:
        if "gender" in text and "profile" not in text:
            body = {"bot": self.bot, "button": random.choice(("Female", "Male")), "message_id": message["id"]}
            await self._crowd.post(self.user, "press", body)
        elif "old are you" in text:
            await self.says(self.age)
        elif "Saved" in text:
            self.registered = True
            await self.says("/find")

    async def retries(self) -> None:
        """Whoever got no answer for `RETRY_SECONDS` begins again."""
        heard = len(self.told)
        await asyncio.sleep(RETRY_SECONDS)
        if heard == len(self.told) and self._seeks and self.screen.place == FREE:
            await self.says("/find" if self.registered else "/start")

    async def _not_delivered(self) -> None:
        if self.screen.chats:
            self._crowd.audit.is_told(self.user)
        elif self._seeks:
            self._crowd.later(self._tries_again())

    async def _tries_again(self) -> None:
        await asyncio.sleep(AGAIN_SECONDS)
        if not self.screen.chats:
            await self.says("/find")


class Crowd:
    """`pairs` who talk, and `walkers` who come and go, spread over the bots."""

    def __init__(self, url: str, *, pairs: int, walkers: int = 0, pause: float = 0.5, pictures: float = 0.0) -> None:
        """`pause`: seconds between messages of a talker. `pictures`: the share of pictures among them."""
        self.lockers = Lockers()
        self.audit = Audit()
        self.lively = True
        self.walking = True
        self.phones: dict[int, Phone] = {}
        self._size = (2 * pairs, walkers)
        self._pause = pause
        self.pictures: set[str] = set()
        """Marks of the pictures that were sent."""
        self._share_of_pictures = pictures
        self._url = url
        self._http = httpx.AsyncClient(base_url=url, timeout=30.0)
        self._tasks: set[Task[None]] = set()
        self._failed: list[BaseException] = []
        self._random = random.Random()
        self._couples: dict[int, Place] = {}

    async def gathers(self) -> Crowd:
        """Return once all talkers are in chats."""
        self._bots = [bot["username"] for bot in (await self._http.get("/api/bots")).json()]
        for age in [TALKERS] * self._size[0] + [WALKERS] * self._size[1]:
            await self._joins(age)
        self.later(self._listens([*self.phones]))
        for phone in self.phones.values():
            await phone.says("/start")
            self.later(self._walks(phone) if phone.walks else self._talks(phone))
            self.later(self._retries(phone))
        await self.until(lambda: all(place in self.phones for place in self._partners().values()))
        self._couples = self._partners()
        return self

    async def is_joined_by_lockers(self) -> list[int]:
        """Two people who meet each other, since all others are in chats. They lock once `lock` is called. Returns their ids."""
        phones = [await self._joins(TALKERS) for _ in range(2)]
        self.lockers.all = {phone.user: Locker(self, phone) for phone in phones}
        self.later(self._listens([*self.lockers.all]))
        for phone in phones:
            await phone.says("/start")
            self.later(self._retries(phone))
        await self.until(lambda: all(phone.screen.chats for phone in phones))
        return [*self.lockers.all]

    def lock(self, credits_: int) -> None:
        """The lockers have so many credits each, and begin."""
        for locker in self.lockers.all.values():
            locker.purse.receives(credits_)
            self.later(locker.locks())

    async def falls_silent(self) -> None:
        """Send nothing more, and wait until messages have arrived and commands are answered. Chats stay as they are."""
        self.lively = False
        with suppress(TimeoutError):
            await self.until(lambda: not (self.audit.under_way or self.unanswered) and self.lockers.settled)

    async def rests(self) -> None:
        """Fall silent, and let walkers leave their searches and chats."""
        await self.falls_silent()
        await self.walkers_leave()

    async def walkers_leave(self) -> None:
        """Let walkers leave their searches and chats, and begin none."""
        self.walking = False
        await self.until(lambda: not any(phone.screen.unanswered for phone in self._walkers))
        await asyncio.gather(*(phone.says(phone.screen.asks("/stop")) for phone in self._walkers))
        await self.until(lambda: all(phone.screen.place == FREE for phone in self._walkers))

    async def talks_again(self) -> list[str]:
        """Let everybody talk again. Returns who gets no messages, or talks to somebody else than before."""
        before = {phone.user: phone.received for phone in self._talkers}
        self.goes_on()
        with suppress(TimeoutError):
            await self.until(lambda: all(phone.received > before[phone.user] for phone in self._talkers))
        couples, self._couples = self._couples, self._partners()
        silent = [f"{phone.user} hears nobody" for phone in self._talkers if phone.received == before[phone.user]]
        moved = [f"{user} was with {couples[user]}, now {now}" for user, now in self._couples.items() if now != couples[user]]
        return silent + moved

    def goes_on(self) -> None:
        self.lively = self.walking = True

    async def until(self, true: Callable[[], bool], seconds: float = PATIENCE) -> None:
        """Raises TimeoutError, or an error of the crowd itself."""
        async with asyncio.timeout(seconds):
            while not true():
                self._raise_failures()
                await asyncio.sleep(0.05)

    async def goes_home(self) -> None:
        self.lively = False
        for task in [*self._tasks]:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._http.aclose()
        self._raise_failures()

    @property
    def unanswered(self) -> dict[int, str]:
        """Commands without an answer, by user."""
        return {user: phone.screen.unanswered for user, phone in self.phones.items() if phone.screen.unanswered}

    @property
    def places(self) -> dict[int, Place]:
        """Where everybody is, as their phones show it."""
        return {user: phone.screen.place for user, phone in self.phones.items()}

    def later(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def post(self, user: int, what: str, body: dict[str, Any]) -> None:
        answer = await self._http.post(f"/api/users/{user}/{what}", json=body)
        assert answer.status_code < 300, f"{what} {body}: {answer.text}"

    @property
    def _talkers(self) -> list[Phone]:
        return [phone for phone in self.phones.values() if not (phone.walks or phone.user in self.lockers.all)]

    def _partners(self) -> dict[int, Place]:
        return {phone.user: phone.screen.place for phone in self._talkers}

    @property
    def _walkers(self) -> list[Phone]:
        return [phone for phone in self.phones.values() if phone.walks]

    async def _joins(self, age: str) -> Phone:
        number = len(self.phones)
        user = (await self._http.post("/api/users", json={"name": f"Crowd {number}"})).json()["id"]
        phone = self.phones[user] = Phone(self, user, self._bots[number % len(self._bots)], age)
        return phone

    async def _listens(self, users: list[int]) -> None:
        async with connect(f"{self._url.replace('http', 'ws', 1)}/api/live", max_size=None) as live:
            await live.send(json.dumps({"watch": users, "after": dict.fromkeys(map(str, users), 0)}))
            async for line in live:
                event = json.loads(line)
                message = event.get("message")
                if message and message["out"]:
                    continue
                if event["type"] == "message" and message:
                    await self.phones[event["user"]].hears(message)
                if (locker := self.lockers.all.get(event["user"])) is not None:
                    locker.sees(event)

    async def _talks(self, phone: Phone) -> None:
        while True:
            await asyncio.sleep(self._pause * random.uniform(0.5, 1.5))
            if self.lively and phone.screen.chats:
                await (phone.shows_a_picture() if self._random.random() < self._share_of_pictures else phone.speaks())

    async def _retries(self, phone: Phone) -> None:
        while not (phone.walks and phone.registered):
            await phone.retries()

    async def _walks(self, phone: Phone) -> None:
        while True:
            await asyncio.sleep(self._pause * random.uniform(2.0, 6.0))
            if self.lively and self.walking and phone.registered and (command := phone.screen.walks(self._random)):
                await phone.says(command)

    def _ended(self, task: Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._failed.append(error)

    def _raise_failures(self) -> None:
        if self._failed:
            raise self._failed[0]
