"""The queries that run per match, per lease and after a loss hit their index, whatever the size of the tables."""

from __future__ import annotations

import re
from contextlib import ExitStack

import pytest
import pytest_asyncio

from storage.sql.database import open_database
from storage.sql.migrate import migrate
from tests.conftest import lent
from tests.servers import forget_rows

pytestmark = pytest.mark.asyncio(loop_scope="module")

HOT = {
    "find_profiles": ({"users": "[1,2,3]"}, "users"),
    "page_of_live_chats": ({"started": 4000.0, "chat": "4000", "count": 10}, "chats_live"),
    "purge_chats": ({"before": 1.0, "count": 10}, "chats_ended"),
    "page_of_blocks": ({"user": 1, "other": 1, "count": 10}, "blocks"),
    "page_of_bans": ({"user": 1, "now": 1.0, "count": 10}, "bans"),
    "purge_bans": ({"before": 1.0, "count": 10}, "bans_until"),
    "find_ban": ({"user": 1}, "bans"),
    "lift_ban": ({"user": 1}, "bans"),
    "whole_ban": ({"user": 1}, "bans"),
    "appeal_of": ({"user": 1, "since": 1.0}, "appeals"),
    "purge_appeals": ({"before": 1.0, "count": 10}, "appeals_answered"),
    "find_votes": ({"user": 1}, "ratings"),
    "purge_rated_chats": ({"before": 1.0, "count": 10}, "rated_chats_at"),
    "erase_rated_chats": ({"user": 7}, "rated_chats_rater"),
    "lock_state": ({"id": "1"}, "locks"),
    "pending_locks": ({"before": 1.0, "count": 10}, "locks_pending"),
    "locks_to_put_back": ({"since": 4000.0}, "locks_active"),
    "purge_locks": ({"before": 1.0, "count": 10}, "locks_ended"),
    "held_invitations": ({}, "referrals_held"),
    "erase_locks": ({"user": 7}, "locks_user"),
    "find_vip": ({"user": 1}, "entitlements"),
    "find_state": ({"bot": 1}, "bot_state"),
    "find_session": ({"bot": 1}, "bot_sessions"),
    "find_peers": ({"bot": 1, "users": "[1,2,3]"}, "bot_peers"),
    "separations_from": ({"hashed": -1}, "blocks"),
    "blocks_between": ({"user": 1, "since": 1.0, "until": 2.0}, "blocks"),
    "remove_block": ({"user": 1, "other": 2}, "blocks"),
    "find_past_chat": ({"chat": "1"}, "chats"),
    "ended_chats": ({"chats": '["1","2"]'}, "chats"),
    "end_searches": ({"user": 1}, "searches"),
    "ask": ({"user": 1, "asked": "age", "now": 1.0}, "users"),
    "set_gender": ({"user": 1, "gender": "male", "asked": None, "now": 1.0}, "users"),
    "set_age": ({"user": 1, "age": 20, "now": 1.0}, "users"),
    "set_wishes": ({"user": 1, "wishes": "{}", "now": 1.0}, "users"),
    "find_order": ({"id": "1"}, "orders"),
    "approve_order": ({"id": "1", "now": 1.0, "before": 1.0, "after": 1.0}, "orders"),
    "close_orders": ({"user": 1, "kind": "vip"}, "orders_open"),
    "find_charges": ({"charge": "1"}, "charges"),
    "charges_of": ({"user": 1, "before": 9e9, "count": 5}, "charges_user"),
    "charges_before": ({"before": 9e9, "count": 50}, "charges_paid"),
    "grants_of": ({"user": 1}, "vip_grants_user"),
    "find_credit_account": ({"user": 1}, "credit_accounts"),
    "credits_of": ({"user": 1}, "credit_accounts"),
    "owed_credits": ({"account": "user:1", "user": 1, "since": 1.0}, "ledger_events_reverses"),
    "move_balance": ({"id": "user:1", "delta": 1}, "ledger_accounts"),
    "credits_moved_by": ({"event": "1"}, "ledger_transfers"),
    "due_notices": ({"bot": 1, "now": 1.0, "count": 100}, "payment_notices_due"),
    "asked_refunds": ({"bot": 1}, "refund_requests_open"),
    "subscriptions_of": ({"user": 1}, "subscriptions_user"),
    "ask_to_cancel_of_banned": ({"bot": 1, "now": 1.0}, "subscriptions_alive"),
    "subscribed_plans": ({"bot": 1}, "subscriptions_alive"),
    "report_of": ({"chat": "1", "reporter": 1, "reported": 2}, "reports"),
    "counted_reports": ({"user": 1, "since": 4000.0}, "reports_reported"),
    "chats_since": ({"user": 3, "since": 4000.0}, "chats_first"),
    "purge_evidence": ({"before": 1.0, "count": 10}, "report_evidence_expires"),
    "invite_code": ({"user": 1}, "invite_codes"),
    "invitations_of": ({"user": 1, "since": 1.0}, "referrals_inviter"),
    "recent_referrals": ({"inviter": 1, "number": 1, "burst": 1.0, "day": 1.0}, "referrals_inviter"),
    "count_referral": ({"user": 1, "now": 1.0}, "referrals"),
    "lock_inviter": ({"user": 1, "now": 1.0}, "referrals"),
    "claim_invited": ({"user": 1, "hashed": -1}, "referrals"),
    "claim_inviter": ({"user": 1, "hashed": -1}, "referrals_inviter"),
    "purge_opened": ({"before": 1.0, "count": 10}, "referrals_opened"),
    "subscriptions_to_cancel": ({"bot": 1}, "subscriptions_alive"),
    "find_panel_session": ({"secret": "7"}, "panel_sessions"),
    "find_panel_question": ({"holder": "7", "now": 1.0}, "panel_questions"),
    "find_panel_token": ({"secret": "7", "now": 1.0}, "panel_tokens"),
}

