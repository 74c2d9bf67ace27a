"""What the house hears of a Redis that cannot serve, and how it comes back."""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager

import pytest
from redis.exceptions import ResponseError

from actors.matcher import MatcherActor
from domain.configuration import Configuration, LiveConfiguration, Matching
from domain.errors import SettingsError, Unavailable
from domain.matching.requests import Free, GetStatus, Paired, Waiting
from domain.model.ids import UserId
from storage.redis.client import CONNECTIONS, open_redis
from storage.redis.files import RedisFiles
from storage.redis.keys import NAMES, Keys
from storage.redis.rights import CONNECTION, DATA
from storage.redis.scripts import FOLDER
from tests.servers import RedisServer, free_port
from tests.storage.pool.town import RED, Town


@pytest.fixture
def own_server():
    server = RedisServer(appendonly=True)
    server.start()
    yield server
    server.remove()


async def test_a_server_that_is_not_there_is_unavailable_and_the_text_has_no_secrets():
    client = open_redis(f"redis://house:very-secret@127.0.0.1:{free_port()}/0")
    with pytest.raises(Unavailable) as error:
        await Town(client).finds(1)
    assert "127.0.0.1" in str(error.value)
    assert "very-secret" not in str(error.value)
    await client.aclose()


async def test_the_pool_goes_on_by_itself_when_the_server_comes_back(own_server):
    town = Town(open_redis(own_server.url))
    await town.open()
    waiting = await town.finds(1)
    own_server.kill()
    with pytest.raises(Unavailable):
        await town.finds(2)
    own_server.start()
    assert (await town.status_of(1)) == Waiting(since=waiting.since, bot=waiting.bot, marks={})
    assert (await town.finds(2)).chat.second.user == 1
    await town.client.aclose()


@asynccontextmanager
async def hesitating(server):
    """From here until the end of the block it answers nobody, but its connections stay open."""
    server.pause()
    try:
        yield
    finally:
        server.resume()


async def many_turns(loop_turns=50):
    for _ in range(loop_turns):
        await asyncio.sleep(0)


@pytest.mark.parametrize("client_of", ["the pool", "files"])
async def test_a_server_that_hesitates_refuses_nobody_however_many_come(own_server, client_of):
    """150 who come one after the other, each in a turn of the loop of their own."""
    town = Town(open_redis(own_server.url))
    await town.open()
    matcher = MatcherActor.start(town.pool, LiveConfiguration(Configuration(matching=Matching(rescan_seconds=3600.0))))
    files = RedisFiles(town.client, town.keys, seconds=60)
    coming = []
    async with hesitating(own_server):
        for user in range(150):
            asking = matcher.ask(town.find(user), timeout=30) if client_of == "the pool" else files.get(RED, str(user))
            coming.append(asyncio.ensure_future(asking))
            await many_turns(3)
        await many_turns()
    answers = await asyncio.gather(*coming, return_exceptions=True)
    assert {type(answer) for answer in answers} <= {Waiting, Paired, type(None)}
    assert (await town.client.info("clients"))["connected_clients"] <= CONNECTIONS
    await matcher.stop()
    await town.client.aclose()


async def test_a_server_without_memory_is_unavailable_and_nothing_is_half_done(own_server):
    town = Town(open_redis(own_server.url))
    await town.open()
    chat = await town.chatting(1, 2)
    await town.client.config_set("maxmemory", 1)
    with pytest.raises(Unavailable, match="cannot serve now"):
        await town.finds(3)
    assert await town.status_of(3) == Free(marks={})
    assert await town.leaves(1, chat) == Free(marks={}), "what frees memory is served"
    await town.client.aclose()


async def test_a_replica_is_unavailable(own_server):
    town = Town(open_redis(own_server.url))
    await town.open()
    await town.client.replicaof("127.0.0.1", str(own_server.port + 1))
    with pytest.raises(Unavailable, match="cannot serve now"):
        await town.finds(1)
    await town.client.aclose()


async def test_a_wrong_password_is_told_apart(own_server):
    client = open_redis(own_server.url.replace("redis://", "redis://:wrong@"))
    with pytest.raises(Unavailable, match="refuses our user or password"):
        await Town(client).finds(1)
    await client.aclose()


async def test_a_fault_of_ours_is_not_the_servers(client):
    town = Town(client)
    await town.open()
    await client.set(town.keys.user(1), "not a record")
    with pytest.raises(ResponseError):
        await town.finds(1)


async def test_what_cannot_be_decided_for_one_person_is_decided_for_all_others_who_asked_in_that_moment(client):
    town = Town(client)
    await town.open()
    await client.set(town.keys.user(1), "not a record")
    finds = [town.find(1), town.find(2), GetStatus(user=UserId(1)), town.find(3)]
    answers = await town.pool.decide(finds)
    assert [type(answer) for answer in answers] == [ResponseError, Waiting, ResponseError, Paired]


def test_a_strange_address_is_refused_by_name():
    with pytest.raises(SettingsError, match="REDIS_URL"):
        open_redis("http://example.org")


def test_a_pools_name_cannot_break_its_tag():
    with pytest.raises(ValueError, match="pool's name"):
        Keys("a}b")


def test_every_name_that_a_script_uses_is_known():
    used = {name for path in FOLDER.rglob("*.lua") for name in re.findall(r"pool \.\. '([a-z]+)", path.read_text())}
    assert used <= set(NAMES)


def test_every_command_of_a_script_is_among_the_rights():
    """Mend: add it to storage/redis/rights.py, and to the line in docs/operating.md."""
    used = {command for path in FOLDER.rglob("*.lua") for command in re.findall(r"call\('([A-Z]+)'", path.read_text())}
    assert used <= {form.split()[0] for form in (*CONNECTION, *DATA)}
