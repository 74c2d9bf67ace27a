"""The bot's side of log-ins and of acts that need an answer (domain.ports.panel.Questions)."""

from __future__ import annotations

from domain.model.ids import Address
from domain.panel.login import FORGOTTEN, LINK_LIFE, Client, choices_of, number_of, read_code, wait_after
from domain.ports.panel import Answered, NotAsked, Outcome, PanelQuestion
from domain.ports.review import Operator
from storage.sql.panel.desk import Desk, Turn, shown

SOURCE = "bot"


class SqlQuestions:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def ask(self, sender: Address, code: str) -> PanelQuestion | NotAsked | None:
        async with self._desk.transaction() as turn:
            admin = await turn.admin(sender.user)
            if admin is None:
                return None
            if not code.strip():
                return NotAsked(wait=0.0)
            return await self._looked_up(turn, sender, code, Operator(name=admin.who, source=SOURCE))

    async def answer(self, sender: Address, reference: str, pressed: str) -> Answered | None:
        right = pressed == str(number_of(self._desk.key, reference))
        async with self._desk.transaction() as turn:
            admin = await turn.admin(sender.user)
            if admin is None:
                return None
            named = {"reference": reference, "user": sender.user, "now": turn.now}
            if right:
                row = await turn.one("accept_panel_question", expires=turn.now + LINK_LIFE, **named)
            else:
                row = await turn.one("refuse_panel_question", **named)
            if row is None:
                return Answered(outcome=Outcome.OVER)
            address, browser, act = row
            told = {"what": act, **shown(Client(address=address, browser=browser))}
            operator = Operator(name=admin.who, source=SOURCE)
            await turn.audit(operator, "agree" if right else "refuse", f"login:{reference}", after=told)
            if not right:
                alert = {"name": admin.name, "acts": int(bool(act)), **told}
                await turn.tell_of_refusal(f"refused:{reference}", alert, at=sender.bot, but=sender.user)
        return Answered(outcome=Outcome.ACCEPTED if right else Outcome.REFUSED, act=act)

    async def _looked_up(self, turn: Turn, sender: Address, typed: str, operator: Operator) -> PanelQuestion | NotAsked:
        """Whoever sends codes from two bots at once waits here for the first."""
        await turn.one("purge_panel_failures", before=turn.now - FORGOTTEN)
        failures, last = await turn.one("hold_panel_failures", user=sender.user, now=turn.now)
        wait = min(wait_after(failures), last + wait_after(failures) - turn.now)
        if wait > 0:
            return NotAsked(wait=wait)
        code = read_code(typed)
        row = code and await turn.one(
            "ask_panel_question", code=self._desk.code_hash(code), user=sender.user, bot=sender.bot, now=turn.now
        )
        if row:
            await turn.one("forget_panel_failures", user=sender.user)
            reference, address, browser, at, act = row
            choices = choices_of(self._desk.key, reference)
            return PanelQuestion(
                reference=reference, choices=choices, client=Client(address=address, browser=browser), at=at, act=act
            )
        await turn.one("put_panel_failures", user=sender.user, failures=failures + 1, now=turn.now)
        await turn.audit(operator, "wrong code", f"admin:{sender.user}", after={"in a row": failures + 1})
        return NotAsked(wait=wait_after(failures + 1))
