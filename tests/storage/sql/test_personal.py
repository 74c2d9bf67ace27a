"""A person's data: the copy has all that is theirs and nothing of others; the deletion keeps what it must and nothing else."""

from __future__ import annotations

import asyncio
from math import inf

import orjson
import pytest

from bench.payments.credits import faults_of
from domain.configuration import Configuration, LiveConfiguration
from domain.errors import Unavailable
from domain.model.ids import Address, BotId, ChatId, UserId
from domain.model.profile import Gender, Profile
from domain.model.profile_changes import Begin, SetAge
from domain.model.retention import BANS_KEPT, EXPORT_EVERY, SIDES_KEPT
from domain.model.separation import Apart, Separation
from domain.ports.spam import HIT, Noted
from domain.trust.appeals import NotAppealed
from domain.trust.reports import Reason, Report
from storage.secrets import KEY_BYTES, Secrets
from storage.sql.bans import SqlBans
from storage.sql.payments.credits import SqlCredits
from storage.sql.payments.grants import SqlGrants
from storage.sql.payments.outbox import LEFT_TO_SESSION, SqlOutbox
from storage.sql.payments.subscriptions import SqlSubscriptions
from storage.sql.payments.tickets import SqlTickets
from storage.sql.personal.data import LATE_SECONDS, SqlPersonalData
from storage.sql.personal.tables import NOT_PERSONAL, PERSONAL, AtDeletion
from storage.sql.personal.tombstones import Hashes
from storage.sql.profiles import SqlProfiles
from storage.sql.restrictions import SqlRestrictions
from storage.sql.review.appeals import SqlAppeals
from storage.sql.review.audit import SqlAudit
from storage.sql.trust.moderation import SqlModeration
from storage.sql.trust.review import SqlReview
from tests.records import keep
from tests.twins import SpamNotesTwin

ANNA, BORIS = UserId(7_000_000_001), UserId(8_000_000_002)
BOT = BotId(55)
HASHES = Hashes(b"the key of hashes")
NOW = 2_000_000_000.0
HERE = Address(BOT, ANNA)

