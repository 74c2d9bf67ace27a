"""What an admin sends and presses at the bot, for the panel."""

from __future__ import annotations

import logging

from actors.session.data import SessionData
from actors.session.unit_of_work import UnitOfWork
from domain.ports.panel import NotAsked, Questions
from domain.session.effects import AnswerQuestion, AskLogin
from domain.session.facts import Hidden, LoginAsked, QuestionAnswered

admin_log = logging.getLogger("actors.admin.panel")


class Operators:
    def __init__(self, questions: Questions) -> None:
        self._questions = questions

    async def ask(self, me: SessionData, _unit: UnitOfWork, effect: AskLogin) -> LoginAsked | Hidden:
        outcome = await self._questions.ask(me.address, effect.code)
        if outcome is None:
            return Hidden(command=effect.command)
        what = f"wrong code, waits {outcome.wait:g} s" if isinstance(outcome, NotAsked) else f"question {outcome.reference}"
        admin_log.info("%s --Sent a code--> %s", me.address, what)
        return LoginAsked(command=effect.command, outcome=outcome)

    async def answer(self, me: SessionData, _unit: UnitOfWork, effect: AnswerQuestion) -> QuestionAnswered:
        outcome = await self._questions.answer(me.address, effect.reference, effect.number)
        if outcome is not None:
            admin_log.info("%s --Answered question %s--> %s", me.address, effect.reference, outcome.outcome)
        return QuestionAnswered(pressed=effect.pressed, outcome=outcome)
