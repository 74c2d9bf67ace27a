"""Bad input gets a 4xx that names the field, in one form, and nothing is done."""

from __future__ import annotations

import asyncio
import json

import pytest

JSON = {"Content-Type": "application/json"}
GOOD = b'{"reason": "spam"}'


async def refusal(answer, status: int) -> tuple[str, str]:
    body = await answer.get_json()
    assert answer.status_code == status, body
    assert answer.content_type == "application/json"
    assert set(body) == {"error"}
    assert body["error"]["message"]
    return body["error"]["code"], body["error"]["field"]


async def test_a_good_body_is_read_with_its_defaults(token, toys):
    answer = await token.post("/api/toys/7", data=b'{"reason": "spam", "hours": 4.0, "plans": [{"stars": 3}]}', headers=JSON)
    assert answer.status_code == 201
    seen = (await answer.get_json())["seen"]
    assert (seen["hours"], seen["plans"]) == (4, [{"stars": 3, "name": ""}])
    assert len(toys.done) == 1


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        (b"", "malformed", ""),
        (b"\xc1", "malformed", ""),
        (b'{"reason": "\xff"}', "malformed", ""),
        (b'{"reason": "\\ud800"}', "malformed", ""),
        (b'{"reason": "a", "hours": NaN}', "malformed", ""),
        (b"[" * 2000, "malformed", ""),
        (b"[" * 2000 + b"]" * 2000, "malformed", None),
        (b'{"reason": "a", "deep": ' + b"[" * 100 + b"]" * 100 + b"}", "malformed", None),
    ],
)
async def test_what_is_no_json_is_malformed(token, toys, body, code, field):
    found = await refusal(await token.post("/api/toys/7", data=body, headers=JSON), 400)
    assert found[0] == code
    assert field is None or found[1] == field
    assert toys.done == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"null", ""),
        (b"[]", ""),
        (b'"reason"', ""),
        (b"{}", "reason"),
        (b'{"reason": 5}', "reason"),
        (b'{"reason": null}', "reason"),
        (b'{"reason": ""}', "reason"),
        (b'{"reason": "%s"}' % (b"x" * 201), "reason"),
        (b'{"reason": "a\\u0000b"}', "reason"),
        (b'{"reason": "a", "extra": 1}', "extra"),
        (b'{"reason": "a", "hours": 0}', "hours"),
        (b'{"reason": "a", "hours": 87601}', "hours"),
        (b'{"reason": "a", "hours": "5"}', "hours"),
        (b'{"reason": "a", "hours": true}', "hours"),
        (b'{"reason": "a", "hours": 4.5}', "hours"),
        (b'{"reason": "a", "hours": 1e400}', None),
        (b'{"reason": "a", "hours": 1234567890123456789012}', "hours"),
        (b'{"reason": "a", "hours": -9223372036854775809}', "hours"),
        (b'{"reason": "a", "plans": {}}', "plans"),
        (b'{"reason": "a", "plans": [{"stars": 1}, {"stars": "x"}]}', "plans[1].stars"),
        (b'{"reason": "a", "plans": [{}]}', "plans[0].stars"),
        (b'{"reason": "a", "plans": [{"stars": 1, "name": "\\u0000"}]}', "plans[0].name"),
        (b'{"reason": "a", "plans": [{"stars": 1, "colour": "red"}]}', "plans[0].colour"),
        (b'{"reason": "a", "plans": [%s]}' % b",".join([b'{"stars": 1}'] * 6), "plans"),
        (b'{"reason": "a", "deep": {"a": [{"b\\u0000": 1}]}}', "deep.a[0]"),
    ],
)
async def test_a_wrong_field_is_named(token, toys, body, field):
    answer = await token.post("/api/toys/7", data=body, headers=JSON)
    assert answer.status_code in {400, 422}
    if field is not None:
        assert await refusal(answer, 422) == ("invalid", field)
    assert toys.done == []


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonp"]
)
async def test_another_kind_of_body_than_json_is_refused(token, toys, kind):
    answer = await token.post("/api/toys/7", data=GOOD, headers={"Content-Type": kind} if kind else {})
    assert (await refusal(answer, 415))[0] == "media_type"
    assert toys.done == []


