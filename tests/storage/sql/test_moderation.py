"""Reports are booked once and weighed; steps, holds, the review list and decisions follow, on both databases."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from itertools import count
from math import inf

import pytest

from domain.configuration import Configuration, LiveConfiguration
from domain.errors import SettingsError
from domain.model.chat import Chat
from domain.model.ids import Address, BotId, ChatId, UserId
from domain.model.profile import DAY, Gender, Profile
from domain.ports.moderation import LADDER, MINORS, UNDER_AGE, Verdict
from domain.settings import Settings
from domain.trust.findings import MARKED, Finding
from domain.trust.reports import Reason, Report, Said
from storage.secrets import Secrets
from storage.sql.chats import SqlChats
from storage.sql.database import open_database
from storage.sql.payments.outbox import SqlOutbox
from storage.sql.profiles import SqlProfiles
from storage.sql.trust.moderation import SqlModeration
from storage.sql.trust.review import SqlReview
from tests.records import keep

NOW = 1_900_000_000.0
HOUR = 3600.0
BOT = BotId(77)
VERA = Address(BOT, UserId(7_000_000_001))
"""Who is reported."""
SECRETS = Secrets([b"k" * 32], source="test")
SAID = (Said(by_reporter=False, at=NOW - 5, text="buy this", earlier=("hello",), marked=True), Said(by_reporter=True, at=NOW - 4))


class Bench:
    """Where reports are judged, at a time that the test sets."""

    def __init__(self, database) -> None:
        self.now = NOW
        self.database = database
        live = LiveConfiguration(Configuration.of(Settings()))
        self.moderation = SqlModeration(database, SECRETS, live, clock=lambda: self.now)
        self.review = SqlReview(database, SECRETS, live, clock=lambda: self.now)
        self.outbox = SqlOutbox(database)
        self._people = count(7_100_000_001)
        self._chats = count(1)

    async def somebody(self, *, age: int = 25, since: float = 100 * DAY, chats: int = 5) -> Address:
        """Who came here so many seconds ago, and had so many chats."""
        who = Address(BOT, UserId(next(self._people)))
        await keep(self.database, Profile(user=who.user, gender=Gender.FEMALE, age=age), clock=lambda: self.now - since)
        await self.has_chats(who, chats)
        return who

    async def has_chats(self, who: Address, number: int, *, ago: float = 10 * DAY) -> None:
        chats = SqlChats(self.database)
        for _ in range(number):
            other = Address(BOT, UserId(6_000_000_001))
            await chats.opened(Chat(id=ChatId(f"chat {next(self._chats)}"), first=other, second=who, started=self.now - ago))

    def report(self, by: Address, reason: Reason = Reason.INSULT, of: Address = VERA, **more) -> Report:
        chat = ChatId(f"reported {next(self._chats)}")
        return Report(reporter=by, reported=of, chat=chat, reason=reason, **{"evidence": SAID, **more})

    async def reported(self, number: int, reason: Reason = Reason.INSULT, of: Address = VERA, **more) -> list[int]:
        """By so many people of whom nothing bad is known. Each report weighs half its severity."""
        reporters = [await self.somebody(**more) for _ in range(number)]
        return [await self.moderation.file(self.report(each, reason, of)) for each in reporters]

    async def weight(self, number: int) -> float:
        return (await self.review.report(number)).weight

    async def notices(self) -> list:
        return await self.outbox.due(BOT, self.now + 1)


@pytest.fixture
def bench(database) -> Bench:
    return Bench(database)


# --- booking and weighing


async def test_a_report_that_is_told_again_has_the_number_of_the_first(bench):
    told = bench.report(await bench.somebody())
    assert [await bench.moderation.file(told) for _ in range(3)] == [1, 1, 1]
    assert [booked.number for booked in await bench.review.reports()] == [1]
    assert await bench.moderation.file(bench.report(await bench.somebody())) == 2


async def test_many_reports_of_one_person_by_two_processes_at_once_lead_to_each_step_once(bench, database_uri):
    other = await open_database(database_uri, pool_size=4)
    second = Bench(other)
    try:
        told = [bench.report(await bench.somebody()) for _ in range(8)]
        both = [(bench if turn % 2 else second).moderation.file(each) for each in told for turn in range(2)]
        numbers = await asyncio.gather(*both)
    finally:
        await other.close()
    assert sorted(numbers) == sorted([*range(1, 9)] * 2)
    standing = await bench.review.standing(VERA.user)
    # 2 reports: 1.0, warned, 0.5 are left; 3 more: 2.0, an hour, 1.0 are left; 3 more: 2.5
    assert (standing.level, standing.score) == (2, pytest.approx(2.5))
    assert len(await bench.notices()) == 1
    assert standing.banned_until == NOW + HOUR


async def test_two_who_report_each_other_at_once_weigh_half_each(bench, database_uri):
    other = await open_database(database_uri, pool_size=4)
    anna, boris = await bench.somebody(), await bench.somebody()
    try:
        numbers = await asyncio.gather(
            bench.moderation.file(bench.report(anna, of=boris)), Bench(other).moderation.file(bench.report(boris, of=anna))
        )
    finally:
        await other.close()
    assert [await bench.weight(number) for number in numbers] == [0.25, 0.25]


async def test_whatever_is_booked_of_one_person_at_once_by_two_processes_none_fails(bench, database_uri):
    other = await open_database(database_uri, pool_size=4)
    second = Bench(other)
    anna = await bench.somebody()
    told = [bench.report(await bench.somebody(), Reason.UNDER_AGE) for _ in range(4)]
    try:
        work = []
        for each, here in zip(told, (bench, second) * 2, strict=True):
            work += [here.moderation.file(each), here.moderation.note(VERA, Finding(rule="same-advert", ban_hours=1, hold=True))]
            work += [here.moderation.file(here.report(anna)), here.moderation.file(here.report(VERA, of=anna))]
            work += [
                here.moderation.renew(),
                here.review.hold(VERA, "other"),
                here.review.ban(VERA.user, inf, "operator", "olga"),
            ]
            work += [here.review.release(VERA.user, "olga"), here.review.unban(VERA.user, "olga"), here.moderation.purge()]
        await asyncio.gather(*work)
        await bench.review.unban(VERA.user, "olga")
    finally:
        await other.close()
    standing = await bench.review.standing(VERA.user)
    assert (standing.banned_until, standing.held_since, standing.score, standing.level) == (0, None, 0, 0)


@pytest.mark.parametrize(
    ("reporter", "told", "weight"),
    [
        ({}, {}, 0.5),
        ({"since": DAY - 60}, {}, 0.25),
        ({"chats": 4}, {}, 0.25),
        ({}, {"answered": False}, 0.0),
        ({}, {"reason": Reason.THREAT}, 1.0),
    ],
    ids=["anybody", "came today", "few chats", "nothing was said", "threat"],
)
async def test_what_is_known_of_reporter_and_chat_decides_the_weight(bench, reporter, told, weight):
    assert await bench.weight(await bench.moderation.file(bench.report(await bench.somebody(**reporter), **told))) == weight


async def test_the_same_reporter_weighs_once_in_30_days(bench):
    anna = await bench.somebody()
    weights = []
    for days in (0, 29, 31):
        bench.now = NOW + days * DAY
        weights.append(await bench.weight(await bench.moderation.file(bench.report(anna))))
    assert weights == [0.5, 0.0, 0.5]


async def test_who_reports_all_day_weighs_half_and_then_nothing(bench):
    anna = await bench.somebody()
    weights = []
    for _ in range(16):
        number = await bench.moderation.file(bench.report(anna, of=Address(BOT, UserId(next(bench._people)))))
        weights.append(await bench.weight(number))
    assert weights == [0.5] * 5 + [0.25] * 10 + [0.0]


async def test_what_a_person_decided_makes_the_next_reports_weigh_more_or_less(bench):
    anna = await bench.somebody()
    first = await bench.moderation.file(bench.report(anna))
    await bench.review.uphold(first, "olga")
    of = await bench.somebody()
    second = await bench.moderation.file(bench.report(anna, of=of))
    assert await bench.weight(second) == pytest.approx(2 / 3)
    await bench.review.reject(second, "olga")
    third = await bench.moderation.file(bench.report(anna, of=await bench.somebody()))
    assert await bench.weight(third) == pytest.approx(2 / 4)


# --- the ladder


async def test_a_warning_is_owed_once_with_the_main_reason_by_the_bot_of_the_chat(bench):
    await bench.reported(1, Reason.ADS)
    assert await bench.notices() == []
    numbers = await bench.reported(1, Reason.INSULT)
    numbers += await bench.reported(1, Reason.INSULT)
    (owed,) = await bench.notices()
    assert (owed.to, owed.text, owed.arguments) == (VERA, "warned", {"reason": "insult"})
    assert (await bench.review.standing(VERA.user)).banned_until == 0


async def test_each_step_lasts_longer_and_the_last_is_reviewed(bench):
    seen = []
    while (await bench.review.standing(VERA.user)).level < 4:
        before = (await bench.review.standing(VERA.user)).level
        await bench.reported(1)
        standing = await bench.review.standing(VERA.user)
        if standing.level > before:
            seen.append((standing.level, standing.banned_until - bench.now if standing.banned_until else 0, standing.ban_reason))
    assert seen == [(1, 0, ""), (2, HOUR, "insult"), (3, DAY, "insult"), (4, 7 * DAY, "insult")]
    (item,) = await bench.review.items()
    assert (item.rule, item.detail, item.who, item.first) == (LADDER, "insult", VERA, False)
    assert [(change.user, change.banned_until) for change in await bench.moderation.changes()] == [(VERA.user, NOW + 7 * DAY)]


async def test_no_step_is_taken_where_few_of_many_chats_were_reported_but_for_threats(bench):
    await bench.has_chats(VERA, 300, ago=HOUR)
    await bench.reported(6)
    assert (await bench.review.standing(VERA.user)).level == 0
    await bench.reported(1, Reason.THREAT)
    standing = await bench.review.standing(VERA.user)
    assert (standing.level, standing.banned_until) == (1, 0)
    assert [owed.arguments for owed in await bench.notices()] == [{"reason": "threat"}]


async def test_a_shorter_step_never_shortens_a_ban(bench):
    await bench.review.ban(VERA.user, inf, "operator", "olga")
    await bench.reported(6)
    standing = await bench.review.standing(VERA.user)
    assert (standing.banned_until, standing.ban_by) == (inf, "olga")


async def test_a_level_falls_by_one_in_quiet_days(bench):
    await bench.reported(5)
    levels = []
    for days in (0, 29, 30, 60, 365):
        bench.now = NOW + days * DAY
        levels.append((await bench.review.standing(VERA.user)).level)
    assert levels == [2, 2, 1, 0, 0]


async def test_seven_days_that_nobody_reviews_begin_anew_once_and_then_end(bench):
    await bench.moderation.note(VERA, Finding(rule="other"))
    while (await bench.review.standing(VERA.user)).level < 4:
        await bench.reported(1)
    renewed = []
    for hours in (71, 72, 73, 300):
        bench.now = NOW + hours * HOUR
        renewed.append(await bench.moderation.renew())
    assert renewed == [0, 1, 0, 0]
    assert (await bench.review.standing(VERA.user)).banned_until == NOW + 72 * HOUR + 7 * DAY


async def test_seven_days_that_were_reviewed_are_not_renewed(bench):
    while (await bench.review.standing(VERA.user)).level < 4:
        await bench.reported(1)
    (item,) = await bench.review.items()
    await bench.review.close(item.number, "olga")
    bench.now = NOW + 80 * HOUR
    assert await bench.moderation.renew() == 0


# --- holds


async def test_a_report_of_somebody_under_age_holds_the_person_and_goes_first(bench):
    await bench.moderation.note(Address(BOT, UserId(5)), Finding(rule="same-advert"))
    bench.now += 1
    await bench.reported(1, Reason.UNDER_AGE)
    standing = await bench.review.standing(VERA.user)
    assert (standing.held_since, standing.held_for) == (bench.now, UNDER_AGE)
    assert [(item.rule, item.first) for item in await bench.review.items()] == [(UNDER_AGE, True), ("same-advert", False)]
    assert [(change.user, change.held) for change in await bench.moderation.changes()] == [(VERA.user, True)]


async def test_a_report_without_weight_holds_nobody(bench):
    await bench.moderation.file(bench.report(await bench.somebody(), Reason.UNDER_AGE, answered=False))
    assert (await bench.review.standing(VERA.user)).held_since is None


async def test_more_than_three_reports_by_minors_hold_an_adult_whatever_the_share(bench):
    adult = await bench.somebody(age=30)
    await bench.has_chats(adult, 300, ago=HOUR)
    for number in range(5):
        await bench.reported(1, Reason.OTHER, adult, age=15)
        assert (await bench.review.standing(adult.user)).held_for == ("" if number < 3 else MINORS)


async def test_a_minor_of_many_chats_is_not_held_by_a_few_reports(bench):
    minor = await bench.somebody(age=16)
    await bench.has_chats(minor, 300, ago=HOUR)
    await bench.reported(5, Reason.OTHER, minor, age=15)
    assert (await bench.review.standing(minor.user)).held_since is None


async def test_a_profile_tells_of_a_hold(bench):
    vera = await bench.somebody()
    profiles = SqlProfiles(bench.database)
    assert not (await profiles.get(vera.user)).held
    await bench.review.hold(vera, "same-advert")
    assert (await profiles.get(vera.user)).held
    await bench.review.release(vera.user, "olga")
    assert not (await profiles.get(vera.user)).held
    assert await bench.review.items() == []


async def test_somebody_is_banned_once_in_a_batch_whoever_comes_first(bench):
    both = [bench.review.ban(VERA.user, inf, "ads", "olga", batch="one") for _ in range(2)]
    assert sorted(await asyncio.gather(*both)) == [False, True]
    await bench.review.unban(VERA.user, "olga")
    assert not await bench.review.ban(VERA.user, inf, "ads", "olga", batch="one")
    assert await bench.review.ban(VERA.user, inf, "ads", "olga", batch="two")


# --- findings


async def test_a_finding_bans_holds_and_is_one_item_however_often_it_is_told(bench):
    finding = Finding(rule="same-advert", detail="8 partners", ban_hours=24, hold=True, reason="ads")
    for _ in range(3):
        await bench.moderation.note(VERA, finding)
    (item,) = await bench.review.items()
    assert (item.rule, item.detail, item.times, item.first) == ("same-advert", "8 partners", 3, True)
    standing = await bench.review.standing(VERA.user)
    assert (standing.banned_until, standing.ban_reason, standing.ban_by) == (NOW + DAY, "ads", "same-advert")
    assert standing.held_for == "same-advert"


async def test_what_is_looked_at_once_is_not_found_again_whatever_was_decided(bench):
    marked = Finding(rule=MARKED, detail="scam", hold=True, once=True)
    for _ in range(2):
        await bench.moderation.note(VERA, marked)
    (item,) = await bench.review.items()
    assert (item.rule, item.detail, item.first, item.times) == (MARKED, "scam", True, 1)
    await bench.review.release(VERA.user, "olga")
    await bench.moderation.note(VERA, marked)
    assert await bench.review.items() == []
    assert (await bench.review.standing(VERA.user)).held_since is None


async def test_what_nobody_has_to_look_at_is_not_on_the_list_until_it_is_found_to_be_worth_it(bench):
    await bench.moderation.note(VERA, Finding(rule="burst", review=False))
    assert await bench.review.items() == []
    await bench.moderation.note(VERA, Finding(rule="burst"))
    assert [item.times for item in await bench.review.items()] == [2]


# --- decisions


async def test_of_two_operators_the_second_reads_who_has_decided(bench):
    (number,) = await bench.reported(1)
    first, second = await asyncio.gather(bench.review.uphold(number, "olga"), bench.review.reject(number, "oleg"))
    assert (first.now, second.now) == (True, False) or (first.now, second.now) == (False, True)
    assert (first.by, first.verdict, first.at) == (second.by, second.verdict, second.at)
    assert (await bench.review.report(number)).decided_by == first.by
    assert await bench.review.uphold(99, "olga") is None


async def test_an_upheld_report_bans_as_long_as_asked(bench):
    (number,) = await bench.reported(1, Reason.FRAUD)
    await bench.review.uphold(number, "olga", ban_until=inf)
    standing = await bench.review.standing(VERA.user)
    assert (standing.banned_until, standing.ban_reason, standing.ban_by) == (inf, "fraud", "olga")
    assert standing.score == pytest.approx(0.75)


async def test_a_rejected_report_counts_no_more_and_ends_what_it_led_to(bench):
    first, second = await bench.reported(2, Reason.UNDER_AGE)
    await bench.review.reject(second, "olga")
    assert (await bench.review.standing(VERA.user)).held_for == UNDER_AGE
    assert [item.report for item in await bench.review.items() if item.rule == UNDER_AGE] == [first]
    await bench.review.reject(first, "olga", lift=True)
    standing = await bench.review.standing(VERA.user)
    assert (standing.held_since, standing.banned_until, standing.score) == (None, 0, 0)
    assert [item for item in await bench.review.items() if item.rule == UNDER_AGE] == []


async def test_an_upheld_report_of_somebody_under_age_keeps_the_hold(bench):
    (number,) = await bench.reported(1, Reason.UNDER_AGE)
    await bench.review.uphold(number, "olga")
    assert (await bench.review.standing(VERA.user)).held_for == UNDER_AGE
    assert [(item.rule, item.first) for item in await bench.review.items()] == [(UNDER_AGE, True)]


async def decided(bench, act):
    """By one operator, of somebody held by one report."""
    (number,) = await bench.reported(1, Reason.UNDER_AGE)
    (item,) = await bench.review.items()
    acts = {
        "uphold": lambda: bench.review.uphold(number, "olga"),
        "uphold for good": lambda: bench.review.uphold(number, "olga", ban_until=inf),
        "reject": lambda: bench.review.reject(number, "olga"),
        "confirm": lambda: bench.review.confirm(VERA.user, "olga"),
        "confirm for good": lambda: bench.review.confirm(VERA.user, "olga", ban_until=inf),
        "release": lambda: bench.review.release(VERA.user, "olga"),
        "unban": lambda: bench.review.unban(VERA.user, "olga"),
        "close": lambda: bench.review.close(item.number, "olga"),
        "ban": lambda: bench.review.ban(VERA.user, bench.now + DAY, "threat", "olga"),
    }
    await acts[act]()
    return item.number


@pytest.mark.parametrize(
    ("act", "listed"),
    [
        ("uphold", True),
        ("uphold for good", False),
        ("reject", False),
        ("confirm", True),
        ("confirm for good", False),
        ("release", False),
        ("unban", False),
        ("close", True),
        ("ban", True),
    ],
)
async def test_whoever_is_held_and_not_banned_for_good_is_on_the_review_list(bench, act, listed):
    await decided(bench, act)
    assert bool(await bench.review.items()) is listed
    standing = await bench.review.standing(VERA.user)
    assert listed or standing.held_since is None or standing.banned_until == inf


async def test_a_rejected_report_does_not_free_somebody_whom_another_rule_holds(bench):
    first, second = [(await bench.reported(1, Reason.UNDER_AGE))[0] for _ in range(2)]
    await bench.moderation.note(VERA, Finding(rule="known-picture", hold=True))
    held = []
    for number in (first, second):
        await bench.review.reject(number, "olga")
        held.append((await bench.review.standing(VERA.user)).held_for)
    assert held == [UNDER_AGE, "known-picture"]
    (item,) = await bench.review.items()
    assert item.rule == "known-picture"
    assert (await bench.review.close(item.number, "olga")).closed_at is None
    await bench.review.release(VERA.user, "olga")
    assert await bench.review.items() == []


async def test_the_item_of_a_hold_is_closed_once_the_person_is_banned_for_good(bench):
    number = await decided(bench, "close")
    assert (await bench.review.close(number, "olga")).closed_at is None
    await bench.review.ban(VERA.user, inf, "threat", "olga")
    assert (await bench.review.close(number, "olga")).closed_by == "olga"
    assert await bench.review.items() == []


async def test_unban_clears_everything_and_the_reporters_were_wrong(bench):
    numbers = await bench.reported(12, Reason.UNDER_AGE)
    await bench.review.unban(VERA.user, "olga")
    standing = await bench.review.standing(VERA.user)
    assert (standing.level, standing.score, standing.banned_until, standing.held_since) == (0, 0, 0, None)
    assert await bench.review.items() == []
    booked = await bench.review.report(numbers[0])
    assert (booked.verdict, booked.decided_by) == (Verdict.REJECTED, "olga")
    assert (await bench.review.standing(booked.reporter.user)).rejected == 1
    (change,) = await bench.moderation.changes()
    assert (change.banned_until, change.held) == (0, False)


async def test_a_ban_that_is_confirmed_makes_the_reporters_right(bench):
    numbers = await bench.reported(2)
    await bench.review.confirm(VERA.user, "olga", ban_until=inf)
    booked = await bench.review.report(numbers[0])
    assert (booked.verdict, (await bench.review.standing(booked.reporter.user)).upheld) == (Verdict.UPHELD, 1)
    assert (await bench.review.standing(VERA.user)).banned_until == inf


# --- the pool is told


async def test_a_change_stays_until_the_pool_was_told_of_the_newest(bench):
    await bench.review.ban(VERA.user, NOW + 50, "operator", "olga")
    (old,) = await bench.moderation.changes()
    await bench.review.ban(VERA.user, NOW + 99, "operator", "olga")
    assert not await bench.moderation.settled(old)
    (new,) = await bench.moderation.changes()
    assert new.banned_until == NOW + 99
    assert await bench.moderation.settled(new)
    assert await bench.moderation.settled(new), "another process was told of the same change"
    assert await bench.moderation.changes() == []


async def test_who_tells_the_pool_late_of_an_old_ban_is_not_the_last_word(bench):
    await bench.review.ban(VERA.user, NOW + 50, "operator", "olga")
    (old,) = await bench.moderation.changes()
    await bench.review.ban(VERA.user, NOW + 99, "operator", "olga")
    (new,) = await bench.moderation.changes()
    assert await bench.moderation.settled(new)
    assert not await bench.moderation.settled(old)
    assert [change.banned_until for change in await bench.moderation.changes()] == [NOW + 99]


# --- evidence and retention


async def test_evidence_is_sealed_and_bound_to_its_report(bench):
    first, second = await bench.reported(2)
    assert tuple(await bench.review.evidence(first)) == SAID
    async with bench.database.connection() as connection:
        rows = await (await connection.execute("SELECT sealed FROM report_evidence")).fetchall()
        assert all(b"buy this" not in bytes(row[0]) for row in rows)
        await connection.execute(
            "UPDATE report_evidence SET sealed = (SELECT sealed FROM report_evidence WHERE number = 1) WHERE number = 2"
        )
    with pytest.raises(SettingsError, match="report 2"):
        await bench.review.evidence(second)


@pytest.mark.parametrize(
    ("reason", "verdict", "days"),
    [
        (Reason.INSULT, Verdict.OPEN, 90),
        (Reason.INSULT, Verdict.UPHELD, 30),
        (Reason.INSULT, Verdict.REJECTED, 7),
        (Reason.THREAT, Verdict.OPEN, 365),
        (Reason.UNDER_AGE, Verdict.UPHELD, 365),
        (Reason.THREAT, Verdict.REJECTED, 7),
    ],
)
async def test_evidence_goes_in_time(bench, reason, verdict, days):
    (number,) = await bench.reported(1, reason)
    if verdict is Verdict.UPHELD:
        await bench.review.uphold(number, "olga")
    elif verdict is Verdict.REJECTED:
        await bench.review.reject(number, "olga")
    bench.now = NOW + days * DAY - 1
    await bench.moderation.purge()
    assert await bench.review.evidence(number) is not None
    bench.now = NOW + days * DAY
    assert await bench.review.evidence(number) is None
    assert await bench.moderation.purge() >= 1


async def test_reports_go_after_180_days_and_those_with_evidence_later(bench):
    _, grave = await bench.reported(1) + await bench.reported(1, Reason.THREAT)
    bench.now = NOW + 170 * DAY
    (newest,) = await bench.reported(1)
    bench.now = NOW + 181 * DAY
    await bench.moderation.purge()
    assert [booked.number for booked in await bench.review.reports()] == [newest, grave]
    bench.now = NOW + 366 * DAY
    await bench.moderation.purge()
    assert [booked.number for booked in await bench.review.reports()] == [newest], "so that no number is given out again"


async def test_items_go_180_days_after_they_were_closed_and_open_ones_stay(bench):
    await bench.moderation.note(VERA, Finding(rule="closed"))
    await bench.moderation.note(VERA, Finding(rule="open"))
    await bench.moderation.note(VERA, Finding(rule="noted", review=False))
    await bench.moderation.note(VERA, Finding(rule="newest", review=False))
    closed, _ = await bench.review.items()
    await bench.review.close(closed.number, "olga")
    bench.now = NOW + 181 * DAY
    await bench.moderation.purge()
    assert [item.rule for item in await bench.review.items()] == ["open"]
    assert await bench.review.items(closed=True) == []


async def test_an_item_is_closed_by_whoever_was_first(bench):
    await bench.moderation.note(VERA, Finding(rule="same-advert"))
    (item,) = await bench.review.items()
    assert [(await bench.review.close(item.number, by)).closed_by for by in ("olga", "oleg")] == ["olga", "olga"]
    assert await bench.review.close(99, "olga") is None
    await bench.moderation.note(VERA, Finding(rule="same-advert"))
    assert [again.number for again in await bench.review.items()] == [item.number + 1]


async def test_nobody_is_hurt_by_a_report_of_oneself(bench):
    anna = await bench.somebody()
    await bench.moderation.file(bench.report(anna, Reason.UNDER_AGE, of=replace(anna)))
    assert (await bench.review.standing(anna.user)).held_since is None
