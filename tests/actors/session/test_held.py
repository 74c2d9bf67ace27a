"""Messages that wait for their writer's answer, in whole sessions: their edits, replies to them, and what passivation forgets."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from domain.model.content import Entity, Text
from domain.model.inbound import MessageEdited
from domain.model.outgoing import AnswerPress, Edit, Notice
from tests.actors.house import Person, a_house
from tests.domain.test_links import link
from tests.virtual_time import in_virtual_time

CONTACT = "write me @ivan_petrov"
IDLE = 900.0


def toasts(person: Person) -> list[str]:
    return [each.text for each in person.telegram.submitted if isinstance(each, AnswerPress)]


def edits_of_partner(person: Person) -> list[Edit]:
    return [each for each in person.telegram.submitted if isinstance(each, Edit) and not isinstance(each.body, Notice)]


@in_virtual_time
async def test_what_waits_arrives_when_its_writer_presses_send_and_its_update_is_done_before():
    async with a_house() as house:
        anna, boris = await house.chatting()
        said = await anna.says(CONTACT)
        await anna.hears("held-contacts")
        await anna.is_answered(said)
        await anna.says("meanwhile")
        await boris.hears("meanwhile")
        assert CONTACT not in boris.phone
        for _ in range(2):
            await anna.presses(f"held:send:contacts:{said.message}")
        await boris.hears(CONTACT)
        await house.rests()
        assert boris.phone.count(CONTACT) == 1
        await anna.edits(said, "never mind")
        await boris.hears("never mind")


@in_virtual_time
async def test_an_edit_before_the_press_is_what_arrives():
    async with a_house() as house:
        anna, boris = await house.chatting()
        said = await anna.says(CONTACT)
        await anna.hears("held-contacts")
        edited = await anna.edits(said, "write me here")
        await anna.is_answered(edited)
        await anna.presses(f"held:send:contacts:{said.message}")
        await boris.hears("write me here")
        assert CONTACT not in boris.phone


@in_virtual_time
async def test_a_passive_session_has_forgotten_what_waited_and_says_so():
    async with a_house() as house:
        anna, boris = await house.chatting()
        said = await anna.says(CONTACT)
        await anna.hears("held-contacts")
        await asyncio.sleep(2 * IDLE)
        assert anna.session is None
        await anna.presses(f"held:send:contacts:{said.message}")
        await anna.telegram.until(lambda: "held-gone" in toasts(anna))
        assert CONTACT not in boris.phone


@in_virtual_time
async def test_the_same_hidden_link_again_is_no_edit_and_another_is_written_out():
    """What was written is compared, not what was relayed."""
    async with a_house() as house:
        anna, boris = await house.chatting()
        said = replace(await anna.says("nothing"), content=link("here"))
        hidden = replace(said, message=said.message + 100, pts=said.pts + 100)
        await anna.does(hidden)
        await boris.hears("here (https://evil.example/x?id=1)")
        await house.rests()
        same = MessageEdited(user=anna.user, pts=hidden.pts + 1, message=hidden.message, content=hidden.content)
        await anna.does(same)
        await anna.is_answered(same)
        assert edits_of_partner(boris) == []
        other = Text(text="here", entities=(Entity("text_url", 0, 4, "https://other.example"),))
        await anna.does(replace(same, pts=same.pts + 1, content=other))
        await boris.hears("here (https://other.example)")
