"""What operators do about people beside bans: credits, warnings, chats that are ended, copies, deletions, and bans of many."""

from __future__ import annotations

import time

import orjson
import pytest

from domain.errors import Unavailable
from domain.ports.review import Operator
from storage.sql.personal.tables import PERSONAL
from storage.sql.review.audit import SqlAudit
from storage.sql.trust.moderation import SqlModeration
from tests.web.access import SECRETS, _settings
from tests.web.conftest import browser_of, program_of
from tests.web.people import ANNA, BORIS, FROM_HERE, NOBODY, act, owed, read

OLGA = Operator(name="olga", source="panel")
KEY = "0123456789abcdef"


@pytest.fixture
def program(api):
    """Of an owner."""
    return program_of(api.app, "owner")


@pytest.fixture
def moderator(app):
    return browser_of(app, "moderator")


async def rows(database, sql):
    async with database.connection() as connection:
        cursor = await connection.execute(sql)
        return [tuple(row) for row in await cursor.fetchall()]


async def acts_on(database, user):
    return [(each.act, each.after) for each in await SqlAudit(database).newest(10, target=f"user:{user}")]


# --- the list


async def test_who_was_reported_is_listed_until_somebody_decides(client, town, database):
    async with database.transaction() as connection:
        for number, verdict in ((1, "open"), (2, "rejected")):
            await connection.execute(
                f"INSERT INTO reports VALUES ({number}, {ANNA}, 5, {BORIS}, 5, 'c{number}', 'ads', 1, 1, 0, FALSE,"
                f" {time.time()}, '{verdict}', '', NULL)"
            )
    (item,) = (await read(client, "/api/users?reported=true&gender=male&banned=false"))["items"]
    assert item["id"] == BORIS
    assert [each["id"] for each in (await read(client, "/api/users?reported=false"))["items"]] == [ANNA]
    assert (await read(client, "/api/users?reported=true&gender=female"))["items"] == []
    async with database.transaction() as connection:
        await connection.execute("UPDATE reports SET verdict = 'upheld'")
    assert (await read(client, "/api/users?reported=true"))["items"] == []


# --- credits and payments


async def test_credits_are_given_with_a_reason_and_the_person_is_told(program, town, database):
    assert await act(program, f"/api/users/{BORIS}/credits", {"amount": 30, "reason": "A lost lock"}) == {"credits": 30}
    account = await read(program, f"/api/users/{BORIS}/credits")
    (movement,) = account["movements"]
    assert (account["credits"], movement["amount"], movement["kind"], movement["note"]) == (30, 30, "given", "A lost lock")
    assert orjson.loads((await owed(town, BORIS))["credits-given"]) == {"credits": 30}
    ((name, after),) = await acts_on(database, BORIS)
    assert (name, after["credits"], after["note"]) == ("credits", 30, "A lost lock")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"amount": 0, "reason": "x"}, "amount"),
        ({"amount": 100_001, "reason": "x"}, "amount"),
        ({"amount": "5", "reason": "x"}, "amount"),
        ({"amount": 5, "reason": " "}, "reason"),
        ({"amount": 5}, "reason"),
    ],
)
async def test_wrong_credits_change_nothing(program, town, body, field):
    assert (await act(program, f"/api/users/{BORIS}/credits", body, 422))["error"]["field"] == field
    assert (await read(program, f"/api/users/{BORIS}/credits"))["credits"] == 0


async def test_credits_are_an_owners_to_give_after_an_answer(client, moderator, program, town):
    body = {"amount": 5, "reason": "x"}
    assert (await act(client, f"/api/users/{BORIS}/credits", body, 403))["error"]["code"] == "answer"
    assert (await act(moderator, f"/api/users/{BORIS}/credits", body, 403))["error"]["code"] == "forbidden"
    await act(program, f"/api/users/{NOBODY}/credits", body, 404)
    assert (await read(moderator, f"/api/users/{BORIS}/credits"))["credits"] == 0


