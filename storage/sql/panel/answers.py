"""Acts that need a fresh answer in Telegram (domain.ports.panel.Answers). The outbox sends the question."""

from __future__ import annotations

from typing import Any

from domain.model.ids import Address, BotId, UserId
from domain.panel.login import LIFE, State, choices_of, new_reference, number_of
from domain.payments.sales import Owed
from domain.ports.panel import MACHINE, Needed, Wanted
from storage.sql.panel.desk import Desk, Turn, columns, shown

TEXT = "panel-act"


class SqlAnswers:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def spend(self, wanted: Wanted) -> Needed | None:
        """Whoever logged in by a link of the machine has no Telegram to be asked in, and could do it on the machine."""
        holder = f"{wanted.session}:{wanted.digest}"
        async with self._desk.transaction() as turn:
            if await turn.one("take_panel_question", holder=holder, now=turn.now):
                return None
            asked = await turn.one("find_panel_question", holder=holder, now=turn.now)
            if asked is None:
                whom = await turn.one("asks_panel_session", reference=wanted.session)
                if whom is None:
                    return Needed(reference="", number=0, expires_in=0.0)
                if whom[0] == MACHINE:
                    return None
                asked = await self._ask(turn, holder, wanted, Address(BotId(whom[1]), UserId(whom[0])))
            reference, _, expires = asked
            return Needed(reference=reference, number=number_of(self._desk.key, reference), expires_in=expires - turn.now)

    async def state(self, reference: str, session: str) -> State:
        async with self._desk.database.connection() as connection:
            state = await self._desk.database.queries.state_of_panel_question(
                connection, reference=reference, holders=f"{session}:%", now=self._desk.clock()
            )
        if state is None:
            return State.EXPIRED
        return State.ACCEPTED if state == State.ACCEPTED else State.WAITING

    async def _ask(self, turn: Turn, holder: str, wanted: Wanted, to: Address) -> Any:
        """One question at a time for each session: a new one takes the place of another."""
        await turn.drop_questions("purge_panel_questions", now=turn.now)
        await turn.drop_questions("drop_panel_questions_like", holders=f"{wanted.session}:%")
        reference = new_reference()
        await turn.one(
            "open_panel_question",
            reference=reference, holder=holder, code="", user=to.user, bot=to.bot, act=wanted.act, name="", state="asked",
            now=turn.now, expires=turn.now + LIFE, **columns(wanted.client),
        )  # fmt: skip
        asked = await turn.one("find_panel_question", holder=holder, now=turn.now)
        if asked[0] == reference:
            numbers = " ".join(map(str, choices_of(self._desk.key, reference)))
            arguments = {"reference": reference, "numbers": numbers, "what": wanted.act, **shown(wanted.client)}
            owed = Owed(key=f"panel-act:{reference}", to=to, text=TEXT, arguments={**arguments, "ends": turn.now + LIFE})
            await turn.posting.owe((owed,))
        return asked
