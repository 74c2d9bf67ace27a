"""People who talk all the time: in pairs, in numbered messages, and every one of them is accounted for (`bench.audit`).

They do as people do: register, find somebody, talk, try again when told that there is trouble, search again when the chat is
over. Others only come and go: they search, meet and leave.
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

TALKERS, WALKERS = "25", "15"
"""Their ages: grown-ups and minors never meet, so nobody who walks about takes a talker's partner."""
AGAIN_SECONDS = 1.0
INSISTS_SECONDS = 5.0
PATIENCE = 60.0


class Phone:
    def __init__(self, crowd: Crowd, user: int, bot: str, age: str) -> None:
        self.user = user
        self.bot = bot
        self.age = age
        self.screen = Screen(user, crowd.audit)
        self.words = 0
        """Heard."""
        self.told: list[str] = []
        """All else."""
        self.registered = False
        self._crowd = crowd
        self._hand = asyncio.Lock()

    @property
    def walks(self) -> bool:
        return self.age == WALKERS

    @property
    def _seeks(self) -> bool:
        return self._crowd.lively and (self._crowd.walking or not self.walks)

    async def says(self, text: str) -> None:
        """One thing after the other."""
        async with self._hand:
            await self._crowd.post(self.user, "messages", {"bot": self.bot, "text": text})

    async def speaks(self) -> None:
        await self.says(self._crowd.audit.says(self.user))

    async def shows_a_picture(self) -> None:
        """One that nobody has seen before; its caption is the mark."""
        async with self._hand:
            data = base64.b64encode(secrets.token_bytes(3000)).decode()
            mark = self._crowd.audit.says(self.user)
            self._crowd.pictures.add(mark)
            media = {"kind": "photo", "data": data, "caption": mark}
            await self._crowd.post(self.user, "messages", {"bot": self.bot, "media": media})

    async def hears(self, message: dict[str, Any]) -> None:
        text = message.get("text") or message.get("caption") or ""
        sign = self.screen.shows(text)
        if sign is Sign.MESSAGE:
            self.words += 1
            return
        self.told.append(text)
        if not self.registered:
            await self._registers(text, message)
        elif sign is Sign.FOUND and self.walks and not self._crowd.audit.is_leaving(self.user):
            await self.speaks()
        elif sign is Sign.NOT_DELIVERED:
            await self._misfortune()
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

    async def insists(self) -> None:
        """Whoever got no answer that leads on begins again."""
        heard = len(self.told)
        await asyncio.sleep(INSISTS_SECONDS)
        if heard == len(self.told) and self._seeks and self.screen.place == FREE:
            await self.says("/find" if self.registered else "/start")

    async def _misfortune(self) -> None:
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
        """`pictures`: what share of that which talkers say."""
        self.audit = Audit()
        self.lively = True
        self.walking = True
        self.phones: dict[int, Phone] = {}
        self._size = (2 * pairs, walkers)
        self._pause = pause
        self.pictures: set[str] = set()
        """The marks of those that were shown."""
        self._share_of_pictures = pictures
        self._url = url
        self._http = httpx.AsyncClient(base_url=url, timeout=30.0)
        self._tasks: set[Task[None]] = set()
        self._failed: list[BaseException] = []
        self._luck = random.Random()
        self._couples: dict[int, Place] = {}

    async def gathers(self) -> Crowd:
        """Returns when all talkers talk."""
        bots = [bot["username"] for bot in (await self._http.get("/api/bots")).json()]
        ages = [TALKERS] * self._size[0] + [WALKERS] * self._size[1]
        for number, age in enumerate(ages):
            answer = await self._http.post("/api/users", json={"name": f"Crowd {number}"})
            user = answer.json()["id"]
            self.phones[user] = Phone(self, user, bots[number % len(bots)], age)
        self.later(self._listens())
        for phone in self.phones.values():
            await phone.says("/start")
            self.later(self._walks(phone) if phone.walks else self._talks(phone))
            self.later(self._insists(phone))
        await self.until(lambda: all(place in self.phones for place in self._partners().values()))
        self._couples = self._partners()
        return self

    async def falls_silent(self) -> None:
        """What is under way arrives and what was asked is answered, or it is given up. Everybody stays where they are."""
        self.lively = False
        with suppress(TimeoutError):
            await self.until(lambda: not (self.audit.under_way or self.unanswered))

    async def rests(self) -> None:
        """Silent, and who walks about is nowhere."""
        await self.falls_silent()
        await self.sits_down()

    async def sits_down(self) -> None:
        """Who walks about is nowhere, and stays there."""
        self.walking = False
        await self.until(lambda: not any(phone.screen.unanswered for phone in self._walkers))
        await asyncio.gather(*(phone.says(phone.screen.asks("/stop")) for phone in self._walkers))
        await self.until(lambda: all(phone.screen.place == FREE for phone in self._walkers))

    async def talks_again(self) -> list[str]:
        """Everybody talks, after a silence. Who hears nothing, or is with somebody else than before."""
        before = {phone.user: phone.words for phone in self._talkers}
        self.goes_on()
        with suppress(TimeoutError):
            await self.until(lambda: all(phone.words > before[phone.user] for phone in self._talkers))
        couples, self._couples = self._couples, self._partners()
        deaf = [f"{phone.user} hears nobody" for phone in self._talkers if phone.words == before[phone.user]]
        moved = [f"{user} was with {couples[user]}, now {now}" for user, now in self._couples.items() if now != couples[user]]
        return deaf + moved

    def goes_on(self) -> None:
        self.lively = self.walking = True

    async def until(self, true: Callable[[], bool], seconds: float = PATIENCE) -> None:
        """Raises TimeoutError, or what went wrong with the crowd itself."""
        async with asyncio.timeout(seconds):
            while not true():
                self._complain()
                await asyncio.sleep(0.05)

    async def goes_home(self) -> None:
        self.lively = False
        for task in [*self._tasks]:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._http.aclose()
        self._complain()

    @property
    def unanswered(self) -> dict[int, str]:
        """What walkers asked for."""
        return {user: phone.screen.unanswered for user, phone in self.phones.items() if phone.screen.unanswered}

    @property
    def places(self) -> dict[int, Place]:
        """As their phones show it."""
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
        return [phone for phone in self.phones.values() if not phone.walks]

    def _partners(self) -> dict[int, Place]:
        return {phone.user: phone.screen.place for phone in self._talkers}

    @property
    def _walkers(self) -> list[Phone]:
        return [phone for phone in self.phones.values() if phone.walks]

    async def _listens(self) -> None:
        async with connect(f"{self._url.replace('http', 'ws', 1)}/api/live", max_size=None) as live:
            await live.send(json.dumps({"watch": [*self.phones], "after": dict.fromkeys(map(str, self.phones), 0)}))
            async for line in live:
                event = json.loads(line)
                message = event.get("message")
                if event["type"] == "message" and message and not message["out"]:
                    await self.phones[event["user"]].hears(message)

    async def _talks(self, phone: Phone) -> None:
        while True:
            await asyncio.sleep(self._pause * random.uniform(0.5, 1.5))
            if self.lively and phone.screen.chats:
                await (phone.shows_a_picture() if self._luck.random() < self._share_of_pictures else phone.speaks())

    async def _insists(self, phone: Phone) -> None:
        while not (phone.walks and phone.registered):
            await phone.insists()

    async def _walks(self, phone: Phone) -> None:
        while True:
            await asyncio.sleep(self._pause * random.uniform(2.0, 6.0))
            if self.lively and self.walking and phone.registered and (command := phone.screen.walks(self._luck)):
                await phone.says(command)

    def _ended(self, task: Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._failed.append(error)

    def _complain(self) -> None:
        if self._failed:
            raise self._failed[0]