async def test_locks_in_force_stand_beside_the_credits(client, town, database):
    now = time.time()
    async with database.transaction() as connection:
        for lock, state, until in (("a", "active", now + 60), ("b", "over", now + 60), ("c", "active", now - 1)):
            await connection.execute(
                f"INSERT INTO locks VALUES ('{lock}', 'c', 5, {BORIS}, 'user:1', 10, 9, '{state}', {now}, {now}, {until},"
                " NULL, '', 0)"
            )
    (lock,) = (await read(client, f"/api/users/{BORIS}/credits"))["locks"]
    assert (lock["chat"], lock["minutes"], lock["price"], lock["bot"]) == ("c", 10, 9, 5)


async def test_orders_and_charges_with_what_became_of_a_refund(moderator, town, database):
    async with database.transaction() as connection:
        await connection.execute(
            f"INSERT INTO orders VALUES ('o', 5, {BORIS}, 'gift', 'week', 7, 100, 0, 5, {ANNA}, 10, 20, 'paid', 11, NULL, '')"
        )
        for charge, at in (("first", 12), ("second", 13)):
            await connection.execute(
                "INSERT INTO charges (bot_id, charge_id, provider_id, user_id, order_id, kind, plan, amount, paid_at, recurring,"
                f" flag, refund_reason, refund_by) VALUES (5, '{charge}', '', {BORIS}, 'o', 'gift', 'week', 100000000000, {at},"
                " FALSE, '', '', '')"
            )
        await connection.execute(
            "INSERT INTO refund_requests (charge_id, bot_id, reason, asked_by, asked_at, outcome)"
            " VALUES ('first', 5, '', '', 14, '')"
        )
    found = await read(moderator, f"/api/users/{BORIS}/payments")
    assert [(each["id"], each["stars"], bool(each["refund_asked"])) for each in found["charges"]] == [
        ("second", 100, False),
        ("first", 100, True),
    ]
    (order,) = found["orders"]
    assert (order["quantity"], order["state"], order["gift_to"]) == (7, "paid", ANNA)
    assert (await read(moderator, f"/api/users/{ANNA}/payments")) == {"orders": [], "charges": []}
    shown = await (await moderator.get(f"/admin/users/{BORIS}?tab=payments")).get_data(as_text=True)
    assert "refund asked for" in shown
    assert "<code>second</code>" in shown


# --- warnings and chats


async def test_a_warning_is_sent_for_its_reason_and_stands_in_the_history(moderator, town):
    await act(moderator, f"/api/users/{BORIS}/warn", {"reason": "ads"})
    assert orjson.loads((await owed(town, BORIS))["operator-warning"]) == {"reason": "ads"}
    known = await read(moderator, f"/api/users/{BORIS}")
    assert [(each["act"], each["after"]) for each in known["acts"]] == [("warn", {"reason": "ads"})]
    assert (known["banned"], known["standing"]["level"]) == (False, 0)


async def test_a_warning_needs_a_reason_of_the_list_and_somebody_to_warn(moderator, town):
    assert (await act(moderator, f"/api/users/{BORIS}/warn", {"reason": "rude"}, 422))["error"]["field"] == "reason"
    await act(moderator, f"/api/users/{NOBODY}/warn", {"reason": "ads"}, 404)
    assert await owed(town, BORIS) == {}


async def test_an_ended_chat_waits_for_the_pool_until_it_was_told(moderator, town, database):
    await act(moderator, f"/api/users/{BORIS}/end-chat", status=202)
    moderation = SqlModeration(database, SECRETS, _settings()[1])
    (change,) = await moderation.changes()
    assert (change.user, change.ended, change.banned_until) == (BORIS, "c", 0)
    assert await moderation.settled(change)
    assert await moderation.changes() == []
    assert await acts_on(database, BORIS) == [("end chat", {"chat": "c"})]