FILLED = {
    "chats": """INSERT INTO chats VALUES ('c{ticket}', {user}, 55, {other}, 55, 1999990000, 1999995000, 'stopped'),
        ('d{ticket}', {other}, 55, {user}, 55, 1999996000, 1999997000, 'next')""",
    "ratings": "INSERT INTO ratings VALUES ({user}, 3, 2)",
    "rated_chats": "INSERT INTO rated_chats VALUES ('c{ticket}', {user}, 1999995100)",
    "locks": """INSERT INTO locks VALUES
        ('lock {ticket}', 'c{ticket}', 55, {user}, 'user:{ticket}', 5, 5, 'over', 1999990000, 1999990000, 1999990300, 1999990300,
        'stopped', 0)""",
    "searches": "INSERT INTO searches VALUES ({user}, 55, 1999999999)",
    "blocks": "INSERT INTO blocks VALUES ({user}, {other}, 1999990000, 'block')",
    "orders": """INSERT INTO orders VALUES
        ('order of {user}', 55, {user}, 'gift', 'month', 30, 250, 0, 55, {other}, 1999000000, 1999001800, 'paid', 0, NULL, '')""",
    "ledger_events": """INSERT INTO ledger_events VALUES
        ('charge:55:{ticket}', 'charge', 55, {user}, 'order of {user}', 1999000100, 1999000100, '', '')""",
    "credit_accounts": "INSERT INTO credit_accounts VALUES ({user}, {ticket})",
    "ledger_accounts": """INSERT INTO ledger_accounts VALUES
        ('user:{ticket}', 'credits', TRUE, 5), ('sold to {ticket}', 'credits', FALSE, 0)""",
    "ledger_transfers": """INSERT INTO ledger_transfers VALUES
        ('charge:55:{ticket}', 0, 'credits', 'sold to {ticket}', 'user:{ticket}', 5)""",
    "charges": """INSERT INTO charges VALUES
        (55, 'charge of {user}', '', {user}, 'order of {user}', 'gift', 'month', 250, 1999000100, FALSE, '', NULL, '', '',
        NULL)""",
    "vip_grants": "INSERT INTO vip_grants VALUES ('trial:{user}', {user}, 55, 0, 259200, 1999000100, NULL)",
    "entitlements": "INSERT INTO entitlements VALUES ({user}, 2000100000, 1999000100)",
    "subscriptions": """INSERT INTO subscriptions VALUES
        ('sub of {user}', 55, {user}, 'monthly', 'alive', 2001000000, 'first of {user}', 'last of {user}', FALSE)""",
    "refund_requests": """INSERT INTO refund_requests VALUES
        ('charge of {user}', 55, 'changed their mind', 'root', 1999000200, 'refunded', 1999000300)""",
    "terms_accepted": "INSERT INTO terms_accepted VALUES ({user}, 1999000000)",
    "gift_links": "INSERT INTO gift_links VALUES ('code of {user}', 'gift {user}', {user}, 7, {other}, 1999000500, FALSE)",
    "invite_codes": "INSERT INTO invite_codes VALUES ({user}, 55, 'CODE0000000{ticket}', 1999000000)",
    "referrals": """INSERT INTO referrals VALUES
        ({ticket}, {user}, {other}, 'rewarded', 1999000000, 1999000050, NULL, '')""",
    "payment_notices": """INSERT INTO payment_notices VALUES
        ('notice {user}', 55, {user}, 'vip-ended', '{{}}', 1999000000, 1999000001)""",
    "support_tickets": "INSERT INTO support_tickets VALUES ({ticket}, 55, {user}, 'question of {user}', 1999000000, 1999000001)",
    "bot_peers": "INSERT INTO bot_peers VALUES (55, {user}, {user}77)",
    "bans": "INSERT INTO bans VALUES ({user}, 2000050000, 'spam', 'root', 1999000000, 'a note', TRUE)",
    "reports": """INSERT INTO reports VALUES
        ({ticket}, {user}, 55, {other}, 55, 'c{ticket}', 'spam', 1, 1, 0, FALSE, 1999000000, 'upheld', 'root', 1999000100)""",
    "trust_levels": "INSERT INTO trust_levels VALUES ({user}, 2, 1999000000, 1999000000)",
    "holds": "INSERT INTO holds VALUES ({user}, 'minors', NULL, 1999000000)",
    "review_items": """INSERT INTO review_items VALUES
        ({ticket}, {user}, 55, 'minors', '', NULL, FALSE, TRUE, 1, 1999000000, 1999000000, NULL, '', NULL)""",
    "appeals": """INSERT INTO appeals VALUES
        ({ticket}, 55, {user}, 'appeal of {user}', 1999000000, 2000050000, 'spam', 'note', 'root', TRUE,
        1999000000, NULL, '', '', '')""",
    "user_notes": "INSERT INTO user_notes VALUES ({ticket}, {user}, 'root', 1999000000, 'note on {user}')",
    "audit": """INSERT INTO audit VALUES
        ({ticket}, 1999000000, 'root', 'cli', 'ban', 'user:{user}', '{{}}', '{{}}', '', '', '', '')""",
    "panel_admins": "INSERT INTO panel_admins VALUES ({user}, 'viewer', 'name of {user}', 1999000000, 'root')",
    "panel_questions": """INSERT INTO panel_questions VALUES
        ('q{ticket}', 'h{ticket}', 'c{ticket}', {user}, 0, '203.0.113.7', 'Firefox', '', '', 'asked', 1999000000, 1999000120)""",
    "panel_failures": "INSERT INTO panel_failures VALUES ({user}, 3, 1999000000)",
    "panel_sessions": """INSERT INTO panel_sessions VALUES
        ('s{ticket}', 'h{ticket}', {user}, 55, 'name', '203.0.113.7', 'Firefox', 1999000000, 1999000000)""",
    "panel_tokens": """INSERT INTO panel_tokens VALUES
        ('token {ticket}', 'h{ticket}', 'viewer', {user}, 'name', 1999000000, 1999900000, NULL)""",
    "exports": "INSERT INTO exports VALUES ({user}, 'u', 1999000000)",
}
"""Of each table a row of a person; `users` and `age_sides` are written by the product."""


class PoolTwin:
    """What the pool was told."""

    def __init__(self) -> None:
        self.told: list[tuple] = []

    async def block(self, user, other, *, blocked=True):
        self.told.append((user, other, blocked))

    async def ban(self, user, until):
        self.told.append((user, until))


class Clock:
    now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def pool():
    return PoolTwin()


@pytest.fixture
def changed():
    return []


@pytest.fixture
def notes():
    return SpamNotesTwin()


@pytest.fixture
def data(database, clock, pool, notes, changed):
    return SqlPersonalData(database, pool, HASHES, notes, changed=changed.append, clock=clock)


@pytest.fixture
def profiles(database, clock):
    return SqlProfiles(database, hashes=HASHES, clock=clock)


async def execute(database, statement):
    async with database.connection() as connection:
        await connection.execute(statement)


async def rows(database, query):
    async with database.connection() as connection:
        cursor = await connection.execute(query)
        found = [tuple(row) for row in await cursor.fetchall()]
        await cursor.close()
    return found


async def tables(database):
    listing = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table'",
        "postgres": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
    }
    return {name for (name,) in await rows(database, listing[database.dialect])}


async def holding(database, text):
    """The tables with that text, or number, in any column of any row."""
    found = set()
    for table in await tables(database):
        if any(str(text) in str(value) for row in await rows(database, f"SELECT * FROM {table}") for value in row):
            found.add(table)
    return found


