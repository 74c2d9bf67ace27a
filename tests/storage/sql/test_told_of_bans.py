"""Bans, holds and their ends are owed to the person, once, at the bot where they talked last, on both databases."""

from __future__ import annotations

from math import inf

import pytest

from domain.configuration import Configuration, LiveConfiguration
from domain.model.chat import Chat
from domain.model.ids import Address, BotId, ChatId, UserId
from domain.model.profile import Gender, Profile
from domain.session.notices.ban_notices import HOLD_AFTER
from domain.settings import Settings
from domain.trust.findings import Finding
from domain.trust.reports import Reason, Report
from storage.secrets import Secrets
from storage.sql.chats import SqlChats
from storage.sql.payments.outbox import SqlOutbox
from storage.sql.searches import SqlSearches
from storage.sql.trust.moderation import SqlModeration
from storage.sql.trust.review import SqlReview
from tests.records import keep

NOW = 1_900_000_000.0
FIRST, LAST, NOWHERE = BotId(1), BotId(2), BotId(3)
VERA, OTHER = UserId(7_000_000_001), UserId(7_000_000_002)
AT_LAST = Address(LAST, VERA)
ADVERT = Finding(rule="same-advert", ban_hours=1)


class Records:
    """Vera has talked at the first bot, and later at the last one."""

    def __init__(self, database) -> None:
        self.now, self.database, secrets = NOW, database, Secrets([b"k" * 32], source="test")
        live = LiveConfiguration(Configuration.of(Settings()))
        self.moderation = SqlModeration(database, secrets, live, clock=lambda: self.now)
        self.review = SqlReview(database, secrets, live, clock=lambda: self.now)
        self.outbox = SqlOutbox(database)

    async def begin(self) -> None:
        await keep(self.database, *(Profile(user=user, gender=Gender.FEMALE, age=25) for user in (VERA, OTHER)))
        chats = SqlChats(self.database)
        for bot, ago in ((LAST, 10), (FIRST, 20)):
            chat = Chat(id=ChatId(f"at {bot}"), first=Address(bot, VERA), second=Address(NOWHERE, OTHER), started=NOW - ago)
            await chats.opened(chat)

    async def owed(self) -> list[tuple[BotId, str]]:
        everywhere = [await self.outbox.due(bot, self.now + HOLD_AFTER) for bot in (FIRST, LAST, NOWHERE)]
        return [(owed.to.bot, owed.text) for at_bot in everywhere for owed in at_bot if owed.to.user == VERA]

    async def is_reported(self) -> int:
        report = Report(
            reporter=Address(NOWHERE, OTHER), reported=Address(FIRST, VERA), chat=ChatId("x"), reason=Reason.UNDER_AGE
        )
        return await self.moderation.file(report)


@pytest.fixture
async def records(database) -> Records:
    records = Records(database)
    await records.begin()
    return records


async def test_a_ban_by_a_rule_is_told_once_where_they_talked_last_and_a_longer_one_anew(records):
    for _ in range(2):
        await records.moderation.note(Address(FIRST, VERA), ADVERT)
    (owed,) = await records.outbox.due(LAST, NOW)
    assert (owed.text, owed.arguments["reason"], owed.arguments["forever"], owed.arguments["ends"]) == (
        "banned", "spam", 0, NOW + 3600,
    )  # fmt: skip
    await records.outbox.sent(owed.key, NOW)
    records.now += 60
    await records.moderation.note(AT_LAST, ADVERT)
    assert await records.owed() == [(LAST, "banned")]


async def test_an_operator_s_ban_is_told_with_their_words_and_not_after_it_was_lifted(records):
    await records.review.ban(VERA, inf, "operator", "olga", "You sold things")
    (owed,) = await records.outbox.due(LAST, NOW)
    assert (owed.arguments["forever"], owed.arguments["note"], owed.arguments["appeal"]) == (1, "You sold things", 1)
    await records.review.unban(VERA, "olga")
    assert await records.owed() == []


async def test_whoever_searches_is_told_where_they_search(records):
    await SqlSearches(records.database).begun(Address(FIRST, VERA))
    await records.review.ban(VERA, NOW + 60, "spam", "olga")
    assert await records.owed() == [(FIRST, "banned")]


async def test_of_two_bans_before_one_is_told_the_newer_is(records):
    await records.review.ban(VERA, NOW + 60, "spam", "olga")
    records.now += 1
    await records.review.ban(VERA, inf, "fraud", "olga")
    (owed,) = await records.outbox.due(LAST, records.now)
    assert owed.arguments["reason"] == "fraud"


async def test_a_hold_is_told_and_its_end_by_a_rejected_report(records):
    number = await records.is_reported()
    assert await records.owed() == [(LAST, "account-held")]
    (held,) = await records.outbox.due(LAST, NOW + HOLD_AFTER)
    await records.outbox.sent(held.key, NOW)
    await records.review.reject(number, "olga")
    (owed,) = await records.outbox.due(LAST, NOW)
    assert (owed.text, owed.arguments) == ("released", {"banned": 0})


async def test_the_end_of_a_hold_does_not_call_somebody_back_who_is_banned(records):
    number = await records.is_reported()
    await records.review.ban(VERA, inf, "fraud", "olga")
    await records.review.reject(number, "olga")
    told = {owed.text: owed.arguments for owed in await records.outbox.due(LAST, NOW)}
    assert told["released"] == {"banned": 1}


async def test_nobody_is_told_who_was_never_here(records):
    await records.review.ban(UserId(5), inf, "spam", "olga")
    async with records.database.connection() as connection:
        rows = await (await connection.execute("SELECT user_id FROM payment_notices")).fetchall()
    assert rows == []
