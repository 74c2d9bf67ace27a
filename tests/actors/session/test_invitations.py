"""/invite through a session: the link and its picture, once, and while the records are away. In virtual time."""

from __future__ import annotations

from domain.model.outgoing import Notice, QrCode, Send
from tests.actors.house import a_house
from tests.virtual_time import in_virtual_time


def pictures(person):
    return [each.body.text for each in person.telegram.sent if isinstance(each, Send) and isinstance(each.body, QrCode)]


def links(person):
    bodies = [each.body for each in person.telegram.sent if isinstance(each, Send) and isinstance(each.body, Notice)]
    return [body.arguments["link"] for body in bodies if body.text == "invite"]


@in_virtual_time
async def test_the_link_and_its_picture_are_sent_once():
    async with a_house() as house:
        anna = house.person()
        command = await anna.commands("invite")
        await anna.is_answered(command)
        await anna.does(command)
        await house.rests()
        code = house.invitations.codes[anna.user]
        assert links(anna) == pictures(anna) == [f"https://t.me/bot1?start=ref_{code}"]


@in_virtual_time
async def test_a_press_makes_a_new_link():
    async with a_house() as house:
        anna = house.person()
        await anna.is_answered(await anna.commands("invite"))
        await anna.presses("invite")
        await house.rests()
        assert len(set(links(anna))) == 2
        assert links(anna) == pictures(anna)


@in_virtual_time
async def test_while_the_records_are_away_the_person_is_told_and_may_try_again():
    async with a_house() as house:
        anna = house.person()
        house.invitations.away = True
        await anna.commands("invite")
        await house.rests()
        assert links(anna) == []
        assert anna.phone, "an apology"
        house.invitations.away = False
        await anna.commands("invite")
        await anna.hears("invite")
