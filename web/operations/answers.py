"""How far an answer in Telegram is that an act waits for (`web/access/step_up.py`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import msgspec
from msgspec import Meta

from domain.panel.login import State
from domain.ports.panel import Answers
from web.access.viewer import Viewer
from web.api.operation import operation

Reference = Annotated[str, Meta(pattern="^[0-9a-f]{16}$", max_length=16)]


class AnswerState(msgspec.Struct, frozen=True, kw_only=True):
    state: State
    """`expired` also where it was refused, or was used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAnswers:
    answers: Answers

    @operation("GET", "/api/answers/{reference}", act="own_sessions.read")
    async def read_answer(self, viewer: Viewer, reference: Reference) -> AnswerState:
        """Whether the person has agreed. Another session's answer reads as expired."""
        return AnswerState(state=await self.answers.state(reference, viewer.session))
