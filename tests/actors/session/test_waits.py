"""How long people waited is counted once for each who finds somebody."""

from __future__ import annotations

from domain.panel.waits import SHORTEST, bucket_of
from tests.actors.house import a_house
from tests.virtual_time import in_virtual_time


@in_virtual_time
async def test_who_waited_and_who_came_to_them_are_counted_once_each_and_what_is_said_then_is_not():
    async with a_house() as house:
        anna, boris = house.person(), house.person()
        await anna.commands("find")
        await anna.hears("searching")
        house.pool.oracle.now += 20
        await boris.commands("find")
        await anna.hears("matched")
        await boris.says("hello")
        await house.rests()
        assert sum(house.crowd.waits.values()) == 2
        assert house.crowd.waits[SHORTEST] == 1
        (longer,) = [bucket for bucket in house.crowd.waits if bucket != SHORTEST]
        assert abs(longer - bucket_of(20)) <= 1


@in_virtual_time
async def test_who_gives_up_is_not_counted():
    async with a_house() as house:
        anna = house.person()
        await anna.commands("find")
        await anna.hears("searching")
        await anna.commands("cancel")
        await house.rests()
        assert not house.crowd.waits