async def test_nobody_who_is_in_no_chat_has_one_ended(moderator, town, database):
    async with database.transaction() as connection:
        await connection.execute("UPDATE chats SET ended_at = 1, why = 'stopped'")
    assert (await act(moderator, f"/api/users/{BORIS}/end-chat", status=409))["error"]["code"] == "conflict"
    assert await acts_on(database, BORIS) == []


# --- their data


async def test_a_copy_is_the_document_of_export_and_leaves_the_person_theirs(client, town, database):
    document = await read(client, f"/api/users/{BORIS}/export")
    assert document.keys() == {"telegram_id", "exported_at", *(each.section for each in PERSONAL.values())}
    assert (document["telegram_id"], document["profile"]["age"], len(document["chats"])) == (BORIS, 40, 1)
    assert await rows(database, "SELECT * FROM exports") == []
    assert await acts_on(database, BORIS) == [("export", None)]


async def test_a_copy_is_downloaded_by_an_owner_and_by_no_foreign_page(client, moderator, town, database):
    answer = await client.get(f"/admin/users/{BORIS}/data.json")
    assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="user-{BORIS}-')
    assert (await answer.get_json())["telegram_id"] == BORIS
    foreign = await client.get(f"/admin/users/{BORIS}/data.json", headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403
    assert (await moderator.get(f"/admin/users/{BORIS}/data.json")).status_code == 403
    assert (await client.get(f"/admin/users/{NOBODY}/data.json")).status_code == 404
    assert len(await acts_on(database, BORIS)) == 1


async def test_an_erasure_is_confirmed_and_then_due_at_once(program, town, database):
    assert (await act(program, f"/api/users/{BORIS}/erase", {"id": ANNA}, 422))["error"]["field"] == "id"
    assert await rows(database, "SELECT user_id FROM deletions") == []
    await act(program, f"/api/users/{BORIS}/erase", {"id": BORIS}, 202)
    ((user, bot, asked),) = await rows(database, "SELECT user_id, bot_id, asked_at FROM deletions")
    assert (user, bot, asked <= time.time() - 10) == (BORIS, 5, True)
    await act(program, f"/api/users/{BORIS}/erase", {"id": BORIS}, 202)
    assert len(await rows(database, "SELECT user_id FROM deletions")) == 1
    assert await acts_on(database, BORIS) == [("erase", None)] * 2


async def test_an_erasure_is_an_owners_after_an_answer_of_somebody_whom_a_bot_knows(client, moderator, program, town, database):
    assert (await act(client, f"/api/users/{BORIS}/erase", {"id": BORIS}, 403))["error"]["code"] == "answer"
    assert (await act(moderator, f"/api/users/{BORIS}/erase", {"id": BORIS}, 403))["error"]["code"] == "forbidden"
    await act(program, f"/api/users/{NOBODY}/erase", {"id": NOBODY}, 404)
    async with database.transaction() as connection:
        await connection.execute("DELETE FROM bot_peers")
        await connection.execute("DELETE FROM chats")
    await act(program, f"/api/users/{BORIS}/erase", {"id": BORIS}, 409)
    assert await rows(database, "SELECT user_id FROM deletions") == []


# --- bans of many


async def test_before_a_ban_of_many_one_sees_how_they_stand(moderator, town, database):
    await town.ban(ANNA, 5.0, "spam", OLGA)
    found = await act(moderator, "/api/bans/check", {"users": [ANNA, BORIS, NOBODY, BORIS]})
    assert found == {"count": 3, "banned": [ANNA], "unknown": [NOBODY], "chatting": 2}
    assert len(await acts_on(database, ANNA)) == 1


async def test_a_ban_of_many_is_an_act_for_each_and_happens_once(moderator, town, database):
    body = {"users": [ANNA, BORIS, ANNA], "hours": 24, "reason": "ads", "key": KEY}
    first, again = await act(moderator, "/api/bans", body), await act(moderator, "/api/bans", body)
    assert (first["banned"], [each["outcome"] for each in first["items"]]) == (2, ["banned", "banned"])
    assert (again["banned"], [each["outcome"] for each in again["items"]]) == (0, ["before", "before"])
    for user in (ANNA, BORIS):
        ((name, after),) = await acts_on(database, user)
        assert (name, after["batch"], after["ban"]["reason"]) == ("ban", KEY, "ads")
    await act(moderator, f"/api/users/{BORIS}/ban/undo")
    assert not (await read(moderator, f"/api/users/{BORIS}"))["banned"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"users": []}, "users"),
        ({"users": list(range(1, 202))}, "users"),
        ({"users": ["7"]}, "users[0]"),
        ({"reason": "\u202e"}, "reason"),
        ({"hours": 0}, "hours"),
        ({"key": "short"}, "key"),
        ({"key": None}, "key"),
    ],
)
async def test_a_wrong_ban_of_many_bans_nobody(moderator, town, change, field):
    body = {"users": [ANNA, BORIS], "reason": "ads", "key": KEY} | change
    assert (await act(moderator, "/api/bans", body, 422))["error"]["field"] == field
    assert (await read(moderator, "/api/users?banned=true"))["items"] == []


