"""A phone that looks like a program's is asked to press a picture before it searches."""

from __future__ import annotations

import re

import pytest

from domain.trust.spam.human import THINGS
from tests.system.people import Person, Town, meet

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def registered_without_photo(town: Town) -> Person:
    """Somebody who shows bots neither a username nor a photo."""
    await town.person()
    answer = await town.house.http.post("/api/users", json={"name": "Nobody", "photo": False})
    person = Person(town.house, answer.json()["id"], town.bots[0])
    await person.says("/start")
    question = await person.hears("gender")
    await person.presses("Male", question["id"])
    await person.hears("old are you")
    await person.says("30")
    await person.hears("Saved")
    return person


async def test_whoever_looks_like_a_program_presses_the_picture_that_is_named_before_searching(town: Town):
    boris = await registered_without_photo(town)
    await boris.says("/find")
    check = await boris.hears("are you a person")
    thing = re.search(r"press the (\w+)\.", check["text"])
    assert thing, check["text"]
    right = THINGS[thing[1]]
    wrong = next(each["text"] for row in check["keyboard"]["rows"] for each in row if each["text"] != right)
    await boris.presses(wrong, check["id"])
    await boris.hears("try again", kind="answer")
    await boris.presses(right, check["id"])
    await boris.hears("Thank you", kind="edit")
    anna = await town.registered()
    await meet(boris, anna)
