"""Whom people meet, by what their profiles say of them and of whom they wish for."""

from __future__ import annotations

from domain.model.profile import Gender, Wishes
from tests.actors.house import FIRST, House, Person, a_house
from tests.virtual_time import in_virtual_time

MEN_ONLY = Wishes(genders=frozenset({Gender.MALE}))


async def searching_for_men(house: House, *, vip_for: float) -> Person:
    """A woman; `vip_for`: seconds from now."""
    wisher = house.person(FIRST, wishes=MEN_ONLY, vip_until=house.pool.oracle.now + vip_for)
    await wisher.commands("find")
    await wisher.hears("searching")
    return wisher


@in_virtual_time
async def test_a_vip_meets_only_whom_they_wish_for():
    async with a_house() as house:
        wisher = await searching_for_men(house, vip_for=60.0)
        other = await house.searching()
        await house.rests()
        assert "matched" not in wisher.phone + other.phone


@in_virtual_time
async def test_whose_time_as_a_vip_is_over_meets_anybody_though_their_wishes_are_kept():
    async with a_house() as house:
        wisher = await searching_for_men(house, vip_for=-60.0)
        other = house.person(FIRST)
        await other.commands("find")
        await other.hears("matched")
        await wisher.hears("matched")
        assert house.profiles.kept[wisher.user].wishes == MEN_ONLY
