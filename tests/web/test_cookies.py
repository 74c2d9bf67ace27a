"""A cookie of ours is `__Host-`, Secure, HttpOnly and Strict; only on this machine without TLS it has a plain name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from web.access.admission import Admission
from web.api.operation import Api
from web.app import create_app

OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def app(deps, toys):
    app = create_app(replace(deps, public_url="https://panel.example", trusted_proxies=("10.0.0.0/8",)))
    Api(app, Admission(deps.signs, deps.limits)).add(toys)
    return app


@pytest.mark.parametrize(
    ("host", "peer", "proto", "secure"),
    [
        ("127.0.0.1:3001", "127.0.0.1", "", False),
        ("localhost", "127.0.0.1", "", False),
        ("[::1]:3001", "::1", "", False),
        ("panel.example", "127.0.0.1", "", True),
        ("panel.example", "10.0.0.1", "https", True),
        ("localhost", "10.0.0.1", "https", True),
    ],
)
async def test_its_name_and_flags(app, host, peer, proto, secure):
    headers = {**OURS, "Host": host, **({"X-Forwarded-Proto": proto} if proto else {})}
    answer = await app.test_client().post("/api/toy-login", headers=headers, scope_base={"client": (peer, 1)})
    name, _, rest = answer.headers["Set-Cookie"].partition("=")
    value, *flags = rest.split("; ")
    assert (name, value) == ("__Host-masquerade-login" if secure else "masquerade-login", "secret")
    assert {flag for flag in flags if not flag.startswith(("Expires", "Max-Age"))} == {
        "HttpOnly",
        "Path=/",
        "SameSite=Strict",
    } | ({"Secure"} if secure else set())
    assert "Max-Age=60" in flags
    assert not any(flag.startswith("Domain") for flag in flags)


async def test_a_plain_name_is_not_read_where_the_other_is_due(app):
    """Another page on the same name could set a plain one."""
    for host, name, read in (
        ("panel.example", "__Host-masquerade-login", True),
        ("panel.example", "masquerade-login", False),
        ("localhost", "masquerade-login", True),
        ("localhost", "__Host-masquerade-login", False),
    ):
        answer = await app.test_client().post("/api/toy-login", headers={**OURS, "Host": host, "Cookie": f"{name}=mine"})
        assert ((await answer.get_json())["seen"][1] == "mine") == read, (host, name)
