"""What is recorded of bans, holds and warnings reaches pool, sessions and people, whichever process died in between."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import replace
from math import inf

import pytest

from actors.moderation import actor as moderation_actor
from actors.moderation.actor import ModerationActor
from actors.moderation.context import ModerationContext
from actors.moderation.messages import FileReport, NoteFinding
from actors.payments import notices
from domain.configuration import Configuration, LiveConfiguration
from domain.errors import Unavailable
from domain.model.events import ProfileChanged
from domain.model.ids import Address, ChatId, UserId
from domain.model.outgoing import Menu
from domain.model.profile import Gender, Profile
from domain.model.profile_changes import Begin
from domain.model.separation import Apart, Separation
from domain.trust.findings import Finding
from domain.trust.reports import Reason, Report
from storage.secrets import Secrets
from storage.sql.database import open_database
from storage.sql.migrate import migrate
from storage.sql.personal.data import SqlPersonalData
from storage.sql.personal.tombstones import Hashes
from storage.sql.profiles import SqlProfiles
from storage.sql.restrictions import SqlRestrictions
from storage.sql.review.people import SqlPeople
from storage.sql.trust.moderation import SqlModeration
from storage.sql.trust.review import SqlReview
from tests.actors.house import FIRST, House, a_house
from tests.actors.payments.desk import BOT, Desk, a_desk
from tests.records import keep
from tests.twins import SpamNotesTwin

SECRETS = Secrets([b"k" * 32], source="test")
LIVE = LiveConfiguration(Configuration())
HASHES = Hashes(b"the key of hashes")


class Court:
    """The moderation of a house, with real records on SQLite."""

    def __init__(self, house: House, database) -> None:
        self.house = house
        self.database = database
        self.moderation = SqlModeration(database, SECRETS, LIVE, hashes=HASHES)
        self.review = SqlReview(database, SECRETS, LIVE)
        house.profiles.ban_of = SqlPeople(database).ban_of

    def opens(self):
        world = ModerationContext(
            moderation=self.moderation,
            pool=self.house.pool,
            put_blocks_back=self.house.pool.put_blocks_back,
            end_chats=self.house.pool.end_chats,
            profile_changed=self._changed,
        )
        return ModerationActor.start(world)

    async def remembers(self, address: Address) -> None:
        """Where the person has talked."""
        async with self.database.connection() as connection:
            await connection.execute(f"INSERT INTO bot_peers VALUES ({address.bot}, {address.user}, 1)")

    async def pays(self) -> None:
        """All that is owed, by a PaymentActor's chore."""
        world = replace(Desk(self.database)._world(), directory=self.house.directory)
        while await world.outbox.due(FIRST, inf):
            await notices.send_due(world, FIRST)

    def _changed(self, user: UserId) -> None:
        for session in self.house.directory.sessions_of(user):
            session.tell(ProfileChanged(user=user))


@asynccontextmanager
async def a_court(tmp_path):
    database = await open_database(f"sqlite:{tmp_path}/records.db")
    await migrate(database)
    await reporters_came_long_ago(database)
    async with a_house() as house:
        yield Court(house, database)
    await database.close()


@pytest.fixture
async def court(tmp_path, monkeypatch):
    monkeypatch.setattr(moderation_actor, "SETTLE_SECONDS", 0.05)
    async with a_court(tmp_path) as court:
        yield court


@pytest.fixture
async def actor(court):
    started = court.opens()
    yield started
    await started.stop()


async def reporters_came_long_ago(database) -> None:
    """Else they are a brigade."""
    await keep(database, *(Profile(user=UserId(1000 + number)) for number in range(30)))


def report(of: Address, number: int, reason: Reason = Reason.INSULT) -> Report:
    reporter = Address(FIRST, UserId(1000 + number))
    return Report(reporter=reporter, reported=of, chat=ChatId(f"c{number}"), reason=reason)


async def test_a_report_is_answered_with_its_number_also_the_second_time(court, actor):
    anna = court.house.person()
    numbers = [await actor.ask(FileReport(report=report(anna.address, each)), timeout=10) for each in (1, 2, 1)]
    assert numbers == [1, 2, 1]


async def test_a_step_of_the_ladder_ends_the_search(court, actor):
    anna = await court.house.searching()
    for number in range(30):
        await actor.ask(FileReport(report=report(anna.address, number)), timeout=10)
    await anna.hears("banned")


async def test_a_finding_bans_and_is_told_once_however_often_it_comes(court, actor):
    anna, boris = await court.house.chatting()
    for _ in range(3):
        await actor.ask(NoteFinding(who=anna.address, finding=Finding(rule="same-advert", ban_hours=1)), timeout=10)
    await anna.hears("banned")
    await boris.hears("partner-gone")
    await court.house.rests()
    assert anna.phone.count("banned") == 1


async def test_a_ban_that_was_recorded_before_a_crash_reaches_the_pool_after_it(court):
    anna = await court.house.searching()
    await court.review.ban(anna.user, inf, "operator", "olga")
    started = court.opens()
    try:
        await anna.hears("banned")
        await court.house.pool.until(lambda: court.house.pool.oracle.bans.get(anna.user) == inf)
        await court.review.unban(anna.user, "olga")
        async with asyncio.timeout(60):
            while anna.user in court.house.pool.oracle.bans or await court.moderation.changes():
                await court.house.rests()
    finally:
        await started.stop()


