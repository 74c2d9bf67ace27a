"""Acts that need a fresh answer in Telegram besides the login (`domain.panel.roles.STEP_UP`).

An operation calls `StepUp.require` before it does anything. The first request is refused with the code `answer` and a number; the
bot asks for that number. Once it was pressed there, the same request again is done, once.
"""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from domain.panel.login import Client
from domain.panel.roles import STEP_UP
from domain.ports.panel import Answers, Wanted
from web.access.viewer import Viewer
from web.api.errors import Refused

BY_PEOPLE = frozenset({"admins.write", "tokens.write"})
"""Acts that no token may do."""


class AnswerNeeded(msgspec.Struct, frozen=True, kw_only=True):
    """`now` of the error: what the page shows meanwhile."""

    reference: str
    """Of `GET /api/answers/{reference}`."""
    number: int
    """To be pressed in Telegram."""
    expires_in: float
    """Seconds."""


class StepUp:
    def __init__(self, answers: Answers) -> None:
        self._answers = answers

    async def require(self, viewer: Viewer, act: str, words: str, *what: Any) -> None:
        """Raises `Refused` until the person has agreed. `words`: what is asked, such as "Remove the bot @ruby_bot". `what`: all
        that the act depends on, as JSON can say it: the answer is good for nothing else.

        A token, and whoever logged in by a link of the machine, are not asked: they have no Telegram, and come from the machine.
        """
        if act not in STEP_UP:
            raise ValueError(f"{act} needs no answer")
        if viewer.token and act in BY_PEOPLE:
            raise Refused("forbidden", "Only a person may do that: whoever steals a token could use it to stay.")
        if viewer.token:
            return
        client = Client(address=viewer.address, browser=viewer.browser)
        needed = await self._answers.spend(Wanted(session=viewer.session, act=words, digest=digest_of(act, *what), client=client))
        if needed is not None:
            now = AnswerNeeded(reference=needed.reference, number=needed.number, expires_in=needed.expires_in)
            raise Refused("answer", f"A bot asks you in Telegram. Press {needed.number} there, then send this again.", now=now)


def digest_of(act: str, *what: Any) -> str:
    return hashlib.sha256(msgspec.json.encode([act, *what], order="sorted")).hexdigest()
