"""People through the API and the pages: what is listed, who may do what, and what each act does to the records."""

from __future__ import annotations

import pytest

from storage.sql.review.audit import SqlAudit
from tests.web.conftest import browser_of
from tests.web.people import ANNA, BORIS, NOBODY, act, owed, read


async def test_a_list_counts_filters_and_goes_on(client, town):
    first = await read(client, "/api/users?limit=1")
    rest = await read(client, f"/api/users?limit=1&after={first['next']}")
    assert {first["items"][0]["id"], rest["items"][0]["id"]} == {ANNA, BORIS}
    assert (first["total"], first["more"], rest["next"]) == (2, False, "")
    (minor,) = (await read(client, "/api/users?minor=true&age=minor&gender=female"))["items"]
    assert (minor["id"], minor["age"], minor["chats"], minor["state"]["place"], minor["state"]["bot"]) == (
        ANNA,
        17,
        1,
        "chatting",
        5,
    )
    assert (await read(client, f"/api/users?id={BORIS}&banned=true"))["items"] == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("id=abc", "id"),
        ("id=99999999999999999999", "id"),
        ("limit=201", "limit"),
        ("limit=0", "limit"),
        ("gender=fish", "gender"),
        ("joined_from=yesterday", "joined_from"),
        ("after=AAAA", "after"),
        ("after=MS4wIG5hbg", "after"),
        ("colour=red", "colour"),
    ],
)
async def test_a_wrong_filter_is_named(client, query, field):
    assert (await read(client, f"/api/users?{query}", 422))["error"]["field"] == field


async def test_a_person_with_what_is_recorded(client, town):
    boris = await read(client, f"/api/users/{BORIS}")
    assert (boris["gender"], boris["age"], boris["chats"], boris["vip"], boris["bans"]) == ("male", 40, 1, False, [])
    assert (boris["state"]["place"], boris["bots"]) == ("chatting", [5])
    (chat,) = (await read(client, f"/api/users/{BORIS}/chats"))["items"]
    assert (chat["partner"], chat["ended"]) == (ANNA, None)
    assert (await read(client, f"/api/users/{NOBODY}", 404))["error"]["code"] == "not_found"


async def test_a_ban_has_its_term_and_reason_and_is_in_the_audit(client, town, database):
    answer = await act(client, f"/api/users/{BORIS}/ban", {"hours": 24, "reason": "ads"})
    (ban,) = answer["bans"]
    assert (answer["banned"], ban["reason"], ban["by"], ban["in_force"]) == (True, "ads", "owner", True)
    known = await read(client, f"/api/users/{BORIS}")
    assert [(each["act"], each["who"], each["source"]) for each in known["acts"]] == [("ban", "owner", "panel")]
    (done,) = await SqlAudit(database).newest(1, target=f"user:{BORIS}")
    assert done.browser, "from where it was done"
    assert await town.look(BORIS)
    assert "banned" in await owed(town, BORIS)


async def test_without_hours_a_ban_is_for_good_and_in_own_words(client, town):
    (ban,) = (await act(client, f"/api/users/{NOBODY}/ban", {"reason": "Sells cars 🚗"}))["bans"]
    assert (ban["until"], ban["reason"], ban["note"]) == (None, "operator", "Sells cars 🚗")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"reason": "   "}, "reason"),
        ({"reason": "a\u202eb"}, "reason"),
        ({"hours": 24}, "reason"),
        ({"hours": 0, "reason": "ads"}, "hours"),
        ({"hours": 1e9, "reason": "ads"}, "hours"),
        ({"hours": "24", "reason": "ads"}, "hours"),
        ({"hours": 24, "reason": "ads", "why": 1}, "why"),
    ],
)
async def test_a_wrong_ban_changes_nothing(client, town, body, field):
    assert (await act(client, f"/api/users/{BORIS}/ban", body, 422))["error"]["field"] == field
    assert (await read(client, f"/api/users/{BORIS}"))["bans"] == []


async def test_an_undone_ban_leaves_things_as_they_were(client, town):
    await town.ban(BORIS, 5.0, "spam", _somebody())
    before = (await read(client, f"/api/users/{BORIS}"))["bans"]
    await act(client, f"/api/users/{BORIS}/ban", {"reason": "ads"})
    assert (await act(client, f"/api/users/{BORIS}/ban/undo"))["bans"] == before
    assert (await act(client, f"/api/users/{BORIS}/ban/undo", status=409))["error"]["code"] == "conflict"


async def test_nobody_undoes_the_ban_of_somebody_else(client, town):
    await town.ban(BORIS, 5.0, "spam", _somebody())
    await act(client, f"/api/users/{BORIS}/ban/undo", status=409)
    assert (await read(client, f"/api/users/{BORIS}"))["banned"]


def _somebody():
    from domain.ports.review import Operator

    return Operator(name="olga", source="panel")


async def test_unban_lifts_and_tells(client, town):
    await act(client, f"/api/users/{BORIS}/unban", status=409)
    await act(client, f"/api/users/{BORIS}/ban", {"reason": "ads"})
    assert (await act(client, f"/api/users/{BORIS}/unban"))["banned"] is False
    assert "unbanned" in await owed(town, BORIS)


async def test_vip_is_given_by_a_program_of_an_owner(api, town):
    from tests.web.conftest import program_of

    program = program_of(api.app, "owner")
    await act(program, f"/api/users/{BORIS}/vip", {"days": 7})
    assert (await read(program, f"/api/users/{BORIS}"))["vip"]
    await act(program, f"/api/users/{NOBODY}/vip", {"days": 7}, 404)
    await act(program_of(api.app, "moderator"), f"/api/users/{BORIS}/vip", {"days": 7}, 403)


async def test_a_message_is_sent_by_the_bot_and_kept_in_the_audit(client, town):
    await act(client, f"/api/users/{BORIS}/message", {"text": "Please read the rules.\nThank you."})
    assert "Please read the rules." in (await owed(town, BORIS))["operator-message"]
    (done,) = (await read(client, f"/api/users/{BORIS}"))["acts"]
    assert (done["act"], done["after"]) == ("write", {"text": "Please read the rules.\nThank you."})


async def test_a_viewer_sees_nobody(app, town):
    viewer = browser_of(app, "viewer")
    for path in ("/api/users", f"/api/users/{BORIS}", f"/api/users/{BORIS}/chats", "/admin/users"):
        assert (await viewer.get(path)).status_code == 403


# --- pages


async def page(client, path, status=200):
    answer = await client.get(path)
    assert answer.status_code == status
    return await answer.get_data(as_text=True)


async def test_the_list_shows_people_and_its_empty_and_wrong_states(client, town):
    assert f"/admin/users/{ANNA}" in await page(client, "/admin/users?gender=&minor=true")
    assert "Nobody found" in await page(client, "/admin/users?banned=true")
    assert "Telegram id" in await page(client, "/admin/users?id=abc", 422)
    found = await client.get("/admin/users?id=7 000 000 012")
    assert (found.status_code, found.headers["Location"]) == (302, f"/admin/users/{BORIS}")


async def test_the_page_of_a_person_has_their_history_and_chats(client, town):
    await act(client, f"/api/users/{BORIS}/ban", {"reason": "<b>ads</b>"})
    shown = await page(client, f"/admin/users/{BORIS}")
    assert "banned for good" in shown
    assert "&lt;b&gt;ads" in shown
    assert f"/admin/users/{ANNA}" in await page(client, f"/admin/users/{BORIS}?tab=chats")
    await page(client, f"/admin/users/{NOBODY}", 404)
    await page(client, f"/admin/users/{BORIS}?tab=chats&after=x", 422)
