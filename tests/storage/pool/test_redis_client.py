"""What the house hears of a Redis that cannot serve, and how it comes back."""

from __future__ import annotations

import re

import pytest
from redis.exceptions import ResponseError

from domain.errors import SettingsError, Unavailable
from domain.pool import Free, Waiting
from storage.keys import NAMES, Keys
from storage.redis_client import open_redis
from storage.redis_rights import CONNECTION, DATA
from storage.scripts import FOLDER
from tests.servers import RedisServer, free_port
from tests.storage.pool.town import Town


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
    assert (await town.stands(1)) == Waiting(since=waiting.since, bot=waiting.bot, marks={})
    assert (await town.finds(2)).chat.second.user == 1
    await town.client.aclose()


async def test_a_server_without_memory_is_unavailable_and_nothing_is_half_done(own_server):
    town = Town(open_redis(own_server.url))
    await town.open()
    chat = await town.chatting(1, 2)
    await town.client.config_set("maxmemory", 1)
    with pytest.raises(Unavailable, match="cannot serve now"):
        await town.finds(3)
    assert await town.stands(3) == Free(marks={})
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
    """Mend: add it to storage/redis_rights.py, and to the line in docs/operating.md."""
    used = {command for path in FOLDER.rglob("*.lua") for command in re.findall(r"call\('([A-Z]+)'", path.read_text())}
    assert used <= {form.split()[0] for form in (*CONNECTION, *DATA)}
