"""Who asks is taken from the connection, and from a proxy only where the operator trusts it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from web.access.proxies import Caller
from web.app import create_app

TRUSTED = ("10.0.0.0/8", "192.0.2.7", "fd00::/8")
SAID = {
    "X-Forwarded-For": "198.51.100.1, 203.0.113.9",
    "X-Forwarded-Proto": "http, https",
    "X-Forwarded-Host": "evil.example, localhost",
}


async def seen(deps, people, peer, headers) -> tuple[str, str]:
    """(address, Strict-Transport-Security) of a request from that peer."""
    client = create_app(replace(deps, trusted_proxies=TRUSTED)).test_client()
    answer = await client.get("/api/overview", headers={"Authorization": "Bearer owner", **headers}, scope_base={"client": peer})
    assert answer.status_code == 200
    return people.asked[-1][1], answer.headers.get("Strict-Transport-Security", "")


@pytest.mark.parametrize("peer", ["10.1.2.3", "192.0.2.7", "::ffff:10.1.2.3", "fd00::1"])
async def test_the_last_entry_of_a_trusted_proxy_counts(deps, people, peer):
    assert await seen(deps, people, (peer, 5000), SAID) == ("203.0.113.9", "max-age=31536000")


@pytest.mark.parametrize("peer", ["127.0.0.1", "192.0.2.8", "203.0.113.5", "2001:db8::1"])
async def test_what_anybody_else_says_is_ignored(deps, people, peer):
    said = {
        **SAID,
        "X-Forwarded-Host": "evil.example",
        "X-Real-Ip": "1.1.1.1",
        "Forwarded": "for=1.1.1.1;proto=https",
        "Remote-Addr": "1.1.1.1",
    }
    assert await seen(deps, people, (peer, 5000), said) == (peer, "")


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("203.0.113.9:4711", "203.0.113.9"),
        ("[2001:db8::9]:4711", "2001:db8::9"),
        ("[2001:db8::9]", "2001:db8::9"),
        ("2001:db8::9", "2001:db8::9"),
        ("unknown", "10.0.0.1"),
        ("203.0.113.9, ", "10.0.0.1"),
        ("203.0.113.9, <script>", "10.0.0.1"),
        ("", "10.0.0.1"),
    ],
)
async def test_what_is_no_address_counts_as_the_proxys_own(deps, people, said, address):
    assert (await seen(deps, people, ("10.0.0.1", 5000), {"X-Forwarded-For": said}))[0] == address


async def test_two_headers_are_one_list(deps, people):
    client = create_app(replace(deps, trusted_proxies=TRUSTED)).test_client()
    headers = [("Authorization", "Bearer owner"), ("X-Forwarded-For", "1.1.1.1"), ("X-Forwarded-For", "203.0.113.9")]
    await client.get("/api/overview", headers=headers, scope_base={"client": ("10.0.0.1", 1)})
    assert people.asked[-1][1] == "203.0.113.9"


async def test_by_default_nobody_is_trusted(deps, people):
    client = create_app(deps).test_client()
    await client.get("/api/overview", headers={"Authorization": "Bearer owner", **SAID}, scope_base={"client": ("127.0.0.1", 1)})
    assert people.asked[-1][1] == "127.0.0.1"


async def test_the_name_that_a_trusted_proxy_forwards_must_be_ours(deps, people):
    client = create_app(replace(deps, trusted_proxies=TRUSTED)).test_client()
    answer = await client.get(
        "/api/overview",
        headers={"Authorization": "Bearer owner", "X-Forwarded-Host": "evil.example"},
        scope_base={"client": ("10.0.0.1", 1)},
    )
    assert answer.status_code == 421


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("", ""),
        ("<local>", "<local>"),
    ],
)
def test_an_address_of_ipv6_counts_with_its_network(address, network):
    assert Caller(address=address, scheme="http", host="", browser="").network == network