MEMBERS = {"first_user": 1, "first_bot": 1, "second_user": 2, "second_bot": 1}
UPSERTS = {
    "open_chats": ({"chat": "1", **MEMBERS, "started": 1.0}, "chats"),
    "end_chats": ({"chat": "1", "now": 1.0, "why": "stopped"}, "chats"),
    "separate": ({"user": 1, "other": 2, "why": "report", "now": 1.0}, "blocks"),
    "begin_searches": ({"user": 1, "bot": 1, "now": 1.0}, "searches"),
    "put_ban": ({"user": 1, "until": 1.0, "reason": "", "banned_by": "", "note": "", "now": 1.0}, "bans"),
    "put_vip": ({"user": 1, "until": 1.0, "now": 1.0}, "entitlements"),
    "choose_side": ({"user": 1, "age": 20, "adult": True, "adult_from": 0.0, "at": 1.0}, "age_sides"),
    "begin_profile": ({"user": 1, "language": "en", "asked": "gender", "now": 1.0}, "users"),
    "raise_fence": ({"bot": 1, "token": 1}, "bot_state"),
    "make_credit_account": ({"user": 1, "number": 1}, "credit_accounts"),
    "lock_entitlement": ({"user": 1, "now": 1.0}, "entitlements"),
    "save_states": ({"states": "[[1,1,1,1,1,1],[2,1,1,1,1,1]]"}, "bot_state"),
}

