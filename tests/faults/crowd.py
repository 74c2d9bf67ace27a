"""People who talk all the time: in pairs, in numbered messages, and every one of them is accounted for (`bench.audit`).

They do as people do: register, find somebody, talk, try again when told that there is trouble, search again when the chat is
over. Others only come and go: they search, meet and leave.
"""

from __future__ import annotations

import asyncio
import json
import random
from asyncio import Task
from typing import Any

import httpx
from websockets.asyncio.client import connect

from bench.audit import FREE, WAITING, Audit, Place

TALKERS, WALKERS = "25", "15"
"""Their ages: grown-ups and minors never meet, so nobody who walks about takes a talker's partner."""
AGAIN_SECONDS = 1.0
INSISTS_SECONDS = 5.0
PATIENCE = 60.0

NOT_DELIVERED = ("Not delivered", "trouble right now", "something went wrong", "A little slower")
OVER = ("Your partner", "The chat has ended", "has ended", "search was interrupted", "Nobody right now")


class Phone:
    def __init__(self, crowd: Crowd, user: int, bot: str, age: str) -> None:
        self.user = user
        self.bot = bot
        self.age = age
        self.place: Place = FREE
        self.met = False
        """In a chat; `place` is the partner once their first word came."""
        self.told: list[str] = []
        self._crowd = crowd
        self.registered = False

    @property
    def walks(self) -> bool:
        return self.age == WALKERS

    async def says(self, text: str) -> None:
        await self._crowd.post(self.user, "messages", {"bot": self.bot, "text": text})

    async def speaks(self) -> None:
        await self.says(self._crowd.audit.says(self.user))

    async def hears(self, message: dict[str, Any]) -> None:
        text = message.get("text", "")
        speaker = self._crowd.audit.hears(self.user, text)
        if speaker is not None:
            self.place = speaker
            return
        self.told.append(text)
        if not self.registered:
            await self._registers(text, message)
        elif "Partner found" in text:
            self.met, self.place = True, FREE
        elif "Looking for" in text or "already searching" in text or "Still searching" in text:
            self.met, self.place = False, WAITING
        elif any(words in text for words in NOT_DELIVERED):
            await self._misfortune()
        elif any(words in text for words in (*OVER, "You left", "cancelled", "not in a chat", "Done:")):
            await self._is_alone(text)

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
        if heard == len(self.told) and self._crowd.lively and not self.met and self.place == FREE:
            await self.says("/find" if self.registered else "/start")

    async def _misfortune(self) -> None:
        if self.met and not self.walks:
            self._crowd.audit.is_told(self.user)
        elif not self.met and self._crowd.lively:
            self._crowd.later(self._tries_again())

    async def _tries_again(self) -> None:
        await asyncio.sleep(AGAIN_SECONDS)
        if not self.met:
            await self.says("/find")

    async def _is_alone(self, text: str) -> None:
        self.met, self.place = False, FREE
        if not self.walks and any(words in text for words in OVER) and self._crowd.lively:
            await self.says("/find")


class Crowd:
    """`pairs` who talk, and `walkers` who come and go, spread over the bots."""

    def __init__(self, url: str, *, pairs: int, walkers: int = 0, pause: float = 0.5) -> None:
        self.audit = Audit()
        self.lively = True
        self.phones: dict[int, Phone] = {}
        self._size = (2 * pairs, walkers)
        self._pause = pause
        self._url = url
        self._http = httpx.AsyncClient(base_url=url, timeout=30.0)
        self._seen: dict[int, int] = {}
        self._tasks: set[Task[None]] = set()
        self._failed: list[BaseException] = []

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
        await self.until(lambda: all(phone.place in self.phones for phone in self._talkers))
        return self

    async def rests(self) -> None:
        """Everybody falls silent, who walks about stops, and what is under way arrives or is given up."""
        self.lively = False
        await asyncio.gather(*(phone.says("/stop") for phone in self.phones.values() if phone.walks))
        try:
            await self.until(lambda: not self.audit.under_way and all(phone.place == FREE for phone in self._walkers))
        except TimeoutError:
            return  # the audit tells

    def goes_on(self) -> None:
        self.lively = True

    async def until(self, true: Any, seconds: float = PATIENCE) -> None:
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
    def places(self) -> dict[int, Place]:
        """As their phones show it."""
        return {user: phone.place for user, phone in self.phones.items()}

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
            if self.lively and phone.met:
                await phone.speaks()

    async def _insists(self, phone: Phone) -> None:
        while not (phone.walks and phone.registered):
            await phone.insists()

    async def _walks(self, phone: Phone) -> None:
        while True:
            await asyncio.sleep(self._pause * random.uniform(2.0, 6.0))
            if self.lively and phone.registered:
                await phone.says(random.choice(("/find", "/find", "/next", "/stop")))

    def _ended(self, task: Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._failed.append(error)

    def _complain(self) -> None:
        if self._failed:
            raise self._failed[0]