async def filled(database, *, without=()):
    """Anna and Boris have rows in every table that is about people."""
    await execute(database, "INSERT INTO bot_state (bot_id, token) VALUES (55, 1)")
    for ticket, (user, other) in enumerate(((ANNA, BORIS), (BORIS, ANNA)), 1):
        await keep(database, Profile(user=user, gender=Gender.FEMALE, age=30), clock=lambda: NOW - 1000)
        await execute(database, f"UPDATE users SET media = 'veiled', protected = TRUE WHERE id = {user}")
        for table, statement in FILLED.items():
            if table not in without:
                text = statement.format(user=user, other=other, ticket=ticket)
                await execute(database, text)


async def test_every_table_is_decided(database):
    assert await tables(database) == PERSONAL.keys() | NOT_PERSONAL.keys()
    assert not PERSONAL.keys() & NOT_PERSONAL.keys()
    for table, personal in PERSONAL.items():
        assert hasattr(database.queries, f"export_{table}")
        erased = hasattr(database.queries, f"erase_{table}")
        assert erased == (personal.at_deletion is not AtDeletion.KEPT), table


async def test_the_copy_has_something_of_every_table(database, data):
    await filled(database, without={"exports"})
    await data.ask_deletion(HERE)
    document = orjson.loads(await data.export(ANNA, "update 1"))
    empty = {personal.section for personal in PERSONAL.values() if not document[personal.section]}
    assert empty == {PERSONAL["tombstones"].section}
    assert document["telegram_id"] == ANNA
    assert document["profile"]["age"] == 30
    assert document["profile"]["wishes"] == {}
    assert (document["profile"]["media"], document["profile"]["protected"]) == ("veiled", True)
    assert document["ratings"] == {"times": 5}, "how often, not how"
    assert document["ban"] == {
        "banned_at": "2033-05-06T13:46:40+00:00", "banned_until": "2033-05-18T17:26:40+00:00", "reason": "spam",
    }  # fmt: skip
    assert document["tickets"][0]["text"] == f"question of {ANNA}"
    assert len(document["chats"]) == 4


async def test_the_copy_names_nobody_else(database, data):
    """Boris blocked Anna, talked with her, gave her VIP: none of that can be read from her copy."""
    await filled(database, without={"exports"})
    copy = (await data.export(ANNA, "update 1")).decode()
    assert str(BORIS) not in copy
    await execute(database, f"DELETE FROM blocks WHERE user_id = {BORIS}")
    await execute(database, f"DELETE FROM exports WHERE user_id = {ANNA}")
    assert orjson.loads(copy) == orjson.loads(await data.export(ANNA, "update 1"))


async def test_one_copy_a_day_and_the_update_that_comes_again_gets_its_own(data, clock, database):
    first, second = data, SqlPersonalData(database, PoolTwin(), HASHES, SpamNotesTwin(), changed=lambda _: None, clock=clock)
    answers = await asyncio.gather(*(each.export(ANNA, f"update {n}") for n in range(5) for each in (first, second)))
    refused = [answer for answer in answers if isinstance(answer, float)]
    assert len({answer for answer in answers if isinstance(answer, bytes)}) == 1
    assert len(refused) == 8
    assert set(refused) == {NOW + EXPORT_EVERY}
    clock.now += EXPORT_EVERY - 1
    assert await data.export(ANNA, "update 9") == NOW + EXPORT_EVERY
    clock.now += 1
    assert isinstance(await data.export(ANNA, "update 9"), bytes)
    assert await data.export(ANNA, "update 10") == clock.now + EXPORT_EVERY
    await data.take_back(ANNA, "update 8")
    assert isinstance(await data.export(ANNA, "update 10"), float)
    await data.take_back(ANNA, "update 9")
    assert isinstance(await data.export(ANNA, "update 10"), bytes)
    clock.now += EXPORT_EVERY + 1
    assert await data.purge_before(clock.now) == 1


async def test_a_copy_that_cannot_be_built_is_not_the_one_of_the_day(database, data, monkeypatch):
    await filled(database, without={"exports"})

    def away(*_, **__):
        raise Unavailable("the database is away")

    with monkeypatch.context() as patch, pytest.raises(Unavailable):
        patch.setattr(database.queries, "export_tombstones", away)
        await data.export(ANNA, "update 1")
    assert isinstance(await data.export(ANNA, "update 2"), bytes)


async def deleted(data, user=ANNA):
    await data.ask_deletion(Address(BOT, user))
    return await data.delete(user)


async def test_only_what_is_kept_names_a_person_who_was_deleted(database, data, pool, changed):
    await filled(database)
    assert await deleted(data)
    kept = {table for table, personal in PERSONAL.items() if personal.at_deletion is AtDeletion.KEPT} - {"tombstones"}
    others = {"blocks", "reports"}  # Boris's block of her, and his report, are his
    told = {"payment_notices"}  # that she is deleted, until she is told
    assert await holding(database, ANNA) == kept | others | told
    assert await rows(database, "SELECT user_id, other_id FROM blocks") == [(BORIS, ANNA)]
    assert pool.told == [(ANNA, BORIS, False), (ANNA, 0.0)]
    assert changed == [ANNA]
    assert await rows(database, "SELECT id, text, user_id FROM support_tickets ORDER BY id") == [
        (1, "", 0), (2, f"question of {BORIS}", BORIS),
    ]  # fmt: skip
    assert await rows(database, "SELECT reporter_id, reported_id FROM reports ORDER BY number") == [
        (HASHES.number(ANNA), BORIS), (BORIS, ANNA),
    ]  # fmt: skip
    assert await rows(database, "SELECT text FROM appeals ORDER BY id") == [("",), (f"appeal of {BORIS}",)]
    ids = {side for chat in await rows(database, "SELECT first_user, second_user FROM chats") for side in chat}
    assert ids == {HASHES.number(ANNA), BORIS}
    assert HASHES.number(ANNA) < 0


