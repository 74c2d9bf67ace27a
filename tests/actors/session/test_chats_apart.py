"""Nothing of one chat reaches into the next."""

from __future__ import annotations

import pytest

from tests.actors.house import FIRST, Person, a_house
from tests.twins import wording
from tests.virtual_time import in_virtual_time


@pytest.mark.parametrize("answers", ["an edit", "a reply"])
def test_a_message_that_arrives_after_its_chat_is_no_part_of_the_next(answers: str):
    """Telegram numbers each chat with a bot apart: the number that the word has at Boris's is another message at Carol's."""

    @in_virtual_time
    async def story():
        async with a_house() as house:
            anna, boris = await house.chatting()
            carol = await house.searching(FIRST)
            async with boris.telegram.holding():
                said = await anna.says("for Boris alone")
                await anna.commands("next")
                await anna.hears("matched", times=2)
            await boris.hears("for Boris alone")
            await house.rests()
            if answers == "an edit":
                edited = await anna.edits(said, "for Boris alone, once more")
                await anna.is_answered(edited)
                assert "edit-not-mirrored" not in anna.phone
                assert "for Boris alone, once more" not in all_sent_to(carol)
            else:
                await anna.says("hello Carol", reply_to=said.message)
                await carol.hears("hello Carol")
                assert carol.message("hello Carol").reply_to is None

    story()


def all_sent_to(person: Person) -> list[str]:
    return [wording(each) for each in person.telegram.submitted if getattr(each, "to", None) == person.user]
