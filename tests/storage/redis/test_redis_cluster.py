"""The pool on a cluster whose keys move, and behind Sentinels whose master dies."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest
from redis.exceptions import (
    AskError,
    ClusterDownError,
    ClusterError,
    MovedError,
    ResponseError,
    SlotNotCoveredError,
    TryAgainError,
)

from domain.errors import SettingsError, Unavailable
from domain.matching.requests import Free, Waiting
from domain.model.ids import BotId
from storage.redis.client import open_redis, translation_of
from storage.redis.files import RedisFiles
from storage.redis.reach import reach
from tests.redis_servers import PASSWORD, Sentinel
from tests.servers import free_port
from tests.storage.pool.town import Town

ANNA, BORIS, CLARA, DAVID = range(1, 5)


@pytest.fixture
async def town(redis_cluster):
    town = Town(open_redis(redis_cluster.new_pool("town")))
    await town.open()
    yield town
    await town.client.aclose()


async def test_while_the_pools_keys_move_nothing_is_decided_and_then_all_is_as_before(town, redis_cluster):
    chat = await town.chatting(ANNA, BORIS)
    waiting = await town.finds(CLARA)
    stood = [await town.status_of(who) for who in (ANNA, BORIS, CLARA)]
    with redis_cluster.moving("town"):
        for request, *arguments in (town.finds, DAVID), (town.finds, ANNA), (town.leaves, ANNA, chat), (town.status_of, ANNA):
            with pytest.raises(Unavailable, match="its keys are being moved"):
                await request(*arguments)
    assert [await town.status_of(who) for who in (ANNA, BORIS, CLARA)] == stood
    assert isinstance(waiting, Waiting)
    assert (await town.finds(DAVID)).chat.second.user == CLARA


async def test_a_key_that_moves_to_a_node_of_which_nobody_has_heard_is_read_there_or_unavailable(town, redis_cluster):
    """A node that joined since the last look at the cluster."""
    files = RedisFiles(town.client, town.keys, seconds=60)
    await files.get(BotId(1), "a file")
    with redis_cluster.moving("town"):
        source = redis_cluster.master_of("town")
        known = town.client.nodes_manager.nodes_cache
        for name in [name for name, node in known.items() if node.port != source.port]:
            await known.pop(name).disconnect()
        assert await files.get(BotId(1), "a file") is None


@pytest.mark.parametrize(
    "error",
    [
        MovedError("3999 127.0.0.1:6381"),
        AskError("3999 127.0.0.1:6381"),
        TryAgainError("Multiple keys request during rehashing of slot"),
        ClusterDownError("Hash slot not served"),
        SlotNotCoveredError("Slot 3999 not covered by the cluster"),
        ClusterError("TTL exhausted."),
        ResponseError("MOVED 3999 127.0.0.1:6381 script: 3f, on @user_script:1."),
        ResponseError("ASK 3999 127.0.0.1:6381"),
    ],
    ids=repr,
)
def test_what_a_cluster_answers_while_it_changes_is_unavailable(error):
    assert isinstance(translation_of(open_redis("memory://"), error), Unavailable)


async def test_a_node_that_died_is_missed_and_found_again(town, redis_cluster):
    await town.finds(ANNA)
    redis_cluster.master_of("town").kill()
    for _ in range(2):
        with pytest.raises(Unavailable, match="Redis Cluster at"):
            await town.finds(BORIS)
    redis_cluster.start()
    redis_cluster.new_pool("town")
    assert await once_served(town.status_of, ANNA) == Free(marks={})


@pytest.fixture
def sentinel():
    sentinel = Sentinel()
    sentinel.start()
    yield sentinel
    sentinel.remove()


async def once_served(request, who):
    """The answer, when a master gives one."""
    async with asyncio.timeout(20):
        while True:
            try:
                return await request(who)
            except Unavailable:
                await asyncio.sleep(0.05)


@asynccontextmanager
async def a_town(url):
    town = Town(open_redis(url))
    try:
        await town.open()
        yield town
    finally:
        await town.client.aclose()


async def test_when_the_master_dies_the_replica_goes_on_where_it_was(sentinel):
    async with a_town(sentinel.new_pool("town")) as town:
        chat = await town.chatting(ANNA, BORIS)
        await town.finds(CLARA)
        sentinel.settle()
        sentinel.master.kill()
        with pytest.raises(Unavailable, match="Redis house"):
            await town.finds(DAVID)
        assert (await once_served(town.status_of, ANNA)).chat.id == chat
        assert (await town.finds(DAVID)).chat.second.user == CLARA


async def test_a_master_that_became_a_replica_is_left(sentinel):
    async with a_town(sentinel.new_pool("town")) as town:
        await town.finds(ANNA)
        sentinel.settle()
        sentinel.promote()
        assert isinstance(await once_served(town.status_of, ANNA), Waiting)
        assert (await once_served(town.finds, BORIS)).chat.second.user == ANNA


async def refusal(url):
    client = open_redis(url)
    try:
        with pytest.raises((SettingsError, Unavailable)) as error:
            await reach(client, "town")
    finally:
        await client.aclose()
    assert PASSWORD not in str(error.value)
    return error.value


async def test_a_server_of_another_kind_than_the_address_says_is_refused_with_the_mend(redis_server, redis_cluster, sentinel):
    cluster, watched = redis_cluster.new_pool("town"), sentinel.new_pool("town")
    node, single = redis_cluster.nodes[0].port, sentinel.master.port
    wrong = {
        f"redis://127.0.0.1:{node}": "is a node of a cluster; write redis+cluster://",
        f"redis://127.0.0.1:{sentinel.port}": "is a Sentinel; write redis+sentinel://",
        f"redis+cluster://127.0.0.1:{single}": "is not a cluster; write redis://",
        f"redis+sentinel://127.0.0.1:{single}/house": "is no Sentinel; name the Sentinels",
        watched.replace("/house/", "/palace/"): "knows no master palace; it knows house",
    }
    for url, mend in wrong.items():
        refused = await refusal(url)
        assert isinstance(refused, SettingsError), url
        assert mend in str(refused)
        assert "stores.redis_url (REDIS_URL)" in str(refused)
    for url in (cluster, watched):
        client = open_redis(url)
        await reach(client, "town")
        await client.aclose()


@pytest.mark.parametrize("kind", ["cluster", "sentinel"])
async def test_a_wrong_password_and_a_server_that_is_not_there_are_told_apart(kind, request):
    servers = request.getfixturevalue("redis_cluster" if kind == "cluster" else "sentinel")
    url = servers.new_pool("town")
    refused = await refusal(url.replace(f":{PASSWORD}@", ":wrong@"))
    assert isinstance(refused, Unavailable)
    assert "refuses our user or password" in str(refused)
    gone = await refusal(f"redis+{kind}://town:{PASSWORD}@127.0.0.1:{free_port()}/{'house' * (kind == 'sentinel')}")
    assert isinstance(gone, Unavailable)
    assert "127.0.0.1" in str(gone)


async def test_a_right_that_is_missing_is_named_before_a_script_fails_in_its_middle(redis_cluster):
    url = redis_cluster.new_pool("town", "-hgetall", "-asking")
    refused = await refusal(url)
    assert isinstance(refused, Unavailable)
    assert "run asking, hgetall on the keys of the pool town" in str(refused)
    client = open_redis(url)
    with pytest.raises(Unavailable, match="does not let our user run HGETALL"):
        await Town(client).status_of(ANNA)
    await client.aclose()
