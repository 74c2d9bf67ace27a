"""The first search of an account that Telegram marks as scam or fake waits for a person. In virtual time."""

from __future__ import annotations

from dataclasses import replace

from domain.trust.findings import MARKED
from tests.actors.house import a_house
from tests.virtual_time import in_virtual_time


def holds(house) -> None:
    """Whoever is found is held, as the records do."""
    noted = house.moderation.note

    async def note(who, finding) -> None:
        await noted(who, finding)
        house.profiles.kept[who.user] = replace(house.profiles.kept[who.user], held=True, held_since=5.0)

    house.moderation.note = note


@in_virtual_time
async def test_the_first_search_is_found_held_and_told():
    async with a_house() as house:
        holds(house)
        anna = house.person()
        await anna.commands("find", marked="scam")
        await anna.hears("account-held")
        await house.rests()
        ((who, finding),) = house.moderation.findings
        assert (who, finding.rule, finding.detail, finding.hold, finding.once) == (anna.address, MARKED, "scam", True, True)
        assert "searching" not in anna.phone
        await anna.commands("find", marked="scam")
        await anna.hears("account-held", times=2)
        assert len(house.moderation.findings) == 1


@in_virtual_time
async def test_whom_a_person_has_let_go_searches_as_anybody():
    async with a_house() as house:
        anna = house.person()
        await anna.commands("find", marked="fake")
        await anna.hears("searching")


@in_virtual_time
async def test_while_the_records_are_away_nobody_with_a_mark_searches():
    async with a_house() as house:
        house.moderation.away = True
        anna = house.person()
        await anna.commands("find", marked="fake")
        await anna.hears("stores-down")
        assert "searching" not in anna.phone


@in_virtual_time
async def test_nobody_else_is_looked_at():
    async with a_house() as house:
        anna = house.person()
        await anna.commands("find")
        await anna.hears("searching")
        assert house.moderation.findings == []
