"""Settings by the API: what is shown, saved, refused, compared and taken back."""

from __future__ import annotations

import pytest

from tests.web.conftest import browser_of


async def setting(client, key):
    found = (await (await client.get("/api/config")).get_json())["items"]
    return next(each for each in found if each["key"] == key)


async def save(client, key, value, **more):
    return await client.post("/api/config", json={"key": key, "value": value, **more}, headers=OURS)


OURS = {"Sec-Fetch-Site": "same-origin"}


async def test_a_saved_setting_says_who_when_and_what_it_would_be_without(client):
    answer = await save(client, "profile.max_age", 99)
    body = await answer.get_json()
    assert answer.status_code == 200
    assert body["changed"] == [{"key": "profile.max_age", "before": 120, "after": 99}]
    assert (body["versions"], body["in_force"]["yes"], body["in_force"]["of"]) == ({"profile": 1}, 1, 2)
    found = await setting(client, "profile.max_age")
    assert (found["value"], found["source"], found["saved_by"], found["version"]) == (99, "saved", "owner", 1)
    assert (found["without"], found["without_source"]) == (120, "default")
    assert found["form"] == {
        "kind": "whole", "least": 0, "above": None, "most": 150,
        "choices": [], "pattern": "", "longest": None, "count": 0, "columns": [],
    }  # fmt: skip
    await save(client, "profile.max_age", None)
    assert (await setting(client, "profile.max_age"))["source"] == "default"


@pytest.mark.parametrize(
    ("key", "value", "field"),
    [
        ("profile.max_age", "old", "profile.max_age"),
        ("profile.max_age", 1000, "profile.max_age"),
        ("profile.max_age", 12, "profile.min_age"),
        ("profile.nothing", 1, "profile.nothing"),
        ("stores.pool_size", 3, "stores.pool_size"),
        ("chat.protect_content", 1, "chat.protect_content"),
        ("channels.required", ["not a channel"], "channels.required"),
        ("vip.plans", [{"id": "a", "days": 1, "stars": 0}], "vip.plans[0].stars"),
        ("trust.spam_partners", [1, 2], "trust.spam_partners"),
    ],
)
async def test_what_is_wrong_is_refused_with_its_field_and_nothing_is_saved(client, key, value, field):
    answer = await save(client, key, value)
    assert answer.status_code == 422
    assert (await answer.get_json())["error"]["field"] == field
    assert {each["source"] for each in (await (await client.get("/api/config")).get_json())["items"]} == {"default"}


async def test_of_two_admins_the_second_is_told_who_has_saved_what(app, client):
    other = browser_of(app, "owner boris")
    await save(other, "profile.max_age", 80, version=0)
    answer = await save(client, "profile.min_age", 15, version=0)
    error = (await answer.get_json())["error"]
    assert answer.status_code == 409
    assert error["field"] == "profile"
    assert "owner boris saved" in error["message"]
    assert "max_age (not saved) → 80" in error["message"]
    assert {each["key"]: each["value"] for each in error["now"]}["profile.max_age"] == 80
    assert (await setting(client, "profile.min_age"))["value"] == 13


async def test_several_settings_are_saved_together_or_not_at_all(client):
    changes = [{"key": "profile.max_age", "value": 80}, {"key": "flood.burst", "value": 0}]
    refused = await client.post("/api/config/bulk", json={"changes": changes}, headers=OURS)
    assert (refused.status_code, (await refused.get_json())["error"]["field"]) == (422, "flood.burst")
    assert (await setting(client, "profile.max_age"))["value"] == 120
    changes[1]["value"] = 9
    looked = await client.post("/api/config/check", json={"changes": changes}, headers=OURS)
    assert [each["key"] for each in (await looked.get_json())["changed"]] == ["profile.max_age", "flood.burst"]
    assert (await setting(client, "flood.burst"))["value"] == 60
    done = await client.post("/api/config/bulk", json={"changes": changes, "note": "summer"}, headers=OURS)
    assert (await done.get_json())["versions"] == {"profile": 1, "flood": 1}
    twice = await client.post("/api/config/bulk", json={"changes": [changes[0], changes[0]]}, headers=OURS)
    assert twice.status_code == 422


async def test_history_and_undo(client):
    for age in (80, 90):
        await save(client, "profile.max_age", age, note=f"to {age}")
    undone = await client.post("/api/config/undo", json={"key": "profile.max_age", "version": 2}, headers=OURS)
    assert (await undone.get_json())["changed"] == [{"key": "profile.max_age", "before": 90, "after": 80}]
    found = await (await client.get("/api/config/history?key=profile.max_age")).get_json()
    assert [(each["version"], each["value"], each["by"]) for each in found["items"]] == [
        (3, 80, "owner"), (2, 90, "owner"), (1, 80, "owner"),
    ]  # fmt: skip
    late = await client.post("/api/config/undo", json={"key": "profile.max_age", "to": 2, "version": 2}, headers=OURS)
    assert late.status_code == 409
    again = await client.post("/api/config/undo", json={"key": "profile.max_age", "to": 2}, headers=OURS)
    assert (await again.get_json())["changed"] == [{"key": "profile.max_age", "before": 80, "after": 90}]


async def test_each_change_is_in_the_audit_with_before_after_and_from_where(client):
    await client.post(
        "/api/config", json={"key": "profile.max_age", "value": 99}, headers={**OURS, "User-Agent": "Firefox on X11; Linux"}
    )
    await save(client, "profile.max_age", None)
    found = await (await client.get("/api/audit?target=setting:profile.max_age")).get_json()
    returned, saved = found["items"]
    assert (saved["who"], saved["act"], saved["before"], saved["after"]) == ("owner", "set", 120, 99)
    assert (saved["source"], saved["browser"]) == ("panel", "Firefox on Linux")
    assert (returned["act"], returned["after"]) == ("return", 120)
    assert (await (await client.get("/api/audit/chain")).get_json())["whole"]


async def test_secrets_are_not_shown_and_roles_below_owner_see_nothing(app, client):
    fixed = {each["key"]: each for each in (await (await client.get("/api/config")).get_json())["fixed"]}
    assert fixed["stores.pool_size"]["value"] == 10
    assert not fixed["stores.pool_size"]["live"]
    assert fixed["telegram.tokens"]["value"] in ([], "(set)")
    for role in ("viewer", "moderator"):
        for path in ("/api/config", "/api/config/in-force", "/api/audit", "/admin/configuration", "/admin/audit"):
            assert (await browser_of(app, role).get(path)).status_code in {403, 404}


async def test_the_audit_comes_a_page_at_a_time(client):
    for age in range(80, 85):
        await save(client, "profile.max_age", age)
    first = await (await client.get("/api/audit?limit=3")).get_json()
    second = await (await client.get(f"/api/audit?limit=3&before={first['next']}")).get_json()
    assert [each["number"] for each in first["items"] + second["items"]] == [5, 4, 3, 2, 1]
    assert second["next"] is None