async def test_who_was_not_banned_is_named_and_banned_by_the_same_key(moderator, town, database, monkeypatch):
    review = type(town._records(OLGA).review)
    ban = review.ban

    async def away_for_boris(self, user, *arguments, **options):
        if user == BORIS:
            raise Unavailable("the database is away")
        return await ban(self, user, *arguments, **options)

    body = {"users": [ANNA, BORIS, NOBODY], "reason": "ads", "key": KEY}
    with monkeypatch.context() as patched:
        patched.setattr(review, "ban", away_for_boris)
        first = await act(moderator, "/api/bans", body)
        await act(moderator, "/api/bans", body | {"users": [BORIS]}, 503)
    assert (first["banned"], first["failed"]) == (1, 2)
    assert [(each["id"], each["outcome"]) for each in first["items"]] == [
        (ANNA, "banned"),
        (BORIS, "failed"),
        (NOBODY, "failed"),
    ]
    again = await act(moderator, "/api/bans", body)
    assert (again["banned"], again["failed"], again["items"][0]["outcome"]) == (2, 0, "before")


# --- pages


async def test_each_role_sees_the_acts_that_it_may_do(client, moderator, town):
    for browser, acts in ((client, {"give", "erase", "vip", "warn", "end-chat"}), (moderator, {"warn", "end-chat"})):
        shown = await (await browser.get(f"/admin/users/{BORIS}")).get_data(as_text=True)
        assert {name for name in ("give", "erase", "vip", "warn", "end-chat") if f'<dialog id="{name}"' in shown} == acts
        assert ("data.json" in shown) == (browser is client)


async def test_notes_are_read_by_moderators_and_removed_by_their_writer_or_an_owner(client, moderator, app, town):
    path = f"/api/users/{BORIS}/notes"
    (note,) = (await act(moderator, path, {"text": "Appealed by mail.\nAnswered."}))["items"]
    assert (note["by"], note["text"]) == ("moderator", "Appealed by mail.\nAnswered.")
    shown = await (await client.get(f"/admin/users/{BORIS}?tab=notes")).get_data(as_text=True)
    assert "Appealed by mail." in shown
    another = browser_of(app, "moderator of another name")
    answer = await another.delete(f"{path}/{note['number']}", headers=FROM_HERE)
    assert answer.status_code == 404
    answer = await client.delete(f"{path}/{note['number']}", headers=FROM_HERE)
    assert (answer.status_code, (await answer.get_json())["items"]) == (200, [])
    assert (await act(moderator, path, {"text": "\u202e"}, 422))["error"]["field"] == "text"
    await act(moderator, f"/api/users/{NOBODY}/notes", {"text": "x"}, 404)