async def test_credits_are_lost_with_their_owner_and_the_ledger_stays(database, data):
    await filled(database)
    before = await rows(database, "SELECT * FROM ledger_events ORDER BY id")
    assert await deleted(data)
    bank = SqlCredits(database)
    assert (await bank.balance(ANNA), await bank.history(ANNA), await bank.balance(BORIS)) == (0, [], 5)
    (moved,) = await rows(database, "SELECT source, target, amount FROM ledger_transfers WHERE event_id = 'deleted:user:1'")
    assert moved == ("user:1", "lost", 5)
    assert set(before) < set(await rows(database, "SELECT * FROM ledger_events"))
    assert await faults_of(database) == []


async def test_what_somebody_said_to_strangers_is_forgotten_and_a_wait_for_a_human_check_is_not(database, data, notes):
    said, hit, human = ("said", ANNA), ("hit", ANNA), ("human", ANNA)
    notes.kept = dict.fromkeys((said, hit, human, ("said", BORIS)), "a note")
    assert await deleted(data)
    assert notes.kept.keys() == {human, ("said", BORIS)}


async def test_nothing_of_others_is_deleted(database, data):
    await filled(database)

    async def of_boris():
        return {
            table: sorted(map(str, found))
            for table in await tables(database)
            if (found := [row for row in await rows(database, f"SELECT * FROM {table}") if BORIS in row and ANNA not in row])
        }

    before, shared = await of_boris(), {"chats", "blocks", "reports", "referrals"}
    assert await deleted(data)
    after = await of_boris()
    assert {table: found for table, found in after.items() if table not in shared} == {
        table: found for table, found in before.items() if table not in shared
    }


async def test_the_text_that_is_owed_says_what_is_kept_and_goes_once_it_is_told(database, data, clock):
    await filled(database)
    assert await deleted(data)
    [owed] = [each for each in await SqlOutbox(database).due(BOT, NOW) if each.to == HERE]
    assert owed.text == "data-deleted"
    assert owed.arguments == {
        "payments": 1, "ban": 1, "ban_until": 2_000_050_000.0, "age": 1, "age_until": NOW + SIDES_KEPT,
        "reports": 1, "evidence": 0, "evidence_until": 0.0, "held": 1, "invitations": 1,
    }  # fmt: skip
    notices = "SELECT user_id FROM payment_notices"
    await SqlOutbox(database).sent(owed.key, NOW)
    await data.purge_before(NOW + LATE_SECONDS)
    assert (ANNA,) in await rows(database, notices), "what is stored late is found by it"
    await data.purge_before(NOW + LATE_SECONDS + 1)
    assert (ANNA,) not in await rows(database, notices)


@pytest.mark.parametrize("returned", [False, True], ids=["gone", "come back"])
async def test_what_is_stored_right_after_the_deletion_goes_with_the_purge(database, data, profiles, returned):
    """The access hash that a worker knew, and a partner's thumb."""
    await filled(database)
    assert await deleted(data)
    for user in (ANNA, BORIS):
        await execute(database, f"INSERT INTO bot_peers VALUES (55, {user}, 7) ON CONFLICT DO NOTHING")
        await execute(database, f"INSERT INTO ratings VALUES ({user}, 1, 0) ON CONFLICT DO NOTHING")
    if returned:
        await profiles.change(ANNA, Begin(language="en"))
    [owed] = [each for each in await SqlOutbox(database).due(BOT, NOW) if each.to == HERE]
    await data.purge_before(NOW + 1000)

    async def named():
        both = [await rows(database, f"SELECT user_id FROM {table} ORDER BY 1") for table in ("bot_peers", "ratings")]
        assert both[0] == both[1]
        return [user for (user,) in both[0]]

    assert await named() == [ANNA, BORIS], "she is still to be told"
    await SqlOutbox(database).sent(owed.key, NOW)
    await data.purge_before(NOW + LATE_SECONDS)
    assert await named() == [ANNA, BORIS], "it may still come"
    await data.purge_before(NOW + LATE_SECONDS + 1)
    assert await named() == [ANNA] * returned + [BORIS]