async def test_an_operator_ends_a_chat_and_both_are_told_so_once(court, actor):
    anna, boris = await court.house.chatting()
    pool = court.house.pool.oracle
    (chat,) = {each.id for each in pool.chats.values()}
    for person in (anna, boris):
        await keep(court.database, Profile(user=person.user, gender=Gender.FEMALE, age=30))
    async with court.database.transaction() as connection:
        values = f"'{chat}', {anna.user}, {FIRST}, {boris.user}, {FIRST}, 1, NULL, NULL"
        await connection.execute(f"INSERT INTO chats VALUES ({values})")
    assert await court.review.end_chat(boris.user, "olga") == chat
    await asyncio.gather(*(person.hears("chat-ended-operator") for person in (anna, boris)))
    assert not pool.chats
    async with asyncio.timeout(60):
        while await court.moderation.changes():
            await court.house.rests()
    await court.house.rests()
    assert [person.phone.count("chat-ended-operator") for person in (anna, boris)] == [1, 1]


@pytest.mark.parametrize("why", Apart)
async def test_who_was_parted_from_somebody_deleted_does_not_meet_them_after_their_return(court, why):
    """The pool had the number in their place. A worker may die before it is told of the person."""
    anna, boris = court.house.person(), court.house.person()
    await keep(court.database, Profile(user=anna.user, gender=Gender.FEMALE, age=30))
    data = SqlPersonalData(court.database, court.house.pool, HASHES, SpamNotesTwin(), changed=lambda _: None)
    await data.ask_deletion(anna.address)
    assert await data.delete(anna.user)
    restrictions = SqlRestrictions(court.database)
    await restrictions.separate(Separation(user=boris.user, other=UserId(HASHES.number(anna.user)), why=why))
    await SqlProfiles(court.database, hashes=HASHES).change(anna.user, Begin(language="en"))
    assert not court.house.pool.oracle.are_apart(anna.user, boris.user)
    started = court.opens()
    try:
        await court.house.pool.until(lambda: court.house.pool.oracle.are_apart(anna.user, boris.user))
        async with asyncio.timeout(60):
            while await court.moderation.changes():
                await court.house.rests()
    finally:
        await started.stop()
    assert [each async for each in restrictions.list_separations()] == [Separation(user=boris.user, other=anna.user, why=why)]


async def test_a_pool_that_is_away_is_told_when_it_is_back(court, actor):
    anna = await court.house.searching()
    court.house.pool.away = True
    await actor.ask(NoteFinding(who=anna.address, finding=Finding(rule="same-advert", ban_hours=1)), timeout=10)
    await court.house.rests()
    assert "banned" not in anna.phone
    court.house.pool.away = False
    await anna.hears("banned")


async def test_a_hold_ends_the_search_and_is_told(court, actor):
    anna = await court.house.searching()
    court.house.profiles.kept[anna.user] = replace(court.house.profiles.kept[anna.user], held=True)
    await actor.ask(FileReport(report=report(anna.address, 1, Reason.UNDER_AGE)), timeout=10)
    await anna.hears("account-held")
    await court.house.pool.until(lambda: anna.user not in court.house.pool.oracle.searches)
    await anna.commands("find")
    await anna.hears("account-held", times=2)


async def test_where_the_records_are_away_the_asker_is_told_so_and_the_actor_goes_on(court, actor, monkeypatch):
    async def away(*_args):
        raise Unavailable("the database is away")

    anna = court.house.person()
    with monkeypatch.context() as broken:
        broken.setattr(court.moderation, "file", away)
        broken.setattr(court.moderation, "changes", away)
        with pytest.raises(Unavailable):
            await actor.ask(FileReport(report=report(anna.address, 1)), timeout=10)
        await court.house.rests()
    assert await actor.ask(FileReport(report=report(anna.address, 1)), timeout=10) == 1


async def test_a_warning_is_told_once_by_whichever_worker_serves_the_bot(tmp_path):
    vera = Address(BOT, UserId(55))
    async with a_desk(tmp_path) as desk:
        await reporters_came_long_ago(desk.database)
        records = SqlModeration(desk.database, SECRETS, LIVE)
        for number in range(6):
            await records.file(report(vera, number))
        for number in range(6):
            await records.file(report(vera, number))
        await desk.shows(vera.user, "warned")
        async with asyncio.timeout(60):
            while await desk.records.outbox.due(BOT, inf):
                await desk.looks_again()
    async with a_desk(tmp_path) as desk:
        await desk.looks_again()
        await desk.reminds()
        assert "warned" not in desk.shown(vera.user)


async def test_a_ban_is_told_once_also_where_the_session_says_it_too(court, actor):
    """The outbox sends at the same bot, by the same key."""
    anna, _boris = await court.house.chatting()
    idle = court.house.person()
    for person in (anna, idle):
        await court.remembers(person.address)
    await court.review.ban(anna.user, inf, "fraud", "olga")
    await anna.hears("banned")
    await court.review.ban(idle.user, inf, "fraud", "olga")
    await court.pays()
    await court.house.rests()
    assert (anna.phone.count("banned"), idle.phone.count("banned")) == (1, 1)
    assert idle.message("banned").body.menu is anna.message("banned").body.menu is Menu.MAIN


async def test_a_ban_that_is_over_is_told_nobody_any_more(court):
    idle = court.house.person()
    await court.remembers(idle.address)
    await court.review.ban(idle.user, time.time() + 0.05, "fraud", "olga")
    await asyncio.sleep(0.1)
    await court.pays()
    assert "banned" not in idle.phone
