"""How a Redis address is read; wrong ones are refused in `tests/control/settings/test_loading.py`."""

from __future__ import annotations

from ssl import CERT_NONE
from traceback import format_exception
from urllib.parse import quote

import pytest
from redis.asyncio import RedisCluster, SSLConnection

from domain.errors import SettingsError
from storage.redis.address import SETTING, UNREADABLE, Kind, in_memory, read_redis_address
from storage.redis.client import open_redis, place_of


def test_one_server():
    address = read_redis_address("redis://house:p%40ss@example.org/3")
    assert (address.kind, address.nodes) == (Kind.SERVER, (("example.org", 6379),))
    assert address.options == {"username": "house", "password": "p@ss", "db": 3}


def test_sentinels_may_have_a_password_of_their_own():
    address = read_redis_address("redis+sentinel://house:a@one,two:27000/mymaster/4?sentinel_password=b")
    assert (address.kind, address.master) == (Kind.SENTINEL, "mymaster")
    assert address.nodes == (("one", 26379), ("two", 27000))
    assert address.options == {"username": "house", "password": "a", "db": 4}
    assert address.sentinel_options == {"password": "b"}


def test_certificates_are_for_servers_and_sentinels_alike():
    address = read_redis_address("rediss+sentinel://[::1]:7/mymaster?ssl_ca_certs=/ca.pem")
    assert address.nodes == (("::1", 7),)
    assert address.options == address.sentinel_options == {"ssl": True, "ssl_ca_certs": "/ca.pem"}


def test_a_cluster_is_named_by_some_of_its_nodes():
    address = read_redis_address("rediss+cluster://:p@a:1,b/0")
    assert (address.kind, address.nodes) == (Kind.CLUSTER, (("a", 1), ("b", 6379)))
    assert address.options == {"password": "p", "ssl": True}


@pytest.mark.parametrize("scheme", ["redis", "redis+sentinel", "redis+cluster", "unix"])
@pytest.mark.parametrize("sign", ["/", "?", "#", "1/", "1?", "1#", "1/db?", "1/0?db=", "1/0#"])
def test_a_sign_of_the_password_that_ends_it_too_early_is_refused_by_its_name(scheme, sign):
    with pytest.raises(SettingsError) as refusal:
        read_redis_address(f"{scheme}://u:{sign}secret@host/main")
    assert str(refusal.value) == f"{SETTING}: {UNREADABLE}"


@pytest.mark.parametrize(
    "url",
    [
        "redis+cluster://:very@secret@host:x",
        "redis://u:[secret@host",
        "redis://u:a[secret]c@host",
        "redis://u:secret\N{ACCOUNT OF}@host",
        "redis://:1/secret",
        "redis+sentinel://host/main?sentinel_password=a&secret",
    ],
)
def test_a_refusal_never_shows_a_part_of_the_password(url):
    with pytest.raises(SettingsError) as refusal:
        read_redis_address(url)
    assert "secret" not in "".join(format_exception(refusal.value))


def test_every_sign_may_stand_in_a_password_percent_encoded():
    password = "@/?#[]:&"
    address = read_redis_address(f"redis+sentinel://u:{quote(password, '')}@host/main?sentinel_password={quote(password, '')}")
    assert address.options["password"] == address.sentinel_options["password"] == password


@pytest.mark.parametrize(
    ("url", "memory"),
    [("memory://", True), ("MEMORY://", True), ("memory:", True), ("memory://[", True), ("redis://memory:1", False), ("", False)],
)
def test_what_is_in_memory_goes_by_the_scheme(url, memory):
    assert in_memory(url) is memory


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("redis://u:p@host:1/0", "Redis at host:1"),
        ("unix:///run/redis.sock", "Redis at /run/redis.sock"),
        ("redis+sentinel://u:p@one,two/mymaster", "Redis mymaster (Sentinel at one:26379, two:26379)"),
        ("redis+cluster://u:p@one,two:7", "Redis Cluster at one:6379, two:7"),
    ],
)
async def test_logs_name_the_place_and_nobodys_password(url, place):
    client = open_redis(url)
    assert place_of(client) == place
    await client.aclose()


@pytest.mark.parametrize("kind", ["rediss://", "rediss+cluster://", "rediss+sentinel://"])
async def test_what_is_to_be_encrypted_is(kind):
    client = open_redis(f"{kind}host/{'mymaster' * ('sentinel' in kind)}?ssl_cert_reqs=none")
    cluster = isinstance(client, RedisCluster)
    connection = client.startup_nodes[0].acquire_connection() if cluster else client.connection_pool.make_connection()
    assert isinstance(connection, SSLConnection)
    assert connection.cert_reqs == CERT_NONE
    await client.aclose()
