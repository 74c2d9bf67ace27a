"""Appeals, their answers and the audit, on both databases; and the twin of appeals that sessions are tested with."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from math import inf

import pytest

from domain.configuration import Configuration, LiveConfiguration
from domain.model.ban import DAY
from domain.model.chat import Chat
from domain.model.ids import Address, BotId, ChatId, UserId
from domain.model.profile import Gender, Profile
from domain.ports.moderation import Verdict
from domain.ports.review import ACCEPTED, REJECTED, Act, Operator
from domain.settings import Settings
from domain.trust.appeals import NotAppealed
from domain.trust.reports import Reason, Report
from storage.secrets import Secrets
from storage.sql.chats import SqlChats
from storage.sql.payments.grants import SqlGrants
from storage.sql.payments.outbox import SqlOutbox
from storage.sql.profiles import SqlProfiles
from storage.sql.retention import ACTS_KEPT, APPEALS_KEPT, purge
from storage.sql.review.appeals import SqlAppeals
from storage.sql.review.audit import SqlAudit, of_user
from storage.sql.review.people import SqlPeople
from storage.sql.trust.moderation import SqlModeration
from storage.sql.trust.review import SqlReview
from tests.records import keep
from tests.twins import AppealsTwin

NOW = 1_900_000_000.0
HOUR = 3600.0
BOT, OTHER_BOT = BotId(77), BotId(78)
ANNA, BORIS = Address(BOT, UserId(7_000_000_001)), Address(BOT, UserId(7_000_000_002))
OLGA, OLEG = Operator(name="olga", source="cli"), Operator(name="oleg", source="panel")


class Desk:
    """What operators work with, at a time that the test sets."""

    def __init__(self, database) -> None:
        self.now = NOW
        self.database = database
        live, secrets = LiveConfiguration(Configuration.of(Settings())), Secrets([b"k" * 32], source="test")
        self.appeals = SqlAppeals(database, clock=self.time)
        self.audit = SqlAudit(database, clock=self.time)
        self.people = SqlPeople(database, clock=self.time)
        self.review = SqlReview(database, secrets, live, source="cli", clock=self.time)
        self.moderation = SqlModeration(database, secrets, live, clock=self.time)
        self.grants = SqlGrants(database, clock=self.time)
        self.profiles = SqlProfiles(database)

    def time(self) -> float:
        return self.now

    async def bans(self, until: float = inf, reason: str = "ads", note: str = "") -> None:
        await self.review.ban(ANNA.user, until, reason, "olga", note)

    async def rule_bans(self, until: float) -> None:
        async with self.database.connection() as connection:
            await self.database.queries.extend_ban(
                connection, user=ANNA.user, until=until, reason="ads", banned_by="reports", now=NOW
            )

    async def owed(self) -> list[tuple[str, dict]]:
        return [(each.text, dict(each.arguments)) for each in await SqlOutbox(self.database).due(BOT, self.now + 1)]

    async def acts(self) -> list[tuple[str, str, str, str]]:
        return [(each.who, each.source, each.act, each.target) for each in await self.audit.newest(100)]


@pytest.fixture
async def desk(database):
    await keep(database, Profile(user=ANNA.user, gender=Gender.FEMALE, age=25), clock=lambda: NOW - 9 * DAY)
    return Desk(database)


# --- one appeal for each ban


@pytest.mark.parametrize("twin", [False, True], ids=["records", "twin"])
async def test_there_is_one_appeal_for_each_ban_and_the_same_text_again_changes_nothing(desk, twin):
    ban = None
    appeals = AppealsTwin(lambda _: ban, desk.time) if twin else desk.appeals
    assert await appeals.appeal(ANNA, "It was not me") is NotAppealed.NO_BAN
    for _ in range(2):
        await desk.bans()
        ban = await desk.people.ban_of(ANNA.user)
        assert await appeals.appeal(ANNA, "") is None
        for _again in range(2):
            assert await appeals.appeal(ANNA, "It was not me") is None
        assert await appeals.appeal(ANNA, "Really") is NotAppealed.ALREADY
        assert await appeals.appeal(ANNA, "") is NotAppealed.ALREADY
        desk.now += HOUR
    if not twin:
        assert [each.number for each in await appeals.newest(10)] == [2, 1]


async def test_of_two_devices_one_appeal_is_recorded(desk):
    await desk.bans()
    outcomes = await asyncio.gather(*(desk.appeals.appeal(ANNA, f"text {number}") for number in range(4)))
    assert sorted(outcomes, key=str) == sorted([None, *[NotAppealed.ALREADY] * 3], key=str)
    assert len(await desk.appeals.newest(10)) == 1


async def test_a_ban_by_a_rule_is_appealed_against_by_its_length(desk):
    for until, wanted in ((NOW + HOUR, NotAppealed.SHORT), (NOW + DAY, NotAppealed.LATER), (NOW + 7 * DAY, None)):
        await desk.rule_bans(until)
        assert await desk.appeals.appeal(ANNA, "") is wanted


async def test_a_longer_ban_by_a_rule_does_not_keep_the_words_of_the_operator(desk):
    await desk.bans(NOW + HOUR, "operator", "Be kind")
    await desk.rule_bans(NOW + DAY)
    ban = (await desk.profiles.get(ANNA.user)).ban
    assert (ban.reason, ban.note, ban.by_person) == ("ads", "", False)


# --- answers


async def test_an_accepted_appeal_pardons_tells_the_person_and_is_in_the_audit(desk):
    number = await desk.moderation.file(Report(reporter=BORIS, reported=ANNA, chat=ChatId("c"), reason=Reason.INSULT))
    await desk.bans()
    await desk.appeals.appeal(ANNA, "It was not me")
    desk.now += HOUR
    assert await desk.people.answer(1, ACCEPTED, "Sorry!", OLEG)
    assert await desk.people.ban_of(ANNA.user) is None
    assert (await desk.profiles.get(ANNA.user)).banned_until == 0
    assert (await desk.review.report(number)).verdict is Verdict.REJECTED
    assert (await desk.review.standing(ANNA.user)).score == 0
    assert [change.banned_until for change in await desk.moderation.changes()] == [0]
    ((text, arguments),) = await desk.owed()
    assert (text, arguments["answer"], arguments["holds"]) == ("appeal-accepted", "Sorry!", "no")
    assert await desk.acts() == [
        ("oleg", "panel", "answer", "appeal:1"),
        ("oleg", "panel", "unban", of_user(ANNA.user)),
        ("olga", "cli", "ban", of_user(ANNA.user)),
    ]


async def test_a_rejected_appeal_leaves_the_ban_and_says_so(desk):
    await desk.bans(NOW + 8 * DAY)
    await desk.appeals.appeal(ANNA, "It was not me")
    assert await desk.people.answer(1, REJECTED, "", OLEG)
    assert (await desk.people.ban_of(ANNA.user)).until == NOW + 8 * DAY
    ((text, arguments),) = await desk.owed()
    assert (text, arguments["answered"], arguments["holds"], arguments["day"]) == ("appeal-rejected", 0, "until", "25")


async def test_of_two_operators_who_answer_at_once_one_decides(desk):
    await desk.bans()
    await desk.appeals.appeal(ANNA, "It was not me")
    done = await asyncio.gather(desk.people.answer(1, ACCEPTED, "", OLGA), desk.people.answer(1, REJECTED, "", OLEG))
    assert sorted(done) == [False, True]
    found = await desk.appeals.find(1)
    assert (found.verdict, found.answered_by) == ((ACCEPTED, "olga") if done[0] else (REJECTED, "oleg"))
    assert (await desk.people.ban_of(ANNA.user) is None) is done[0]
    assert len(await desk.owed()) == 1


async def test_an_accepted_appeal_does_not_lift_a_ban_that_came_later(desk):
    await desk.bans()
    await desk.appeals.appeal(ANNA, "It was not me")
    desk.now += HOUR
    await desk.bans(inf, "fraud")
    assert await desk.people.answer(1, ACCEPTED, "", OLEG)
    assert (await desk.people.ban_of(ANNA.user)).reason == "fraud"
    assert (await desk.owed())[0][1]["holds"] == "forever"


async def test_an_unknown_appeal_is_not_answered(desk):
    assert not await desk.people.answer(5, ACCEPTED, "", OLEG)
    assert await desk.acts() == []


async def test_answered_appeals_go_after_ninety_days_and_waiting_ones_stay(desk):
    await desk.bans()
    await desk.appeals.appeal(ANNA, "first")
    await desk.people.answer(1, REJECTED, "", OLEG)
    desk.now += 1
    await desk.bans()
    await desk.appeals.appeal(ANNA, "second")
    desk.now += 1
    await desk.bans()
    await desk.appeals.appeal(ANNA, "third")
    for days, left in ((89, [3, 2, 1]), (91, [3, 2])):
        await purge([(desk.appeals, APPEALS_KEPT)], now=NOW + days * DAY)
        assert [each.number for each in await desk.appeals.newest(10)] == left


# --- the audit


async def test_each_decision_is_in_the_audit_with_what_it_changed(desk):
    number = await desk.moderation.file(Report(reporter=BORIS, reported=ANNA, chat=ChatId("c"), reason=Reason.THREAT))
    assert (await desk.review.uphold(number, "olga", ban_until=inf)).now
    assert not (await desk.review.reject(number, "oleg")).now
    assert await desk.review.unban(ANNA.user, "oleg", tell_at=BOT)
    unban, uphold = await desk.audit.newest(10, target=of_user(ANNA.user))
    assert (uphold.who, uphold.act, uphold.before["ban"], uphold.after["report"]) == ("olga", "uphold", None, number)
    assert (uphold.after["ban"]["until"], uphold.after["ban"]["reason"]) == ("for ever", "threat")
    assert (unban.who, unban.before["ban"]["reason"], unban.after["ban"]) == ("oleg", "threat", None)
    assert [text for text, _ in await desk.owed()] == ["unbanned"]


async def test_an_act_that_fails_is_not_in_the_audit(desk, monkeypatch):
    async def fails(*_, **__):
        raise ValueError("a bug of ours")

    monkeypatch.setattr("storage.sql.trust.review.write", fails)
    with pytest.raises(ValueError, match="a bug of ours"):
        await desk.bans()
    assert await desk.people.ban_of(ANNA.user) is None
    assert await desk.acts() == []


async def test_acts_at_once_get_numbers_of_their_own(desk):
    await asyncio.gather(*(desk.audit.add(Act(operator=OLGA, name="look", target=f"report:{n}")) for n in range(8)))
    assert [each.number for each in await desk.audit.newest(10)] == [8, 7, 6, 5, 4, 3, 2, 1]


async def test_acts_are_kept_for_a_year_and_the_newest_stays(desk):
    for _ in range(3):
        await desk.audit.add(Act(operator=OLGA, name="look", target="report:1"))
        desk.now += 10 * DAY
    await purge([(desk.audit, ACTS_KEPT)], now=NOW + 376 * DAY)
    assert [each.number for each in await desk.audit.newest(10)] == [3]


async def test_a_grant_adds_to_what_somebody_has_and_is_in_the_audit(desk):
    await desk.grants.grant(ANNA.user, BOT, "trial", 3 * DAY)
    act = Act(operator=OLGA, name="grant", target=of_user(ANNA.user))
    until = await desk.grants.grant(ANNA.user, BOT, "admin:1", 7 * DAY, act=act)
    assert until == NOW + 10 * DAY
    (found,) = await desk.audit.newest(10)
    assert (found.before, found.after) == ({"vip_until": NOW + 3 * DAY}, {"vip_until": until, "source": "admin:1"})
    assert await desk.grants.grant(ANNA.user, BOT, "admin:1", 7 * DAY, act=act) is None
    assert len(await desk.audit.newest(10)) == 1


# --- where somebody is written to


async def test_somebody_is_written_to_where_they_talked_last(desk):
    async with desk.database.connection() as connection:
        for bot in (BOT, OTHER_BOT):
            await connection.execute(f"INSERT INTO bot_peers VALUES ({bot}, {ANNA.user}, 1)")
    assert await desk.people.bots(ANNA.user) == [BOT, OTHER_BOT]
    chat = Chat(id=ChatId("c1"), first=BORIS, second=replace(ANNA, bot=OTHER_BOT), started=NOW)
    await SqlChats(desk.database).opened(chat)
    assert await desk.people.bots(ANNA.user) == [OTHER_BOT, BOT]