FILL = {
    "users": """INSERT INTO users (id, language, gender, age, asked, vip_until, banned_until, wishes, created_at, updated_at)
        SELECT n, 'en', NULL, NULL, NULL, 0, CASE WHEN n % 100 = 0 THEN 9e9 ELSE 0 END, '{}', 0, 0""",
    "bans": "INSERT INTO bans SELECT n, n, '', '', 0, '', FALSE",
    "entitlements": "INSERT INTO entitlements SELECT n, n, 0",
    "age_sides": "INSERT INTO age_sides SELECT n, n % 3 > 0, 0, 0, 0",
    "blocks": "INSERT INTO blocks SELECT n % 100, n, n, CASE WHEN n % 10 = 0 THEN 'report' ELSE 'block' END",
    "chats": "INSERT INTO chats SELECT n, n % 500, 1, n % 499, 1, n, CASE WHEN n % 100 = 0 THEN NULL ELSE n END, 'stopped'",
    "searches": "INSERT INTO searches SELECT n, 1, n",
    "bot_peers": "INSERT INTO bot_peers SELECT n % 3, n, n",
    "bot_state": "INSERT INTO bot_state SELECT n, 1, 1, 1, 1, 1",
    "bot_sessions": "INSERT INTO bot_sessions SELECT n, 'k', '', 0",
    "orders": """INSERT INTO orders (id, bot_id, user_id, kind, plan, days, stars, period, created_at, expires_at, state,
        approved_at, link) SELECT n, 1, n % 100, 'vip', 'week', 7, 100, 0, n, n,
        CASE WHEN n % 100 = 0 THEN 'open' ELSE 'paid' END, 0, ''""",
    "charges": """INSERT INTO charges (bot_id, charge_id, provider_id, user_id, order_id, kind, plan, amount, paid_at, recurring,
        flag, refund_reason, refund_by) SELECT 1, n, '', n % 100, n, 'vip', 'week', 100, n, FALSE, '', '', ''""",
    "vip_grants": """INSERT INTO vip_grants (source, user_id, bot_id, position, seconds, granted_at)
        SELECT n, n / 10, 1, n, 7, n""",
    "payment_notices": """INSERT INTO payment_notices (id, bot_id, user_id, text, arguments, due_at, sent_at)
        SELECT n, n % 30, n, 'vip-active', '{}', n, CASE WHEN n % 100 = 0 THEN NULL ELSE n END""",
    "refund_requests": """INSERT INTO refund_requests (charge_id, bot_id, reason, asked_by, asked_at, outcome)
        SELECT n, n % 30, '', '', n, CASE WHEN n % 100 = 0 THEN '' ELSE 'refunded' END""",
    "reports": """INSERT INTO reports (number, reporter_id, reporter_bot, reported_id, reported_bot, chat_id, reason, weight,
        counts, seen_at, minor, made_at, verdict, decided_by) SELECT n, n % 100, 1, n % 100 + 100, 1, n, 'ads', 1, 1, 0, FALSE, n,
        'open', ''""",
    "appeals": """INSERT INTO appeals SELECT n, 1, n % 500, '', n, n, 'ads', '', '', FALSE, n,
        CASE WHEN n % 100 = 0 THEN NULL ELSE n END, '', '', ''""",
    "invite_codes": "INSERT INTO invite_codes SELECT n, 1, n, n",
    "referrals": """INSERT INTO referrals SELECT n, n, n % 500, CASE WHEN n % 100 = 0 THEN 'opened' ELSE 'rewarded' END, n, n,
        NULL, ''""",
    "locks": """INSERT INTO locks SELECT n, n, 1, n % 500, 'user:1', 5, 5, CASE n % 100 WHEN 0 THEN 'pending' WHEN 1 THEN 'active'
        ELSE 'over' END, n, n, n, CASE WHEN n % 100 < 2 THEN NULL ELSE n END, '', 0""",
    "ratings": "INSERT INTO ratings SELECT n, 1, 1",
    "rated_chats": "INSERT INTO rated_chats SELECT n, n % 500, n",
    "report_evidence": "INSERT INTO report_evidence SELECT n, 'k', '', n",
    "credit_accounts": "INSERT INTO credit_accounts SELECT n, n",
    "ledger_accounts": "INSERT INTO ledger_accounts SELECT 'user:' || n, 'credits', TRUE, 0",
    "ledger_events": "INSERT INTO ledger_events SELECT n, 'sale', 1, n, '', n, n, '', ''",
    "ledger_transfers": """INSERT INTO ledger_transfers
        SELECT n, 0, 'credits', 'user:' || n, 'user:' || (n % 5000 + 1), 1""",
    "panel_sessions": "INSERT INTO panel_sessions SELECT n, n, n % 9, 1, '', '', '', n, n",
    "panel_questions": "INSERT INTO panel_questions SELECT n, n, n, n, 0, '', '', '', '', 'waiting', n, n",
    "panel_tokens": "INSERT INTO panel_tokens SELECT n, n, 'viewer', 0, '', n, n, NULL",
    "terms_accepted": "INSERT INTO terms_accepted SELECT n, n",
    "subscriptions": """INSERT INTO subscriptions (order_id, bot_id, user_id, plan, state, until, first_charge, last_charge,
        cancel_asked) SELECT n, n % 30, n, 'monthly', CASE WHEN n % 10 = 0 THEN 'alive' ELSE 'cancelled' END, n, n, n, FALSE""",
}
NUMBERS = {
    "postgres": "FROM generate_series(1, 5000) AS numbers (n)",
    "sqlite": "FROM (WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 5000) SELECT n FROM s)",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "postgres"])
