"""Two people at two bots talk, exchange names, part, rate each other and talk again; others search meanwhile."""

from __future__ import annotations

import asyncio
from itertools import count

import pytest

from tests.system.people import Person, Town, meet

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(180)]
_numbers = count(1)


async def _said_and_heard(anna: Person, boris: Person, times: int) -> None:
    for number in range(times):
        await anna.says(f"from anna {number:02}")
        await boris.hears(f"from anna {number:02}")
        await boris.says(f"from boris {number:02}")
        await anna.hears(f"from boris {number:02}")


async def test_two_people_become_acquainted_part_and_meet_again(town: Town):
    number = next(_numbers)
    names = f"anna_{number}_x", f"boris_{number}_x"
    anna, boris = await asyncio.gather(
        town.registered(bot=0, username=names[0]), town.registered(bot=1, gender="Male", username=names[1])
    )
    await meet(anna, boris)
    await boris.says("/topic")
    asked = [(await person.hears("A question for both of you"))["text"] for person in (anna, boris)]
    assert asked[0] == asked[1]
    await anna.says("/names")
    question = await boris.hears("would like to exchange names")
    await anna.hears("I have asked your partner")
    assert not any(name in text for name in names for text in (*anna.said_to, *boris.said_to))
    await boris.presses("Yes, exchange names", question["id"])
    await anna.hears(f"@{names[1]}")
    await boris.hears(f"@{names[0]}")
    await _said_and_heard(anna, boris, 10)
    await anna.says("/stop")
    for person, thumb in ((anna, "👍"), (boris, "👎")):
        ended = await person.hears("About the chat that has just ended")
        await person.presses(thumb, ended["id"])
        await person.presses("🔁 Talk again?", ended["id"])
    for person in (anna, boris):
        await person.hears("last partner again")
    await boris.says("here I am again")
    await anna.hears("here I am again")
