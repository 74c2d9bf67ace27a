"""Adverts, contacts and human checks through sessions: what partners get, what is told, what other bots know of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from msgspec import structs

from actors.session.unit_of_work import UnitOfWork, nobody_waits
from domain.model.content import Text
from domain.model.ids import ChatId, MessageId, Pts
from domain.model.inbound import CommandReceived
from domain.model.outgoing import AnswerPress, Notice, Send
from domain.session.effects import TellReport
from domain.trust.reports import Reason, Report
from domain.trust.spam.human import THINGS
from domain.trust.spam.rules import Rule, Standing
from tests.actors.house import FIRST, SECOND, House, Person, a_house
from tests.virtual_time import in_virtual_time

ADVERT = "Hot girls are waiting for you, the first hour is free, write to our manager at t.me/girls_24 right now"
DISGUISED = "🔥 Hоt gіrls аre waiting for yоu, the first hour is FREE!!! write to our manager at T.me/girls_24 right nоw"  # noqa: RUF001
NOW = 1_000_000.0


@asynccontextmanager
async def a_house_where_contacts_pass() -> AsyncIterator[House]:
    """Nobody is asked before a contact is sent: that is `tests/actors/session/test_held.py`."""
    async with a_house() as made:
        now = made.live.current
        made.live.swap(structs.replace(now, trust=structs.replace(now.trust, contacts="allow")), {})
        yield made


async def meet(house: House, anna: Person, bot=SECOND) -> Person:
    """Anna meets somebody new."""
    await anna.commands("stop")
    await house.rests()
    boris = await house.searching(bot)
    before = anna.phone.count("matched")
    await anna.commands("find")
    await anna.hears("matched", times=before + 1)
    await boris.hears("matched")
    return boris


async def says_to_strangers(house: House, anna: Person, text: str, strangers: int) -> int:
    """How many of them have got it."""
    got = 0
    for _ in range(strangers):
        boris = await meet(house, anna)
        await anna.is_answered(await anna.says(text))
        await house.rests()
        got += text in boris.phone
    return got


def findings(house: House) -> list[Any]:
    return [finding for _, finding in house.moderation.findings]


@in_virtual_time
async def test_the_third_partner_does_not_get_the_same_advert_and_its_writer_is_told():
    async with a_house_where_contacts_pass() as house:
        anna = house.person(FIRST)
        assert await says_to_strangers(house, anna, ADVERT, 4) == 2
        assert anna.phone.count("held-same-advert") == 2
        assert [each.rule for each in findings(house)] == [Rule.SAME_ADVERT] * 2


@in_virtual_time
async def test_an_advertiser_who_goes_on_at_another_bot_is_known_there():
    async with a_house_where_contacts_pass() as house:
        anna = house.person(FIRST)
        assert await says_to_strangers(house, anna, ADVERT, 2) == 2
        await anna.commands("stop")
        elsewhere = Person(house, SECOND, anna.user)
        assert await says_to_strangers(house, elsewhere, DISGUISED, 2) == 0, "the first there is the third of all"
        assert "held-same-advert" in elsewhere.phone


@in_virtual_time
async def test_an_advert_of_old_accounts_is_not_compared_with_those_of_others():
    async with a_house_where_contacts_pass() as house:
        for _ in range(5):
            assert await says_to_strangers(house, house.person(FIRST), ADVERT, 1) == 1


@in_virtual_time
async def test_the_fourth_young_account_with_one_contact_lists_it():
    async with a_house_where_contacts_pass() as house:
        got = []
        for number in range(6):
            anna = house.person(FIRST)
            house.standings.known[anna.user] = Standing(since=NOW - 3 * 86_400, chats=3)
            got.append(
                await says_to_strangers(house, anna, f"{number} I like books and long walks. My name is @girls_24 by the way", 1)
            )
        assert got == [1, 1, 1, 0, 0, 0]
        assert [each.review for each in findings(house)] == [True, False, False]
        boris = house.person(FIRST)
        assert await says_to_strangers(house, boris, "Write me: @girls_24", 1) == 1, "of somebody known for long it passes"


@in_virtual_time
async def test_a_newcomers_contact_is_held_until_they_have_talked():
    async with a_house_where_contacts_pass() as house:
        anna = house.person(FIRST)
        house.standings.known[anna.user] = Standing(since=NOW - 3600, chats=3)
        assert await says_to_strangers(house, anna, "my insta is anna99", 1) == 0
        assert "held-newcomer" in anna.phone
        house.standings.known[anna.user] = Standing(since=NOW - 30 * 3600, chats=3)
        assert await says_to_strangers(house, anna, "my insta is anna99", 1) == 1


@in_virtual_time
async def test_while_the_stores_are_away_contacts_are_passed_on():
    async with a_house_where_contacts_pass() as house:
        anna = house.person(FIRST)
        boris = await meet(house, anna)
        house.notes.away = house.standings.away = True
        await anna.says(ADVERT)
        await boris.hears(ADVERT)


@in_virtual_time
async def test_messages_keep_their_order_while_one_is_looked_into():
    async with a_house_where_contacts_pass() as house:
        anna = house.person(FIRST)
        boris = await meet(house, anna)
        async with house.standings.holding():
            await anna.says(ADVERT)
            await anna.says("and this after it")
            await house.rests()
            assert "and this after it" not in boris.phone
        await boris.hears("and this after it")
        assert boris.phone.index(ADVERT) < boris.phone.index("and this after it")


@in_virtual_time
async def test_notes_hold_nothing_of_what_was_said():
    async with a_house_where_contacts_pass() as house:
        anna = house.person(FIRST)
        house.standings.known[anna.user] = Standing(since=NOW - 3 * 86_400, chats=3)
        await says_to_strangers(house, anna, ADVERT, 3)
        assert house.notes.kept
        assert "girls" not in repr(house.notes.kept)
        assert max(house.notes.seconds.values()) <= 86_400


# --- reports right after a hit


@in_virtual_time
async def test_a_report_right_after_a_hit_doubles_its_step_once():
    async with a_house_where_contacts_pass() as house:
        anna = house.person(FIRST)
        await says_to_strangers(house, anna, ADVERT, 3)
        boris = house.person(SECOND)
        await boris.commands("help")
        await house.rests()
        report = Report(reporter=boris.address, reported=anna.address, chat=ChatId("c"), reason=Reason.ADS)
        for _ in range(2):
            await report_by(house, boris, TellReport(report=report))
        assert [(each.rule, each.ban_hours) for each in findings(house)][1:] == [(Rule.REPORTED_HIT, 1.0)]


async def report_by(house: House, person: Person, effect: Any) -> None:
    """Its session tells the report, as the feature of reports does."""
    actor = person.session._actor
    await actor.world.effects.do(actor, UnitOfWork("a report", nobody_waits), effect)


# --- the human check


async def finds(person: Person, *, lacks: int) -> None:
    number = next(person.telegram.ids)
    content = Text(text="/find")
    update = CommandReceived(
        user=person.user, pts=Pts(number), message=MessageId(number), name="find", content=content, lacks=lacks
    )
    await person.does(update)
    await person.is_answered(update)


def newcomer(house: House) -> Person:
    anna = house.person(FIRST)
    house.standings.known[anna.user] = Standing(since=NOW, chats=0)
    return anna


def last_check(anna: Person) -> Notice:
    return [each.body for each in anna.telegram.sent if _is_check(each, anna)][-1]


def _is_check(sent: Any, anna: Person) -> bool:
    return isinstance(sent, Send) and sent.to == anna.user and isinstance(sent.body, Notice) and sent.body.text == "human-check"


def data_of(check: Notice, *, right: bool) -> str:
    emoji = THINGS[str(check.arguments["thing"])]
    return next(each.data for row in check.buttons for each in row if (each.arguments["emoji"] == emoji) is right)


def toasts(anna: Person) -> list[str]:
    return [each.text for each in anna.telegram.sent if isinstance(each, AnswerPress)]


@in_virtual_time
async def test_whoever_looks_like_a_program_presses_a_picture_before_the_first_search():
    async with a_house_where_contacts_pass() as house:
        anna = newcomer(house)
        await finds(anna, lacks=2)
        assert anna.phone == ["human-check"]
        await anna.presses(data_of(last_check(anna), right=True))
        await anna.hears("human-passed")
        await finds(anna, lacks=2)
        await anna.hears("searching")


@in_virtual_time
async def test_two_wrong_presses_lead_to_a_wait_that_another_bot_knows_too():
    async with a_house_where_contacts_pass() as house:
        anna = newcomer(house)
        await finds(anna, lacks=3)
        wrong = data_of(last_check(anna), right=False)
        await anna.presses(wrong)
        await house.rests()
        await anna.presses("human:forged")
        await anna.hears("human-wait")
        assert toasts(anna) == ["human-wrong", ""]
        await finds(anna, lacks=3)
        await anna.hears("human-wait", times=2)
        elsewhere = Person(house, SECOND, anna.user)
        await finds(elsewhere, lacks=3)
        assert elsewhere.phone == ["human-wait"]


@in_virtual_time
async def test_after_the_wait_and_after_a_minute_a_new_find_shows_a_new_check():
    async with a_house_where_contacts_pass() as house:
        anna = newcomer(house)
        await finds(anna, lacks=2)
        first = last_check(anna)
        house.pool.oracle.now += 61
        await anna.presses(data_of(first, right=True))
        await house.rests()
        assert toasts(anna) == ["human-over"]
        await finds(anna, lacks=2)
        second = last_check(anna)
        assert {each.data for row in second.buttons for each in row}.isdisjoint(
            {each.data for row in first.buttons for each in row}
        )
        await anna.presses(data_of(second, right=True))
        await anna.hears("human-passed")


@in_virtual_time
@pytest.mark.parametrize(("lacks", "chats"), [(0, 0), (1, 0), (3, 1)])
async def test_ordinary_people_and_those_who_have_chatted_are_not_asked(lacks, chats):
    async with a_house_where_contacts_pass() as house:
        anna = house.person(FIRST)
        house.standings.known[anna.user] = Standing(since=NOW, chats=chats)
        await finds(anna, lacks=lacks)
        assert anna.phone == ["searching"]


@in_virtual_time
async def test_a_fresh_id_is_a_sign_too():
    async with a_house_where_contacts_pass() as house:
        house.standings.ids = range(1000)
        anna, old = newcomer(house), newcomer(house)
        anna = Person(house, FIRST, anna.user)
        house.standings.ids = [each - 10_000 for each in range(1000)]
        await finds(anna, lacks=1)
        assert anna.phone == ["human-check"]
        house.standings.ids = [each + 10_000 for each in range(1000)]
        await finds(old, lacks=1)
        assert old.phone == ["searching"]