async def test_a_deletion_is_done_once_whoever_does_it(database, data, clock):
    await filled(database)
    await data.ask_deletion(HERE)
    await data.ask_deletion(Address(BotId(66), ANNA))
    others = [
        SqlPersonalData(database, PoolTwin(), HASHES, SpamNotesTwin(), changed=lambda _: None, clock=clock) for _ in range(3)
    ]
    outcomes = await asyncio.gather(*(each.delete(ANNA) for each in (data, *others)))
    assert sorted(outcomes) == [False, False, False, True]
    assert [each.to for each in await SqlOutbox(database).due(BOT, NOW) if each.text == "data-deleted"] == [HERE]
    assert not await data.delete(ANNA)


async def test_nobody_is_deleted_who_has_not_asked(database, data):
    await filled(database)
    before = await holding(database, ANNA)
    assert not await data.delete(ANNA)
    assert await holding(database, ANNA) == before


async def test_one_that_was_not_carried_out_waits_for_its_bot(data, clock):
    await data.ask_deletion(HERE)
    assert await data.waiting(BOT, NOW) == []
    assert await data.waiting(BOT, NOW + LEFT_TO_SESSION) == [ANNA]
    assert await data.waiting(BotId(66), NOW + LEFT_TO_SESSION) == []
    assert await data.delete(ANNA)
    assert await data.waiting(BOT, NOW + LEFT_TO_SESSION) == []


async def test_a_live_chat_ends_first(database, data):
    await filled(database)
    await execute(database, f"INSERT INTO chats VALUES ('live', {BORIS}, 55, {ANNA}, 55, 1999999999, NULL, NULL)")
    assert not await deleted(data)
    assert await data.asked(ANNA)
    await execute(database, "UPDATE chats SET ended_at = 2000000000, why = 'stopped' WHERE id = 'live'")
    assert await data.delete(ANNA)


async def test_a_subscription_is_asked_to_be_cancelled(database, data):
    await filled(database)
    assert await deleted(data)
    assert [each.user for each in await SqlSubscriptions(database).to_cancel(BOT)] == [ANNA]


@pytest.mark.parametrize("until", [NOW + 5000, inf])
async def test_a_banned_person_comes_back_banned(database, data, profiles, until):
    await keep(database, Profile(user=ANNA, gender=Gender.FEMALE, age=30))
    await SqlBans(database).ban(ANNA, until, "spam", "root")
    assert await deleted(data)
    assert await profiles.get(ANNA) is None
    assert await SqlBans(database).until(ANNA) == 0
    await profiles.change(ANNA, Begin(language="en"))
    profile = await profiles.get(ANNA)
    assert profile.banned_until == until
    assert (profile.gender, profile.age) == (None, None)
    listed = [ban async for page in SqlBans(database, clock=lambda: NOW).list() for ban in page]
    assert [(ban.user, ban.until, ban.reason, ban.by) for ban in listed] == [(ANNA, until, "spam", "root")]
    assert await rows(database, "SELECT kind FROM tombstones") == [("returned",)]


async def test_who_has_appealed_does_not_appeal_again_after_a_deletion(database, data, profiles, clock):
    await keep(database, Profile(user=ANNA, gender=Gender.FEMALE, age=30))
    appeals = SqlAppeals(database, clock=clock)
    await SqlBans(database, clock=clock).ban(ANNA, inf, "spam", "root")
    assert await appeals.appeal(HERE, "It was not me") is None
    for _ in range(2):
        assert await deleted(data)
        await profiles.change(ANNA, Begin(language="en"))
        answers = [await appeals.appeal(HERE, text) for text in ("", "It was not me", "Really")]
        assert answers == [NotAppealed.DELETED] * 3
    [appeal] = await appeals.newest(10)
    assert (appeal.address, appeal.text) == (HERE, "")
    assert await appeals.newest(10, waiting=True) == []
    clock.now += 10
    await SqlBans(database, clock=clock).ban(ANNA, inf, "spam", "root")
    assert await appeals.appeal(HERE, "Not this one either") is None


async def test_who_has_not_appealed_before_a_deletion_may_after_it(database, data, profiles, clock):
    await keep(database, Profile(user=ANNA, gender=Gender.FEMALE, age=30))
    await SqlBans(database, clock=clock).ban(ANNA, inf, "spam", "root")
    assert await deleted(data)
    await profiles.change(ANNA, Begin(language="en"))
    assert await SqlAppeals(database, clock=clock).appeal(HERE, "It was not me") is None


async def test_a_ban_that_is_lifted_after_the_deletion_does_not_come_back(database, data, profiles):
    await keep(database, Profile(user=ANNA, gender=Gender.FEMALE, age=30))
    await SqlBans(database).ban(ANNA, inf, "spam", "root")
    assert await deleted(data)
    await SqlBans(database, hashes=HASHES).lift(ANNA)
    await profiles.change(ANNA, Begin(language="en"))
    profile = await profiles.get(ANNA)
    assert (profile.banned_until, profile.adult) == (0, True)