async def filled(request, tmp_path_factory):
    """One of each kind for all tests of this file, which only ask for plans."""
    with ExitStack() as lending:
        uri = f"sqlite:{tmp_path_factory.mktemp('explain')}/records.db"
        if request.param == "postgres":
            server, spare = request.getfixturevalue("postgres"), request.getfixturevalue("migrated_databases")
            uri = lending.enter_context(lent(server, spare, forget_rows))
        database = await open_database(uri, pool_size=4)
        await migrate(database)
        async with database.transaction() as connection:
            for statement in FILL.values():
                await connection.execute(f"{statement} {NUMBERS[database.dialect]}")
        async with database.connection() as connection:
            await connection.execute("ANALYZE")
        yield database
        await database.close()


async def plan_of(database, name, parameters):
    explain = {"postgres": "EXPLAIN ", "sqlite": "EXPLAIN QUERY PLAN "}[database.dialect]
    async with database.connection() as connection:
        cursor = await connection.execute(explain + getattr(database.queries, name).sql, parameters)
        rows = await cursor.fetchall()
        await cursor.close()
    return "\n".join(str(row[-1]) for row in rows)


@pytest.mark.parametrize("name", HOT)
async def test_a_hot_query_hits_its_index(filled, name):
    parameters, index = HOT[name]
    plan = await plan_of(filled, name, parameters)
    table = re.sub(
        r"_(live|ended|until|open|user|paid|due|alive|answered|expires|reported|first|at|rater|inviter|opened|pending|active|held|reverses)$",
        "",
        index,
    )
    assert not re.search(rf"Seq Scan on {table}\b|SCAN {table}(?! USING)\b", plan), plan
    assert re.search(rf"{index}|{index}_pkey|sqlite_autoindex_{index}_1", plan), plan
    assert "TEMP B-TREE FOR ORDER BY" not in plan, plan


async def test_a_profile_is_read_with_all_that_belongs_to_it_by_keys(filled):
    plan = await plan_of(filled, "find_profiles", HOT["find_profiles"][0])
    for table in ("users", "bans", "entitlements", "age_sides"):
        assert not re.search(rf"Seq Scan on {table}\b|SCAN {table}(?! USING)\b", plan), plan


@pytest.mark.parametrize("name", UPSERTS)
async def test_a_hot_upsert_finds_its_row_by_the_primary_key(filled, name):
    """SQLite, which refuses to prepare an upsert without a unique index, does not name it."""
    parameters, table = UPSERTS[name]
    plan = await plan_of(filled, name, parameters)
    assert not re.search(rf"Scan on {table}\b|SCAN {table}\b", plan), plan
    assert filled.dialect == "sqlite" or f"Conflict Arbiter Indexes: {table}_pkey" in plan, plan


async def test_whether_somebody_may_pay_is_read_by_indexes(filled):
    """A query before a payment has 10 s, and people wait for it."""
    plan = await plan_of(filled, "find_buyer", {"user": 1, "now": 1.0})
    assert not re.search(r"Seq Scan|SCAN (bans|chats|subscriptions|terms_accepted)(?! USING)\b", plan), plan


async def test_somebodys_last_chat_is_found_by_two_indexes(filled):
    plan = await plan_of(filled, "last_chats", {"user": 7})
    assert not re.search(r"Seq Scan on chats|SCAN chats(?! USING)", plan), plan
    assert "chats_first" in plan and "chats_second" in plan, plan


async def test_what_came_to_an_account_and_went_from_it_is_found_by_two_indexes(filled):
    plan = await plan_of(filled, "credit_history", {"account": "user:7", "count": 10})
    assert not re.search(r"Seq Scan|SCAN (t|e)(?! USING)\b", plan), plan
    assert "ledger_transfers_source" in plan and "ledger_transfers_target" in plan, plan
