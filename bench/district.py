"""A district: a separate sandbox process with bots and people, so that several workers do not share one sandbox.

    python -m bench.district '{"folder", "number", "bots", "people"}'

Orders are JSON lines on standard input, each answered by one line: `{"do": "greet" | "find" | "met" | "talk" | "tally", …}`. The
process ends when standard input is closed or the bench ends. Ids differ between districts, so chats may cross between them.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

import uvloop

from bench.chatters import Phone
from control.orphans.watch import leave_with
from transport.sandbox.server import Sandbox
from transport.sandbox.world.model import User

Json = dict[str, Any]
HANDSHAKE_SECONDS = 30.0


class District:
    """Person i writes to bot i modulo `bots`."""

    def __init__(self, sandbox: Sandbox, *, number: int, bots: int, people: int) -> None:
        for other in range(number * people):
            sandbox.world.add_user(f"Lives elsewhere {other}")
        for other in range(number * bots):
            sandbox.world.add_bot(f"elsewhere_{other}_bot", "Elsewhere")
        self._sandbox = sandbox
        self.bots = [sandbox.world.add_bot(f"district_{number}_{each}_bot", "Bench") for each in range(bots)]
        self._people = [sandbox.world.add_user(f"Person {each}") for each in range(people)]
        self._bot_of = {user.id: self.bots[each % bots] for each, user in enumerate(self._people)}
        self._phones = [Phone(sandbox, user, self._hear) for user in self._people]
        self._told = {user.id: asyncio.Event() for user in self._people}
        """Set when the bot says that the user is registered, searches, or is in a chat."""
        self._answer_until = self._last = 0.0
        self._said = self._heard = 0

    async def obey(self, order: Json) -> Json:
        match order["do"]:
            case "greet":
                return await self._all_register()
            case "find":
                return await self._find(self._people[order["person"]])
            case "met":
                return await self._told_so(self._people[order["person"]])
            case "talk":
                return self._talk(order["people"], order["seconds"])
            case "tally":
                return {"said": self._said, "heard": self._heard, "last": self._last}
        raise ValueError(f"unknown order {order}")

    async def _all_register(self) -> Json:
        for user in self._people:
            self._say(user, "/start")
        for user in self._people:
            await self._told_so(user)
        gc.collect()
        gc.freeze()  # as the sandbox's own process does
        return {}

    async def _find(self, user: User) -> Json:
        self._say(user, "/find")
        return await self._told_so(user)

    async def _told_so(self, user: User) -> Json:
        try:
            await asyncio.wait_for(self._told[user.id].wait(), HANDSHAKE_SECONDS)
        except TimeoutError:
            bot = self._bot_of[user.id]
            said = [message.text for message in self._sandbox.mailbox.history(user.id, bot.id, 3, 1 << 31)]
            raise RuntimeError(f"person {user.id} of @{bot.username} was last told {said}") from None
        self._told[user.id].clear()
        return {}

    def _talk(self, people: list[int], seconds: float) -> Json:
        """These people write a message now, and answer every message that arrives within `seconds`."""
        self._said = self._heard = 0
        self._answer_until = perf_counter() + seconds
        for each in people:
            self._chat(self._people[each])
        return {}

    def _chat(self, user: User) -> None:
        self._said += 1
        self._say(user, f"message {self._said}")

    def _say(self, user: User, text: str) -> None:
        self._sandbox.people.say(user, self._bot_of[user.id], text)

    def _hear(self, user: User, message: Json) -> None:
        said: str = message["text"]
        if said.startswith("message "):
            self._heard += 1
            self._last = perf_counter()
            if self._last < self._answer_until:
                self._chat(user)
        elif "gender" in said:
            self._sandbox.people.press(user, self._bot_of[user.id], "Female", message["id"])
        elif "old are you" in said:
            self._say(user, "25")
        elif any(words in said for words in ("Saved", "Looking", "Partner found")):
            self._told[user.id].set()


async def serve(order: Json) -> None:
    async with Sandbox(Path(order.pop("folder"))) as sandbox:
        district = District(sandbox, **order)
        answer: Json = {**sandbox.endpoint, "tokens": [bot.token for bot in district.bots]}
        print(json.dumps(answer), flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            answer = await district.obey(json.loads(line))
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    leave_with(os.getppid())
    uvloop.run(serve(json.loads(sys.argv[1])))
