"""VIP and wishes during a search: the search goes on as whoever one is now. They rest while VIP is over."""

from __future__ import annotations

from dataclasses import replace
from math import inf

from domain.model.events import ProfileChanged
from domain.model.profile import AgeBand, Gender, Wishes
from tests.actors.house import a_house
from tests.virtual_time import in_virtual_time

WOMEN = Wishes(genders=frozenset({Gender.FEMALE}))


def search_of(house, person):
    return house.pool.oracle.searches[person.user]


@in_virtual_time
async def test_whoever_becomes_vip_while_searching_waits_in_front_with_the_wishes_of_before():
    async with a_house() as house:
        anna = house.person(wishes=WOMEN)
        await anna.commands("find")
        await anna.hears("searching")
        before = search_of(house, anna)
        assert (before.seeker.vip, before.seeker.wishes) == (False, Wishes())
        score = before.score
        house.profiles.kept[anna.user] = replace(house.profiles.kept[anna.user], vip_until=inf)
        anna.session.tell(ProfileChanged(user=anna.user))
        await house.rests()
        now = search_of(house, anna)
        assert (now.seeker.vip, now.seeker.wishes) == (True, WOMEN)
        assert now.score < score
        assert "widened" not in anna.phone


@in_virtual_time
async def test_a_wish_that_is_switched_changes_the_search_and_is_kept():
    async with a_house() as house:
        anna = house.person(vip_until=inf, adult=True)
        await anna.commands("find")
        await anna.hears("searching")
        await anna.presses("wish:gender:male")
        await house.rests()
        assert search_of(house, anna).seeker.wishes.genders == {Gender.FEMALE, Gender.OTHER}
        assert house.profiles.kept[anna.user].wishes.genders == {Gender.FEMALE, Gender.OTHER}
        await anna.presses("wish:band:1")
        await house.rests()
        assert AgeBand.FROM_18 not in search_of(house, anna).seeker.wishes.bands
        await anna.presses("wish:any")
        await house.rests()
        assert search_of(house, anna).seeker.wishes == Wishes()
        assert "widened" not in anna.phone


@in_virtual_time
async def test_minors_and_whoever_is_no_vip_are_offered_no_wishes():
    async with a_house() as house:
        for person in (
            house.person(age=15, vip_until=inf, adult=False),
            house.person(vip_until=house.pool.oracle.now - 1, adult=True),
        ):
            await person.presses("wish:gender:male")
            await house.rests()
            assert house.profiles.kept[person.user].wishes == Wishes()
