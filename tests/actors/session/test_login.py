"""An admin logs in to the panel at a bot, and a stranger does not, in a worker on twins."""

from __future__ import annotations

from domain.model.outgoing import Edit
from domain.panel.login import Client
from domain.ports.panel import PanelQuestion
from tests.actors.house import SECOND, House, a_house
from tests.virtual_time import in_virtual_time

CODE = "ABCDEFGH"


def asked(house: House, user) -> None:
    question = PanelQuestion(reference="ab12", choices=(11, 22, 33, 44, 55, 66), client=Client(), at=0.0)
    house.questions.waiting[CODE] = (user, question)
    house.questions.numbers["ab12"] = "33"


@in_virtual_time
async def test_an_admin_is_asked_and_answers_while_chatting():
    async with a_house() as house:
        anna, boris = await house.chatting()
        house.questions.admins = {anna.user}
        asked(house, anna.user)
        await anna.commands("admin_login", argument="abcd-efgh")
        await anna.hears("panel-login-question")
        await anna.presses("admin:ab12:33")
        await house.rests()
        edits = [each.body.text for each in anna.telegram.sent if isinstance(each, Edit)]
        assert edits == ["panel-agreed"]
        await anna.says("still here")
        await boris.hears("still here")


@in_virtual_time
async def test_a_newcomer_who_is_admin_gets_in_by_a_link():
    async with a_house() as house:
        olga = house.newcomer(SECOND)
        house.questions.admins = {olga.user}
        asked(house, olga.user)
        await olga.commands("start", argument=f"login_{CODE}")
        await olga.hears("panel-login-question")
        assert "welcome" not in olga.phone


@in_virtual_time
async def test_somebody_else_hears_what_an_unknown_command_gets():
    async with a_house() as house:
        anna = house.person()
        asked(house, anna.user)
        await anna.commands("admin_login", argument=CODE)
        await anna.hears("unknown-command")
        boris = house.newcomer()
        await boris.commands("start", argument=f"login_{CODE}")
        await boris.hears("welcome")
        await anna.presses("admin:ab12:33")
        await house.rests()
        assert house.questions.numbers == {"ab12": "33"}
        assert anna.phone == ["unknown-command"]


@in_virtual_time
async def test_while_the_records_are_away_the_admin_is_told_so():
    async with a_house() as house:
        anna = house.person()
        house.questions.admins = {anna.user}
        house.questions.away = True
        await anna.commands("admin_login", argument=CODE)
        await anna.hears("stores-down")
