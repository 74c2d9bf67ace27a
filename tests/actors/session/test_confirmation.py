"""When an update counts as done: the partner has the message, the answers are sent, and the lease was still held."""

from __future__ import annotations

import pytest

from domain.model.bot import Lease
from domain.model.events import RelayedMessage
from tests.actors.house import FIRST, SECOND, a_house
from tests.twins import STALE, relays
from tests.virtual_time import in_virtual_time


@in_virtual_time
async def test_an_update_is_confirmed_only_when_the_partner_has_the_message():
    async with a_house() as house:
        anna, boris = await house.chatting()
        async with boris.telegram.holding():
            said = await anna.says("hello")
            await boris.telegram.until(lambda: relays(boris.telegram.submitted))
            await house.rests()
            assert said.pts not in anna.telegram.confirmed
        await anna.is_answered(said)
        assert boris.phone[-1] == "hello"


@in_virtual_time
async def test_an_update_is_confirmed_only_when_its_answers_are_sent():
    async with a_house() as house:
        anna = house.person()
        async with anna.telegram.holding():
            command = await anna.commands("find")
            await house.rests()
            assert anna.telegram.confirmed == []
        await anna.is_answered(command)


@in_virtual_time
async def test_what_a_former_owner_could_not_send_is_not_confirmed():
    async with a_house() as house:
        anna = house.person()
        anna.telegram.outcomes[anna.user] = STALE
        asked = await anna.commands("help")
        await house.rests()
        assert asked.pts not in anna.telegram.confirmed


@pytest.mark.parametrize(("command", "chatting"), [("find", False), ("next", True), ("stop", True)])
@in_virtual_time
async def test_what_the_pool_refuses_a_former_owner_is_not_confirmed(command, chatting):
    """A clock that jumped ends the lease in Redis at once, and only there."""
    async with a_house() as house:
        anna = (await house.chatting())[0] if chatting else house.person()
        shown = list(anna.phone)
        house.pool.lease(Lease(bot=anna.address.bot, owner="another", token=2))
        asked = await anna.commands(command)
        await house.rests()
        assert asked.pts not in anna.telegram.confirmed
        assert anna.phone == shown


@in_virtual_time
async def test_what_a_former_owner_would_say_by_the_stream_is_left_to_the_next():
    """As where Redis was away for longer than the lease: what waited for it must not come before what was said earlier."""
    async with a_house() as house:
        anna, boris = await house.chatting()
        boris.telegram.outcomes[boris.user] = STALE
        house.stream.leases[FIRST] = Lease(bot=FIRST, owner="another", token=2)
        said = await anna.says("hello")
        await house.rests()
        assert said.pts not in anna.telegram.confirmed
        assert house.stream.of(RelayedMessage) == []
        assert "not-delivered" not in anna.phone


@in_virtual_time
async def test_what_the_partners_former_owner_could_not_send_is_left_to_the_next_and_done_for_us():
    async with a_house() as house:
        anna, boris = await house.chatting()
        boris.telegram.outcomes[boris.user] = STALE
        await anna.is_answered(await anna.says("hello"))
        left = [entry for entry in house.stream.entries[SECOND] if isinstance(entry.event, RelayedMessage)]
        assert [entry.event.content.text for entry in left] == ["hello"]
        await house.rests()
        assert left[0].id not in house.stream.acknowledged
        assert not any(text.startswith("not-delivered") for text in anna.phone)


@in_virtual_time
async def test_what_a_partner_of_a_bot_that_is_handed_over_would_hear_goes_to_the_next_owner():
    async with a_house() as house:
        anna, boris = await house.chatting()
        house.directory.hand_over(boris.address.bot)
        said = await anna.says("hello")
        await anna.is_answered(said)
        assert house.stream.of(RelayedMessage)
        assert "hello" not in boris.phone
