"""The doctor names each problem and its mend, against real servers."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from redis.asyncio import Redis

from control.cli import connections, diagnosis, diagnosis_folders, diagnosis_redis
from control.cli.diagnosis_remote import clock
from control.cli.findings import Finding, Grade
from control.settings.loading import read
from domain.errors import SettingsError
from domain.model.bot import Lease
from domain.model.ids import BotId
from domain.ports.review import Operator
from storage.secrets import FILE, load_secrets
from storage.sql.bots import SqlBots
from storage.sql.connection_store import SqlConnectionStore
from storage.sql.database import open_database
from storage.sql.migrate import migrate
from tests.control.cli.test_command_line import command
from tests.control.supervisors import supervisor
from tests.control.terminals import ERASED, on_terminal
from tests.redis_servers import RedisCluster

TOKENS = {"BOT_TOKENS": "111111:" + "a" * 35}


class Findings(dict[str, list[Finding]]):
    """By what they are about."""

    def worst(self, about: str) -> Finding:
        return max(self[about], key=lambda finding: list(Grade).index(finding.grade))


async def examined(folder: Path, **environ: str) -> Findings:
    findings = Findings()
    for finding in await diagnosis.examine(folder, environ, lambda _: None):
        findings.setdefault(finding.about, []).append(finding)
    return findings


def refused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


async def test_a_fresh_folder_is_healthy(tmp_path: Path) -> None:
    findings = await examined(tmp_path)
    assert findings.worst("python").grade is Grade.OK
    assert findings.worst("database").text.endswith("will be made by the first run")
    assert findings.worst("telegram").grade is Grade.OK


async def test_wrong_settings_end_the_examination_with_their_own_words(tmp_path: Path) -> None:
    findings = await examined(tmp_path, ADMIN_PORT="x")
    assert findings.worst("settings").grade is Grade.FAIL
    assert "ADMIN_PORT: 'x'" in findings.worst("settings").text
    assert findings.worst("settings").mend == "write a whole number from 1 to 65535"
    assert "database" not in findings


async def test_what_is_missing_to_speak_to_telegram_is_named(tmp_path: Path) -> None:
    assert "TELEGRAM_API_ID" in (await examined(tmp_path, REDIS_URL="redis://127.0.0.1:1")).worst("bots").text


async def test_a_house_without_bots_is_named_and_may_start(tmp_path: Path) -> None:
    finding = (await examined(tmp_path, TELEGRAM_API_ID="1", TELEGRAM_API_HASH="x")).worst("bots")
    assert (finding.grade, finding.text) == (Grade.WARN, "no bots yet")
    assert "bots add" in finding.mend


async def test_tokens_that_were_added_are_checked_as_those_of_the_settings(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir(mode=0o700)
    path, anna = tmp_path / "masquerade.db", Operator(name="anna", source="cli")
    database = await open_database(f"sqlite:{path}", pool_size=1)
    await migrate(database)
    bots = SqlBots(database, load_secrets("", tmp_path / "var"))
    await bots.add("222222:" + "b" * 35, "ruby_bot", anna)
    environ = {"SQLITE_DB_PATH": str(path), **TOKENS}
    [finding] = (await examined(tmp_path, **environ))["added bots"]
    assert (finding.grade, finding.text) == (Grade.OK, "1 token of the right form")
    [finding] = (await examined(tmp_path, **{**environ, "BOT_TOKENS": "222222:" + "a" * 35}))["added bots"]
    assert (finding.grade, "bot 222222 is in BOT_TOKENS too" in finding.text) == (Grade.WARN, True)
    await bots.add("333333:no token", "opal_bot", anna)
    [finding] = (await examined(tmp_path, **environ))["added bots"]
    assert (finding.grade, finding.mend) == (Grade.FAIL, "python supervisor.py bots rotate 333333")
    (tmp_path / "var" / FILE).unlink()
    assert (await examined(tmp_path, **environ)).worst("added bots").grade is Grade.FAIL
    await database.close()


async def test_a_data_folder_open_to_others_is_named(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir(mode=0o755)
    (tmp_path / "var").chmod(0o755)
    finding = (await examined(tmp_path)).worst("data folder")
    assert (finding.grade, "chmod 700" in finding.mend) == (Grade.WARN, True)


@pytest.mark.parametrize(
    ("about", "setting", "folder", "in_the_way"),
    [
        ("data folder", "MASQUERADE_DATA", "data", "data"),
        ("data folder", "MASQUERADE_DATA", "file/data", "file"),
        ("log folder", "MASQUERADE_LOGGING__FOLDER", "logs", "logs"),
        ("log folder", "MASQUERADE_LOGGING__FOLDER", "file/logs", "file"),
        ("database", "SQLITE_DB_PATH", "file/masquerade.db", "file"),
    ],
)
async def test_a_folder_that_cannot_be_used_is_named(
    tmp_path: Path, about: str, setting: str, folder: str, in_the_way: str
) -> None:
    (tmp_path / in_the_way).write_text("a file", encoding="utf-8")
    finding = (await examined(tmp_path, **{setting: str(tmp_path / folder)})).worst(about)
    assert finding.grade is Grade.FAIL
    assert f"{tmp_path / in_the_way} is no folder" in finding.text
    assert "another folder" in finding.mend


async def test_a_log_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "logs" / "combined.log").mkdir(parents=True)
    finding = (await examined(tmp_path)).worst("log folder")
    assert (finding.grade, "combined.log cannot be written" in finding.text) == (Grade.FAIL, True)


@pytest.mark.parametrize(("about", "folder"), [("data folder", "var"), ("log folder", "logs")])
async def test_little_room_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, about: str, folder: str) -> None:
    (tmp_path / folder).mkdir(mode=0o700)
    assert (await examined(tmp_path)).worst(about).grade is Grade.OK
    monkeypatch.setattr(diagnosis_folders, "ROOM_MB", 10**12)
    finding = (await examined(tmp_path)).worst(about)
    assert (finding.grade, finding.mend) == (Grade.WARN, "make room")


async def test_a_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(diagnosis.NEEDED, "no_such_package", "nothing works")
    finding = (await examined(tmp_path)).worst("packages")
    assert (finding.grade, finding.mend) == (Grade.FAIL, "run: make setup")
    assert "no_such_package is missing" in finding.text


async def test_a_redis_too_old_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, redis_url: str) -> None:
    monkeypatch.setattr(diagnosis_redis, "OLDEST", (1000, 0))
    finding = (await examined(tmp_path, **TOKENS, REDIS_URL=redis_url)).worst("redis")
    assert (finding.grade, "is too old" in finding.text) == (Grade.FAIL, True)


@pytest.mark.parametrize(
    ("theirs", "grade"), [(96.0, Grade.WARN), (98.5, Grade.OK), (100.5, Grade.OK), (102.5, Grade.OK), (105.0, Grade.WARN)]
)
def test_a_clock_that_is_away_from_ours_is_named(theirs: float, grade: Grade) -> None:
    finding = clock("Redis", theirs, sent=100.0, received=101.0)
    assert finding.grade is grade
    assert ("4 s away" in finding.text) == (grade is Grade.WARN)


@pytest.mark.parametrize("there", [False, True], ids=["the first start", "a database is there"])
async def test_an_encryption_key_that_is_none_is_named_once(tmp_path: Path, *, there: bool) -> None:
    path = tmp_path / "masquerade.db"
    if there:
        database = await open_database(f"sqlite:{path}", pool_size=1)
        await migrate(database)
        await database.close()
    [finding] = (await examined(tmp_path, SQLITE_DB_PATH=str(path), ENCRYPTION_KEY="abc"))["encryption key"]
    assert (finding.grade, finding.mend) == (Grade.FAIL, "make a key with: openssl rand -base64 32")


async def test_a_schema_newer_than_the_program_is_named(tmp_path: Path) -> None:
    database = await open_database(f"sqlite:{tmp_path / 'masquerade.db'}", pool_size=1)
    await migrate(database)
    async with database.transaction() as connection:
        await connection.execute("INSERT INTO migrations VALUES ('9999_future.breaking', '', 0)")
    await database.close()
    finding = (await examined(tmp_path, SQLITE_DB_PATH=str(tmp_path / "masquerade.db"))).worst("database")
    assert (finding.grade, "newer than this program" in finding.text) == (Grade.FAIL, True)
    assert "run the release that made this database" in finding.mend


async def test_a_taken_port_is_named_but_not_where_we_run_ourselves(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        finding = (await examined(tmp_path, ADMIN_PORT=port)).worst("ports")
        assert finding.grade is Grade.FAIL
        assert "ADMIN_PORT" in finding.text
        async with supervisor(tmp_path, "worker-1=works") as running:
            await running.says("STARTED")
            assert (await examined(tmp_path, ADMIN_PORT=port)).worst("ports").grade is Grade.OK


async def test_stores_that_are_down_are_named(tmp_path: Path) -> None:
    port = refused_port()
    findings = await examined(
        tmp_path, **TOKENS, REDIS_URL=f"redis://127.0.0.1:{port}", POSTGRES_URI=f"postgresql://me:pw@127.0.0.1:{port}/x"
    )
    assert findings.worst("redis").grade is Grade.FAIL
    assert findings.worst("database").grade is Grade.FAIL
    assert "REDIS_URL" in findings.worst("redis").mend
    assert "POSTGRES_URI" in findings.worst("database").mend
    assert "pw" not in findings.worst("database").text


async def test_redis_that_forgets_or_throws_away_is_named(tmp_path: Path, redis_url: str) -> None:
    client = Redis.from_url(redis_url)
    former = {**await client.config_get("appendonly"), **await client.config_get("maxmemory-policy")}
    try:
        await client.config_set("appendonly", "no")
        await client.config_set("maxmemory-policy", "allkeys-lru")
        findings = await examined(tmp_path, **TOKENS, REDIS_URL=redis_url)
        told = {finding.text.split(" ")[0]: finding for finding in findings["redis"]}
        assert told["appendonly"].grade is Grade.WARN
        assert told["maxmemory-policy"].grade is Grade.FAIL
        assert "noeviction" in told["maxmemory-policy"].mend
        await client.config_set("maxmemory-policy", "noeviction")
        await client.config_set("appendonly", "yes")
        findings = await examined(tmp_path, **TOKENS, REDIS_URL=redis_url)
        assert findings.worst("redis").grade is Grade.OK
        assert findings.worst("clock").grade is Grade.OK
    finally:
        for name, value in former.items():
            await client.config_set(name, value)
        await client.aclose()


async def test_a_cluster_is_looked_at_where_the_pool_lies(tmp_path: Path, redis_cluster: RedisCluster) -> None:
    findings = await examined(tmp_path, **TOKENS, REDIS_URL=redis_cluster.new_pool())
    texts = [finding.text for finding in findings["redis"]]
    assert texts[0].startswith("Redis Cluster at 127.0.0.1:")
    assert findings.worst("redis").grade is Grade.WARN
    assert any("no replica follows" in text for text in texts)
    finding = (await examined(tmp_path, **TOKENS, REDIS_URL=redis_cluster.new_pool("main", "-xadd"))).worst("redis")
    assert finding.grade is Grade.FAIL
    assert "xadd" in finding.text
    assert "rights" in finding.mend


async def test_postgres_migrations_and_connections(tmp_path: Path, postgres_uri: str) -> None:
    findings = await examined(tmp_path, **TOKENS, POSTGRES_URI=postgres_uri)
    assert findings.worst("database").grade is Grade.WARN
    assert "migrate" in findings.worst("database").mend
    assert findings.worst("connections").grade is Grade.OK
    assert findings.worst("clock").grade is Grade.OK
    many = {**TOKENS, "POSTGRES_URI": postgres_uri, "MASQUERADE_STORES__POOL_SIZE": "5000"}
    assert (await examined(tmp_path, **many)).worst("connections").grade is Grade.FAIL
    with pytest.raises(SettingsError, match="MASQUERADE_STORES__POOL_SIZE: 5000 database connections"):
        await connections.check(read(tmp_path, many))


async def test_a_lost_encryption_key_is_named_and_no_other_is_made(tmp_path: Path) -> None:
    uri = f"sqlite:{tmp_path / 'masquerade.db'}"
    database = await open_database(uri, pool_size=1)
    await migrate(database)
    ours = load_secrets("", tmp_path)
    await SqlConnectionStore(database, ours, Lease(bot=BotId(111111), owner="us", token=1)).save({"auth_key": b"x"})
    await database.close()
    given = {"SQLITE_DB_PATH": str(tmp_path / "masquerade.db"), "MASQUERADE_DATA": str(tmp_path)}
    assert (await examined(tmp_path, **given)).worst("encryption key").grade is Grade.OK
    (tmp_path / FILE).unlink()
    finding = (await examined(tmp_path, **given)).worst("encryption key")
    assert (finding.grade, "encrypted with another key" in finding.text) == (Grade.FAIL, True)
    assert not (tmp_path / FILE).exists()


async def test_a_database_that_is_down_does_not_end_the_start(tmp_path: Path) -> None:
    uri = f"postgresql://me@127.0.0.1:{refused_port()}/x"
    await connections.check(read(tmp_path, {"POSTGRES_URI": uri}))
    assert (await examined(tmp_path, **TOKENS, POSTGRES_URI=uri)).worst("database").grade is Grade.FAIL


async def test_another_telegram_server_and_its_key_are_looked_at(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("no key", encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
        findings = await examined(tmp_path, **TOKENS, TELEGRAM_SERVER=address, TELEGRAM_PUBLIC_KEY="key.pem")
        assert findings.worst("telegram").grade is Grade.OK
        assert findings.worst("public key").grade is Grade.FAIL
    findings = await examined(tmp_path, **TOKENS, TELEGRAM_SERVER=address, TELEGRAM_PUBLIC_KEY="key.pem")
    assert findings.worst("telegram").grade is Grade.FAIL
    assert "TELEGRAM_SERVER" in findings.worst("telegram").mend


async def test_it_tells_what_is_being_looked_at(tmp_path: Path) -> None:
    shown: list[str] = []
    await diagnosis.examine(tmp_path, {}, shown.append)
    assert shown == [f"Checking {what}" for what in ("the ports", "the database", "Redis", "Telegram")]


async def test_on_a_terminal_that_is_one_line_which_gives_way_to_the_findings(tmp_path: Path) -> None:
    code, drawn = await on_terminal(tmp_path, "doctor")
    assert code == 0
    before, _, after = drawn.partition("Checking Telegram …")
    assert "packages" not in before
    assert "packages" in after.rpartition(ERASED)[2]


async def test_elsewhere_only_the_findings_are_shown(tmp_path: Path) -> None:
    code, text = await command(tmp_path, "doctor")
    assert code == 0
    assert text.startswith("ok ")
    assert "Checking" not in text


async def test_the_exit_code_is_one_only_where_something_fails() -> None:
    assert diagnosis.exit_code([Finding(Grade.OK, "x", ""), Finding(Grade.WARN, "x", "")]) == 0
    assert diagnosis.exit_code([Finding(Grade.OK, "x", ""), Finding(Grade.FAIL, "x", "")]) == 1
