"""Who asks is recognised by session or token, and what is remembered of that is never old."""

from __future__ import annotations

import asyncio

import pytest

from domain.panel.login import Client
from domain.panel.rates import RATES, UNKNOWN
from domain.panel.roles import Role
from domain.panel.sessions import CACHED, NOTED_EVERY
from domain.panel.tokens import new_token
from domain.ports.review import Operator
from web.access.sessions import Recognition
from web.api.errors import Refused

ROOT = Operator(name="root", source="cli")
HERE = {"address": "203.0.113.7", "browser": "Firefox"}


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def counted(access):
    """The records, and how often they were read."""
    return Counted(access.sessions), access


class Counted:
    def __init__(self, sessions) -> None:
        self._sessions = sessions
        self.read = self.noted = 0

    async def find(self, secret):
        self.read += 1
        return await self._sessions.find(secret)

    async def note(self, reference):
        self.noted += 1
        await self._sessions.note(reference)


async def session(access) -> str:
    followed = await access.logins.follow(await access.logins.link(ROOT), Client())
    return followed.session


async def test_what_was_read_is_believed_for_five_seconds(counted, clock):
    sessions, access = counted
    signs, secret = Recognition(sessions, access.tokens, clock=clock), await session(access)
    for _ in range(10):
        viewer = await signs.by_cookie(secret, **HERE, active=True)
        assert viewer is not None
        assert (viewer.role, viewer.name, viewer.address, viewer.browser) == (Role.OWNER, "root", "203.0.113.7", "Firefox")
    assert (sessions.read, sessions.noted) == (1, 1)
    clock.now += CACHED
    await signs.by_cookie(secret, **HERE, active=True)
    assert (sessions.read, sessions.noted) == (2, 1)
    clock.now += NOTED_EVERY
    await signs.by_cookie(secret, **HERE, active=False)
    assert sessions.noted == 1, "who only listens is not active"
    await signs.by_cookie(secret, **HERE, active=True)
    assert sessions.noted == 2


async def test_an_ended_session_is_forgotten_at_once_here_and_soon_elsewhere(access, clock):
    here, elsewhere = (Recognition(access.sessions, access.tokens, clock=clock) for _ in range(2))
    secret = await session(access)
    for signs in (here, elsewhere):
        assert await signs.by_cookie(secret, **HERE, active=True) is not None
    [known] = await access.sessions.listed()
    await access.sessions.end(known.reference, ROOT)
    here.forget()
    assert await here.by_cookie(secret, **HERE, active=True) is None
    clock.now += CACHED
    assert await elsewhere.by_cookie(secret, **HERE, active=True) is None


async def test_what_is_nobodys_is_asked_each_time_and_never_remembered(counted, clock):
    sessions, access = counted
    signs = Recognition(sessions, access.tokens, clock=clock)
    for number in range(20):
        assert await signs.by_cookie(f"x{number}", **HERE, active=True) is None
    assert sessions.read == 20
    assert len(signs._known) == 0


async def test_a_cookie_is_no_token_and_a_token_no_cookie(access, clock):
    signs = Recognition(access.sessions, access.tokens, clock=clock)
    token, secret = await access.tokens.create("ci", Role.MODERATOR, 1, ROOT), await session(access)
    viewer = await signs.by_token(token, **HERE)
    assert viewer is not None
    assert (viewer.role, viewer.name, viewer.token, viewer.session) == (Role.MODERATOR, "token ci", "ci", "")
    assert await signs.by_cookie(token, **HERE, active=True) is None
    assert await signs.by_token(secret, **HERE) is None


async def test_whoever_tries_many_secrets_does_not_reach_the_database(counted, clock):
    sessions, access = counted
    signs, mine = Recognition(sessions, access.tokens, clock=clock), await session(access)
    assert await signs.by_cookie(mine, **HERE, active=True) is not None
    most, before = RATES[UNKNOWN].count - 1, sessions.read
    tried = [signs.by_cookie(f"x{number}", **HERE, active=True) for number in range(500)]
    found = await asyncio.gather(*tried, return_exceptions=True)
    assert [type(each) for each in found] == [type(None)] * most + [Refused] * (500 - most), "at once too"
    assert sessions.read == before + most
    with pytest.raises(Refused, match="from your address") as refused:
        await signs.by_token(new_token(), **HERE)
    assert (refused.value.problem.code, refused.value.headers) == ("slow_down", {"Retry-After": "1"})
    clock.now += CACHED
    assert await signs.by_cookie(mine, **HERE, active=True) is not None, "known here before"
    signs.forget()
    assert await signs.by_cookie(mine, **HERE, active=True) is not None
    elsewhere = {**HERE, "address": "203.0.113.8"}
    assert await signs.by_cookie("y", **elsewhere, active=True) is None


async def test_a_provider_s_customer_is_one_however_many_addresses_they_have(access, clock):
    signs = Recognition(access.sessions, access.tokens, clock=clock)
    for number in range(RATES[UNKNOWN].count):
        assert await signs.by_token(new_token(), address=f"2001:db8:1:2::{number:x}", browser="") is None
    with pytest.raises(Refused):
        await signs.by_token(new_token(), address="2001:db8:1:2:ffff::", browser="")