async def test_json_with_its_charset_is_taken(token):
    answer = await token.post("/api/toys/7", data=GOOD, headers={"Content-Type": "application/json; charset=utf-8"})
    assert answer.status_code == 201


@pytest.mark.parametrize("size", [64 * 1024 + 1, 10_000_000])
async def test_a_large_body_is_refused(token, toys, size):
    answer = await token.post("/api/toys/7", data=b" " * size, headers=JSON)
    assert (await refusal(answer, 413))[0] == "too_large"
    assert toys.done == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"reason": "a", "reason": "b"}', "reason"),
        (b'{"reason": "a", "\\u0072eason": "a"}', "reason"),
        (b'{"reason": "a", "plans": [{"stars": 1, "stars": 2}]}', "stars"),
    ],
)
async def test_of_two_values_of_one_name_none_is_taken(token, toys, body, field):
    answer = await token.post("/api/toys/7", data=body, headers=JSON)
    assert await refusal(answer, 400) == ("malformed", field)
    assert toys.done == []


async def test_a_large_body_without_its_length_is_refused_too(api, toys):
    async with asyncio.timeout(10):
        headers = {"Authorization": "Bearer owner", **JSON}
        async with api.app.test_client().request("/api/toys/7", method="POST", headers=headers) as connection:
            for _ in range(20):
                await connection.send(b" " * 10_000)
            await connection.send_complete()
    assert (await connection.as_response()).status_code == 413
    assert toys.done == []


async def test_a_body_that_does_not_come_is_given_up(api, toys):
    api.app.config["BODY_TIMEOUT"] = 0.05
    headers = {"Authorization": "Bearer owner", **JSON}
    async with asyncio.timeout(10), api.app.test_client().request("/api/toys/7", method="POST", headers=headers) as connection:
        await connection.send(b'{"reason"')
        body = json.loads(await connection.receive())
    assert (connection.status_code, body["error"]["code"]) == (408, "timeout")
    assert toys.done == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=x", "limit"),
        ("limit=", "limit"),
        ("limit=1234567890123456789012", "limit"),
        ("limit=5&limit=6", "limit"),
        ("colour=red", "colour"),
        ("text=%00", "text"),
        ("text=" + "x" * 65, "text"),
        ("tag=" + "&tag=".join("abcdef"), "tag"),
    ],
)
async def test_a_wrong_parameter_is_named(token, query, field):
    assert await refusal(await token.get(f"/api/toys?{query}"), 422) == ("invalid", field)


@pytest.mark.parametrize("query", ["limit=5&tag=a&tag=b&text=%FF%FE", "tag=a", "", "text=%25", "&&&", "text=a+b"])
async def test_a_good_query_is_read(token, query):
    assert (await token.get(f"/api/toys?{query}")).status_code == 200


async def test_lists_in_a_query_are_read_whole(token):
    seen = (await (await token.get("/api/toys?limit=5&tag=a&tag=b")).get_json())[0]["seen"]
    assert seen == {"limit": 5, "tag": ["a", "b"], "text": ""}


async def test_an_operation_without_parameters_takes_none(token):
    assert await refusal(await token.get("/api/overview?debug=1"), 422) == ("invalid", "debug")


@pytest.mark.parametrize(
    "id_",
    ["abc", "0", "007", "-1", "1.5", "1e3", "0x1f", "+5", "%20", "٣", "9007199254740992", "1234567890123456789012", "%00", "%FF"],
)
async def test_an_id_that_cannot_be_is_not_found(token, toys, id_):
    assert (await refusal(await token.delete(f"/api/toys/{id_}"), 404))[0] == "not_found"
    assert toys.done == []


@pytest.mark.parametrize("id_", ["1", "9007199254740991"])
async def test_an_id_that_can_be_is_taken(token, id_):
    assert (await token.delete(f"/api/toys/{id_}")).status_code == 200


async def test_a_conflict_says_how_things_stand_now(token):
    answer = await token.post("/api/toys/13", data=GOOD, headers=JSON)
    assert await refusal(answer, 409) == ("conflict", "")
    assert (await answer.get_json())["error"]["now"] == {"version": 4}
    assert await refusal(await token.post("/api/toys/14", data=GOOD, headers=JSON), 409) == ("conflict", "")