async def test_operators_lift_a_ban_after_the_deletion_once(database, data, profiles):
    await keep(database, Profile(user=ANNA, gender=Gender.FEMALE, age=30))
    await SqlBans(database).ban(ANNA, inf, "spam", "root")
    assert await deleted(data)
    review = SqlReview(database, Secrets([b"k" * 32], source="test"), LiveConfiguration(Configuration()), hashes=HASHES)
    assert [await review.lift_buried(ANNA, "olga") for _ in range(2)] == [True, False]
    assert [act.who for act in await SqlAudit(database).newest(5)] == ["olga"]
    await profiles.change(ANNA, Begin(language="en"))
    assert (await profiles.get(ANNA)).banned_until == 0


async def test_an_unban_lifts_the_ban_of_before_the_deletion_too(database, data, profiles):
    await keep(database, Profile(user=ANNA, gender=Gender.FEMALE, age=30))
    await SqlBans(database).ban(ANNA, inf, "spam", "root")
    assert await deleted(data)
    review = SqlReview(database, Secrets([b"k" * 32], source="test"), LiveConfiguration(Configuration()), hashes=HASHES)
    await review.ban(ANNA, inf, "fraud", "olga")
    await review.unban(ANNA, "olga")
    await profiles.change(ANNA, Begin(language="en"))
    assert (await profiles.get(ANNA)).banned_until == 0


async def test_what_somebody_said_is_forgotten_by_the_rules_against_spam_too(database, pool, clock):
    notes = SpamNotesTwin()
    await notes.change(HIT, ANNA, lambda _: Noted(1.0, 60.0, None))
    data = SqlPersonalData(database, pool, HASHES, notes, changed=lambda _: None, clock=clock)
    assert await deleted(data)
    assert await notes.change(HIT, ANNA, lambda hours: Noted(hours, 60.0, hours)) == HIT.empty


@pytest.mark.parametrize(("verdict", "told"), [("open", 1), ("upheld", 1), ("rejected", 0)])
async def test_reports_that_were_not_rejected_are_named_with_their_evidence(database, data, verdict, told):
    await keep(database, Profile(user=ANNA, gender=Gender.FEMALE, age=30))
    await execute(
        database,
        f"""INSERT INTO reports (number, reporter_id, reporter_bot, reported_id, reported_bot, chat_id, reason, weight, counts,
            seen_at, minor, made_at, verdict, decided_by)
            VALUES (7, {BORIS}, 55, {ANNA}, 55, 'c', 'ads', 1, 1, 0, FALSE, {NOW - 5}, '{verdict}', '')""",
    )
    await execute(database, f"INSERT INTO report_evidence VALUES (7, 'k', '', {NOW + 500})")
    assert await deleted(data)
    [owed] = await SqlOutbox(database).due(BOT, NOW)
    assert (owed.arguments["reports"], owed.arguments["evidence"]) == (told, told)
    assert owed.arguments["evidence_until"] == (NOW + 500 if told else 0)
    assert owed.arguments["held"] == 0


async def test_whom_a_partner_reports_after_the_deletion_comes_back_held(database, data, profiles):
    """The chat has a hash in their place by then."""
    await filled(database)
    for table in ("holds", "bans", "review_items"):
        await execute(database, f"DELETE FROM {table}")
    assert await deleted(data)
    moderation = SqlModeration(
        database, Secrets([b"k" * 32], source="test"), LiveConfiguration(Configuration()), clock=lambda: NOW
    )
    reported = Address(BOT, UserId(HASHES.number(ANNA)))
    report = Report(reporter=Address(BOT, BORIS), reported=reported, chat=ChatId("c1"), reason=Reason.UNDER_AGE)
    number = await moderation.file(report)
    await profiles.change(ANNA, Begin(language="en"))
    profile = await profiles.get(ANNA)
    assert profile.held
    assert await rows(database, f"SELECT reported_id FROM reports WHERE number = {number}") == [(ANNA,)]
    assert await rows(database, "SELECT user_id, report FROM review_items") == [(ANNA, number)]


async def test_whose_item_was_closed_while_they_were_deleted_comes_back_held_and_on_the_list(database, data, profiles, clock):
    await keep(database, Profile(user=ANNA, gender=Gender.FEMALE, age=30))
    assert await deleted(data)
    secrets, live = Secrets([b"k" * 32], source="test"), LiveConfiguration(Configuration())
    moderation, review = SqlModeration(database, secrets, live, clock=clock), SqlReview(database, secrets, live, clock=clock)
    await moderation.file(a_report(Reason.UNDER_AGE))
    (item,) = await review.items()
    assert (await review.close(item.number, "olga")).closed_by == "olga"
    await profiles.change(ANNA, Begin(language="en"))
    assert (await profiles.get(ANNA)).held
    assert [(each.number, each.who.user) for each in await review.items()] == [(item.number, ANNA)]


async def test_a_ban_that_is_long_over_does_not_come_back(database, data, profiles, clock):
    await keep(database, Profile(user=ANNA, gender=Gender.FEMALE, age=30))
    await SqlBans(database).ban(ANNA, NOW - 10, "spam", "root")
    assert await deleted(data)
    clock.now = NOW - 10 + BANS_KEPT + 1
    assert await data.purge_before(clock.now) == 1
    await profiles.change(ANNA, Begin(language="en"))
    assert (await profiles.get(ANNA)).banned_until == 0


