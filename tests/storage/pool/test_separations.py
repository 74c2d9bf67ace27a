"""Who blocks or reports somebody is out of the chat at once, and the two never meet again. Only a block can be lifted."""

from __future__ import annotations

import pytest

from domain.matching.requests import Fenced, Free, Leave, LiftBlock, Mark, Paired, Separate, Waiting
from domain.model.chat import ChatEnd
from domain.model.events import ChatEnded, Separated
from domain.model.ids import Address, ChatId, MessageId, UserId
from domain.model.inbound import ButtonPressed
from domain.trust.reports import Reason
from tests.storage.pool.town import BLUE, RED, RULES, lease, mark, seeker

ANNA, BORIS, CARLA = 1, 2, 3
AT_RED, AT_BLUE = Address(RED, UserId(ANNA)), Address(BLUE, UserId(BORIS))
PRESS = ButtonPressed(user=UserId(ANNA), query=1, message=MessageId(1), data="unblock:1")


def parting(chat: ChatId, why: ChatEnd, *, by: Address = AT_RED, of: Address = AT_BLUE, **more) -> Separate:
    return Separate(address=by, partner=of, chat=chat, why=why, mark=mark(by.bot), **more)


def lifting(by: Address, of: Address) -> LiftBlock:
    return LiftBlock(address=by, other=of.user, pressed=PRESS, mark=mark(by.bot))


async def meet(town) -> ChatId:
    await town.finds(seeker(BORIS, BLUE))
    return (await town.finds(ANNA)).chat.id


async def may_meet(town, first: int, second: int) -> bool:
    """Long after they count as recent partners."""
    town.now += RULES.recent_minutes * 60 + 1
    homes = {ANNA: RED, BORIS: BLUE}
    await town.finds(seeker(first, homes[first]))
    return isinstance(await town.finds(seeker(second, homes[second])), Paired)


@pytest.mark.parametrize("why", [ChatEnd.BLOCKED, ChatEnd.REPORTED])
async def test_the_chat_ends_for_both_and_each_is_told_once(town, why):
    """The partner's worker may be of the release before, which knows no reports."""
    chat = await meet(town)
    reason = Reason.UNDER_AGE if why is ChatEnd.REPORTED else None
    (answer,) = await town.decides(parting(chat, why, reason=reason, marked=MessageId(7)))
    assert isinstance(answer, Free)
    assert isinstance(await town.status_of(BORIS), Free)
    assert (await town.told(BLUE))[-1] == ChatEnded(user=UserId(BORIS), chat=chat, why=ChatEnd.BLOCKED)
    told = Separated(user=UserId(ANNA), partner=AT_BLUE, chat=chat, why=why, reason=reason, marked=MessageId(7))
    assert (await town.told(RED))[1:] == [told]


@pytest.mark.parametrize("why", [ChatEnd.BLOCKED, ChatEnd.REPORTED])
@pytest.mark.parametrize("order", [(ANNA, BORIS), (BORIS, ANNA)])
async def test_they_never_meet_again_whoever_searches_first(town, why, order):
    await town.decides(parting(await meet(town), why))
    assert not await may_meet(town, *order)


@pytest.mark.parametrize("order", [(ANNA, BORIS), (BORIS, ANNA)])
async def test_a_lifted_block_lets_them_meet(town, order):
    await town.decides(parting(await meet(town), ChatEnd.BLOCKED), lifting(AT_RED, AT_BLUE))
    assert await may_meet(town, *order)


@pytest.mark.parametrize("order", [(ANNA, BORIS), (BORIS, ANNA)])
async def test_nobody_lifts_what_a_report_parted(town, order):
    chat = await meet(town)
    await town.decides(parting(chat, ChatEnd.BLOCKED), parting(chat, ChatEnd.REPORTED))
    await town.decides(lifting(AT_RED, AT_BLUE), lifting(AT_BLUE, AT_RED))
    assert not await may_meet(town, *order)


async def test_nobody_lifts_the_others_block(town):
    chat = await meet(town)
    await town.decides(parting(chat, ChatEnd.BLOCKED), parting(chat, ChatEnd.BLOCKED, by=AT_BLUE, of=AT_RED))
    await town.decides(lifting(AT_RED, AT_BLUE))
    assert not await may_meet(town, ANNA, BORIS)


async def test_after_the_chat_the_next_one_goes_on(town):
    earlier = await meet(town)
    await town.leaves(ANNA, earlier)
    await town.finds(CARLA)
    present = await town.finds(ANNA)
    (answer,) = await town.decides(parting(earlier, ChatEnd.REPORTED, reason=Reason.ADS))
    assert answer.chat == present.chat
    assert isinstance(await town.status_of(CARLA), Paired)


async def test_a_search_goes_on(town):
    earlier = await meet(town)
    await town.leaves(ANNA, earlier)
    await town.finds(ANNA)
    (answer,) = await town.decides(parting(earlier, ChatEnd.BLOCKED))
    assert isinstance(answer, Waiting)


async def test_asked_twice_it_changes_nothing_more_and_is_told_again(town):
    """The process may have died before it booked the report."""
    asked = parting(await meet(town), ChatEnd.REPORTED, reason=Reason.ADS)
    await town.decides(asked, asked)
    events = [*await town.told(RED), *await town.told(BLUE)]
    assert [type(event) for event in events].count(Separated) == 2
    assert [type(event) for event in events].count(ChatEnded) == 1


async def test_a_former_owner_of_the_bot_parts_nobody(town):
    chat = await meet(town)
    late = Mark(lease=lease(RED, "former"))
    asked = Separate(address=AT_RED, partner=AT_BLUE, chat=chat, why=ChatEnd.REPORTED, mark=late)
    assert await town.decides(asked) == [Fenced()]
    assert isinstance(await town.status_of(ANNA), Paired)
    assert await town.decides(LiftBlock(address=AT_RED, other=AT_BLUE.user, pressed=PRESS, mark=late)) == [Fenced()]


@pytest.mark.parametrize("why", [ChatEnd.BLOCKED, ChatEnd.REPORTED])
async def test_a_later_chat_with_the_same_partner_ends_too_and_both_are_told(town, why):
    """The button of an earlier chat may be pressed in a later one."""
    earlier = await meet(town)
    await town.decides(Leave(address=AT_RED, chat=earlier, why=ChatEnd.STOPPED, mark=mark(RED)))
    town.now += RULES.recent_minutes * 60 + 1
    later = await meet(town)
    (answer,) = await town.decides(parting(earlier, why))
    assert isinstance(answer, Free)
    assert isinstance(await town.status_of(BORIS), Free)
    assert (await town.told(BLUE))[-1] == ChatEnded(user=UserId(BORIS), chat=later, why=ChatEnd.BLOCKED)
    told = await town.told(RED)
    assert told[-2] == ChatEnded(user=UserId(ANNA), chat=later, why=ChatEnd.BLOCKED)
    assert (type(told[-1]), told[-1].chat) == (Separated, earlier)


@pytest.mark.parametrize("why", [ChatEnd.BLOCKED, ChatEnd.REPORTED])
async def test_a_partner_who_had_their_data_deleted_is_parted_from_like_any_other(town, why):
    """The records have a number below zero in their place."""
    deleted = Address(BLUE, UserId(-(2**63)))
    await town.decides(Leave(address=AT_RED, chat=(chat := await meet(town)), why=ChatEnd.STOPPED, mark=mark(RED)))
    (answer,) = await town.decides(parting(chat, why, of=deleted))
    assert isinstance(answer, Free)
    assert (await town.told(RED))[-1].partner == deleted
