"""When a server's memory of scripts tells that it was restarted, which is when it forgets them."""

from __future__ import annotations

import pytest

from domain.configuration import LiveConfiguration
from storage.keys import Keys
from storage.pool_repairs import RedisRepairs


@pytest.fixture
def repairs(client):
    return RedisRepairs(client, Keys("town"), LiveConfiguration())


@pytest.fixture(autouse=True)
async def restarted(client):
    """Has happened before each test, and happens again where it is called."""
    await client.script_flush()
    return client.script_flush


async def test_a_restart_is_noticed_until_the_repair_is_done(repairs, restarted):
    assert await repairs.needed()
    await repairs.done()
    assert not await repairs.needed()
    await restarted()
    assert await repairs.needed()


async def test_a_repair_is_not_done_where_the_server_was_restarted_meanwhile(repairs, restarted):
    assert await repairs.needed()
    await restarted()
    await repairs.done()
    assert await repairs.needed()
    await repairs.done()
    assert not await repairs.needed()


async def test_one_process_repairs_for_all(repairs, client):
    others = RedisRepairs(client, Keys("town"), LiveConfiguration())
    assert await others.needed()
    assert await repairs.needed()
    await repairs.done()
    assert not await others.needed()