async def test_a_later_ban_is_not_replaced_by_the_one_that_comes_back(database, data, profiles):
    await keep(database, Profile(user=ANNA, gender=Gender.FEMALE, age=30))
    await SqlBans(database).ban(ANNA, NOW + 10, "spam", "root")
    assert await deleted(data)
    await SqlBans(database).ban(ANNA, inf, "operator", "root")
    await profiles.change(ANNA, Begin(language="en"))
    assert (await profiles.get(ANNA)).banned_until == inf


async def test_a_short_ban_of_a_rule_does_not_stand_in_for_a_longer_one_that_comes_back(database, data, profiles):
    await keep(database, Profile(user=ANNA, gender=Gender.FEMALE, age=30))
    await SqlBans(database).ban(ANNA, inf, "spam", "root")
    assert await deleted(data)
    await execute(database, f"INSERT INTO bans VALUES ({ANNA}, {NOW - 5}, 'spam', 'same-advert', {NOW - 10}, '', FALSE)")
    await profiles.change(ANNA, Begin(language="en"))
    assert (await profiles.get(ANNA)).banned_until == inf


async def test_the_pool_is_told_again_of_a_ban_that_comes_back(database, data, profiles):
    await keep(database, Profile(user=ANNA, gender=Gender.FEMALE, age=30))
    await SqlBans(database).ban(ANNA, inf, "spam", "root")
    assert await deleted(data)
    assert await rows(database, "SELECT user_id FROM standing_changes") == []
    await profiles.change(ANNA, Begin(language="en"))
    assert await rows(database, "SELECT user_id FROM standing_changes") == [(ANNA,)]


BURIED = UserId(HASHES.number(ANNA))
"""In her place in the records."""


def a_report(reason, chat="c", reporter=BORIS, of=BURIED):
    return Report(
        reporter=Address(BOT, reporter), reported=Address(BOT, of), chat=ChatId(chat), reason=reason, evidence=(), answered=True
    )


async def test_a_report_that_was_made_after_the_deletion_is_theirs_again_when_they_come_back(database, data, profiles, clock):
    """Who insults and goes would else never be reported."""
    await keep(database, Profile(user=ANNA, gender=Gender.FEMALE, age=30))
    secrets = Secrets((b"k" * KEY_BYTES,), source="the test")
    moderation = SqlModeration(database, secrets, LiveConfiguration(), hashes=HASHES, clock=clock)
    before = await moderation.file(a_report(Reason.ADS, of=ANNA))
    assert await deleted(data)
    since = await moderation.file(a_report(Reason.UNDER_AGE, chat="d"))
    again = await moderation.file(a_report(Reason.ADS))
    await SqlRestrictions(database, clock=clock).separate(Separation(user=BORIS, other=BURIED, why=Apart.REPORT))
    await SqlBans(database).ban(BURIED, NOW + 5000, "threat", "reports")
    await profiles.change(ANNA, Begin(language="en"))
    of = f"WHERE reported_id = {ANNA} ORDER BY number"
    assert await rows(database, f"SELECT number FROM reports {of}") == [(before,), (since,)]
    assert again not in {before, since}
    profile = await profiles.get(ANNA)
    assert (profile.held, profile.banned_until) == (True, NOW + 5000)
    assert await rows(database, "SELECT user_id FROM holds") == [(ANNA,)]
    assert await rows(database, f"SELECT text FROM payment_notices WHERE user_id = {BURIED}") == []
    assert await rows(database, "SELECT user_id, rule FROM review_items") == [(ANNA, "under-age")]
    [change] = [each for each in await moderation.changes() if each.user == ANNA]
    assert change.separations == (Separation(user=BORIS, other=ANNA, why=Apart.REPORT),)
    assert await moderation.settled(change)
    assert await rows(database, "SELECT user_id, other_id, why FROM blocks") == [(BORIS, ANNA, "report")]


async def test_a_report_that_is_made_only_after_the_return_is_theirs_too(database, data, profiles, clock):
    """Else whoever deletes their data and comes back at once would be rid of the reports of their last chats."""
    await keep(database, Profile(user=ANNA, gender=Gender.FEMALE, age=30))
    secrets, live = Secrets((b"k" * KEY_BYTES,), source="the test"), LiveConfiguration()
    moderation = SqlModeration(database, secrets, live, hashes=HASHES, clock=clock)
    assert await deleted(data)
    await profiles.change(ANNA, Begin(language="en"))
    assert await moderation.changes() == []
    await SqlRestrictions(database, clock=clock).separate(Separation(user=BORIS, other=BURIED, why=Apart.REPORT))
    [change] = await moderation.changes()
    assert change.separations == (Separation(user=BORIS, other=ANNA, why=Apart.REPORT),)
    numbers = {await moderation.file(a_report(Reason.UNDER_AGE)) for _ in range(2)}
    assert len(numbers) == 1
    assert (await profiles.get(ANNA)).held
    assert await deleted(data)
    assert await holding(database, ANNA) & {"tombstones"} == set()
    late = await moderation.file(a_report(Reason.ADS, chat="late"))
    assert await rows(database, f"SELECT reported_id FROM reports WHERE number = {late}") == [(BURIED,)]


