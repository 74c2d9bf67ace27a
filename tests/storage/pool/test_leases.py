"""Who serves a bot: one process at a time, and never an earlier one again."""

from __future__ import annotations

import pytest

from domain.configuration import LiveConfiguration
from domain.model.ids import BotId
from storage.redis.cluster.leases import RedisLeases, new_owner
from storage.redis.keys import Keys
from storage.redis.pool.pool import RedisPool
from tests.storage.pool.town import all_keys, make_intact

BOT, OTHER_BOT = BotId(100), BotId(200)
KEYS = Keys("town")


@pytest.fixture(autouse=True)
async def pool(client):
    """With nobody in it."""
    await make_intact(client, KEYS)
    return RedisPool(client, KEYS, LiveConfiguration())


@pytest.fixture
def anna(client):
    return RedisLeases(client, KEYS, owner="anna", seconds=10)


@pytest.fixture
def boris(client):
    return RedisLeases(client, KEYS, owner="boris", seconds=10)


async def time_runs_out(client, bot=BOT):
    """As Redis would do it by itself ten seconds later."""
    await client.pexpireat(KEYS.lease(bot), 1)


async def test_defect_10_one_process_serves_a_bot(anna, boris):
    held = await anna.acquire(BOT)
    assert held.owner == "anna"
    assert await boris.acquire(BOT) is None
    assert (await boris.acquire(OTHER_BOT)).owner == "boris"
    assert await anna.owners() == {BOT: "anna", OTHER_BOT: "boris"}


async def test_a_lease_lasts_for_its_seconds_and_is_renewed(anna, client):
    held = await anna.acquire(BOT)
    await client.pexpire(KEYS.lease(BOT), 500)
    assert await anna.renew(held)
    assert 9_000 < await client.pttl(KEYS.lease(BOT)) <= 10_000


async def test_a_lease_that_ran_out_is_taken_over_under_a_higher_token(anna, boris, client):
    old = await anna.acquire(BOT)
    await time_runs_out(client)
    new = await boris.acquire(BOT)
    assert new.token > old.token
    assert not await anna.renew(old)
    assert await boris.renew(new)


async def test_a_late_former_owner_does_not_give_back_what_is_anothers(anna, boris, client):
    old = await anna.acquire(BOT)
    await time_runs_out(client)
    await boris.acquire(BOT)
    await anna.release(old)
    assert await anna.owners() == {BOT: "boris"}


async def test_a_lease_given_back_is_free_at_once(anna, boris):
    await anna.release(await anna.acquire(BOT))
    assert await anna.owners() == {}
    assert await boris.acquire(BOT)


async def test_asking_again_ends_what_was_begun_before(anna):
    """The first answer may have been lost on its way."""
    first, second = await anna.acquire(BOT), await anna.acquire(BOT)
    assert second.token > first.token
    assert not await anna.renew(first)
    assert await anna.renew(second)


async def test_an_owner_who_lost_a_lease_gets_another_token(anna, client):
    old = await anna.acquire(BOT)
    await time_runs_out(client)
    assert (await anna.acquire(BOT)).token > old.token


async def test_tokens_rise_also_after_the_server_lost_everything(anna, client, pool):
    old = await anna.acquire(BOT)
    await client.delete(*await all_keys(client))
    await make_intact(client, KEYS)
    assert (await anna.acquire(BOT)).token >= old.token


async def test_all_leases_of_a_dead_process_are_given_back_at_once(anna, boris):
    await anna.acquire(BOT)
    await anna.acquire(OTHER_BOT)
    assert await boris.release_owner("anna") == 2
    assert await boris.release_owner("anna") == 0
    assert await boris.acquire(BOT)


async def test_a_lease_that_ran_out_has_no_owner(anna, client):
    await anna.acquire(BOT)
    await time_runs_out(client)
    assert await anna.owners() == {}


def test_every_incarnation_of_a_process_is_another_owner():
    assert new_owner("worker-1") != new_owner("worker-1")
    assert new_owner("worker-1").startswith("worker-1@")


async def test_nobody_serves_a_bot_from_a_pool_that_has_lost_its_memory(anna, pool, client):
    await client.delete(*await all_keys(client))
    assert await anna.acquire(BOT) is None
    await make_intact(client, KEYS)
    assert await anna.acquire(BOT) is not None
