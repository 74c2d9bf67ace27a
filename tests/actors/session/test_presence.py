"""Who writes to a bot is noted as seen there."""

from __future__ import annotations

from domain.model.ids import Address
from tests.actors.house import SECOND, a_house
from tests.virtual_time import in_virtual_time


@in_virtual_time
async def test_whoever_wakes_a_bot_is_seen_there_once_and_not_with_each_message():
    async with a_house() as house:
        olga = house.newcomer(SECOND)
        await olga.commands("start")
        await olga.hears("welcome")
        await olga.commands("help")
        await house.rests()
        assert house.presence.noted == [Address(SECOND, olga.user)]