@pytest.mark.parametrize(("before", "since", "kept"), [("block", "report", "report"), ("report", "block", "report")])
async def test_of_two_separations_of_before_and_since_the_deletion_the_report_stays(
    database, data, profiles, clock, before, since, kept
):
    await keep(database, Profile(user=ANNA, gender=Gender.FEMALE, age=30))
    restrictions = SqlRestrictions(database, clock=clock)
    await restrictions.separate(Separation(user=BORIS, other=ANNA, why=Apart(before)))
    assert await deleted(data)
    await restrictions.separate(Separation(user=BORIS, other=BURIED, why=Apart(since)))
    await profiles.change(ANNA, Begin(language="en"))
    secrets = Secrets((b"k" * KEY_BYTES,), source="the test")
    moderation = SqlModeration(database, secrets, LiveConfiguration(), hashes=HASHES, clock=clock)
    [change] = await moderation.changes()
    assert await moderation.settled(change)
    assert await rows(database, "SELECT user_id, other_id, why FROM blocks") == [(BORIS, ANNA, kept)]
    assert await moderation.changes() == []


async def test_an_adult_stays_an_adult_for_a_year(database, data, profiles, clock):
    await keep(database, Profile(user=ANNA, gender=Gender.FEMALE, age=30), clock=clock)
    assert await deleted(data)
    clock.now += SIDES_KEPT - 10
    await profiles.change(ANNA, Begin(language="en"))
    assert (await profiles.get(ANNA)).adult is True
    with pytest.raises(Exception, match="another side"):
        await profiles.change(ANNA, SetAge(age=16, at=clock.now))


async def test_the_side_of_18_is_forgotten_after_a_year(database, data, profiles, clock):
    await keep(database, Profile(user=ANNA, gender=Gender.FEMALE, age=30), clock=clock)
    assert await deleted(data)
    clock.now += SIDES_KEPT + 10
    await profiles.change(ANNA, Begin(language="en"))
    assert (await profiles.get(ANNA)).adult is None


async def test_of_two_processes_that_greet_somebody_one_puts_back_what_remains(database, data, profiles, clock):
    await keep(database, Profile(user=ANNA, gender=Gender.FEMALE, age=30), clock=clock)
    await SqlBans(database).ban(ANNA, inf, "spam", "root")
    assert await deleted(data)
    other = SqlProfiles(database, hashes=HASHES, clock=clock)
    await asyncio.gather(*(each.change(ANNA, Begin(language="en")) for each in (profiles, other)))
    profile = await profiles.get(ANNA)
    assert (profile.banned_until, profile.adult) == (inf, True)


async def test_the_level_comes_back_and_separations_by_reports_stay(database, data, profiles):
    await filled(database)
    await execute(database, f"INSERT INTO blocks VALUES ({ANNA}, 99, 1999990000, 'report')")
    assert await deleted(data)
    assert (ANNA, 99) in await rows(database, "SELECT user_id, other_id FROM blocks")
    assert await rows(database, f"SELECT level FROM trust_levels WHERE user_id = {ANNA}") == []
    await profiles.change(ANNA, Begin(language="en"))
    assert await rows(database, f"SELECT level, stepped_at FROM trust_levels WHERE user_id = {ANNA}") == [(2, 1999000000.0)]


async def test_a_trial_is_not_had_twice(database, data, clock):
    grants = SqlGrants(database, clock=clock)
    assert await grants.grant(ANNA, BOT, f"trial:{ANNA}", 86400)
    assert await deleted(data)
    assert (await grants.state(ANNA)).tried
    assert await grants.grant(ANNA, BOT, f"trial:{ANNA}", 86400) is None


async def test_the_number_of_a_question_is_not_given_out_again(database, data):
    tickets = SqlTickets(database)
    assert await tickets.open(HERE, "why?", NOW) == 1
    assert await deleted(data)
    assert await tickets.open(HERE, "how?", NOW) == 2
    assert await tickets.waiting(BOT) == [await tickets.find(2)]


async def test_hashes_are_of_the_key_and_the_person():
    assert HASHES.text(ANNA) != HASHES.text(BORIS) != Hashes(b"another").text(BORIS)
    assert str(ANNA) not in HASHES.text(ANNA)
    assert -(2**63) <= HASHES.number(ANNA) < 0


async def test_others_blocks_of_a_deleted_person_stay_in_force(database, data):
    await execute(database, f"INSERT INTO blocks VALUES ({BORIS}, {ANNA}, 1, 'block'), ({ANNA}, {BORIS}, 1, 'block')")
    assert await deleted(data)
    assert await rows(database, "SELECT user_id, other_id FROM blocks") == [(BORIS, ANNA)]
