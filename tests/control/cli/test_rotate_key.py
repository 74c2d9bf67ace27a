"""`supervisor.py rotate-key`, as an operator calls it, on both kinds of databases: with the key in the file, and in the
environment.
"""

from __future__ import annotations

import asyncio
import re
import signal
from pathlib import Path

import pytest

from domain.model.bot import Lease
from domain.model.ids import BotId
from storage.secrets import FILE, Secrets, key_id, load_secrets, new_key, read_keys, write_keys, written
from storage.sql.connection_store import SqlConnectionStore
from storage.sql.database import open_database
from storage.sql.migrate import migrate
from storage.sql.sealing import count_by_key, take_root
from tests.control.cli.test_command_line import SUPERVISOR, command, surroundings
from tests.control.supervisors import spawn

pytestmark = pytest.mark.timeout(180)
BOTS = 120


@pytest.fixture(params=["sqlite", "postgres"])
def stores(request, tmp_path):
    """Variables that name the database, and its URI."""
    if request.param == "postgres":
        uri = request.getfixturevalue("postgres_uri")
        return {"POSTGRES_URI": uri}, uri
    return {"SQLITE_DB_PATH": str(tmp_path / "records.db")}, f"sqlite:{tmp_path}/records.db"


async def fill(uri: str, secrets: Secrets, bots: int = BOTS) -> None:
    database = await open_database(uri)
    await migrate(database)
    await take_root(database, secrets)
    for bot in range(1, bots + 1):
        store = SqlConnectionStore(database, secrets, Lease(bot=BotId(bot), owner="w", token=1))
        await store.save({"auth_key": b"key %d" % bot})
    await database.close()


async def counted(uri: str) -> dict[str, int]:
    database = await open_database(uri)
    try:
        return dict(await count_by_key(database))
    finally:
        await database.close()


async def test_a_key_in_the_file_is_replaced_and_dropped_when_no_row_names_it(tmp_path: Path, stores) -> None:
    variables, uri = stores
    running = load_secrets("", tmp_path / "var")
    await fill(uri, running)
    [old] = running.ids
    code, text = await command(tmp_path, "rotate-key", **variables)
    assert code == 0, text
    new, kept = map(key_id, read_keys(tmp_path / "var" / FILE))
    assert kept == old != new
    assert f"{BOTS + 1} rows encrypted anew with key {new}" in text
    assert f"No row names key {old}" in text
    assert await counted(uri) == {new: BOTS + 1}
    # a worker that runs on saves a session: with the new key already
    database = await open_database(uri)
    await SqlConnectionStore(database, running, Lease(bot=BotId(1), owner="w", token=2)).save({"auth_key": b"again"})
    await database.close()
    assert await counted(uri) == {new: BOTS + 1}
    code, text = await command(tmp_path, "rotate-key", **variables)
    assert (code, "0 rows encrypted" in text) == (0, True), text
    code, text = await command(tmp_path, "rotate-key", "--drop", **variables)
    assert code == 0, text
    assert [key_id(key) for key in read_keys(tmp_path / "var" / FILE)] == [new]


async def test_a_key_that_a_row_names_is_not_dropped(tmp_path: Path) -> None:
    """A worker of another machine, which has the old key alone, writes a row while the command runs: here after it."""
    uri = f"sqlite:{tmp_path}/records.db"
    stranger = Secrets([new_key()], source="another machine")
    await fill(uri, load_secrets("", tmp_path / "var"), 1)
    await fill(uri, load_secrets("", tmp_path / "var"), 0)
    database = await open_database(uri)
    await SqlConnectionStore(database, stranger, Lease(bot=BotId(7), owner="w", token=1)).save({"auth_key": b"x"})
    await database.close()
    code, text = await command(tmp_path, "rotate-key", SQLITE_DB_PATH=f"{tmp_path}/records.db")
    assert code != 0
    assert "encrypted with another key" in text
    assert "can be dropped" not in text
    code, text = await command(tmp_path, "rotate-key", "--drop", SQLITE_DB_PATH=f"{tmp_path}/records.db")
    assert code != 0
    assert len(read_keys(tmp_path / "var" / FILE)) == 2


async def test_in_the_environment_it_says_what_to_set(tmp_path: Path, stores) -> None:
    variables, uri = stores
    old = new_key()
    await fill(uri, Secrets([old], source="the tests"), 3)
    code, text = await command(tmp_path, "rotate-key", ENCRYPTION_KEY=written(old), **variables)
    assert code == 2
    assert await counted(uri) == {key_id(old): 4}
    setting = re.search(r"^ENCRYPTION_KEY=(\S+)$", text, re.MULTILINE)
    assert setting is not None
    new = setting[1].split(",")[0]
    assert setting[1] == f"{new},{written(old)}"
    code, text = await command(tmp_path, "rotate-key", ENCRYPTION_KEY=setting[1], **variables)
    assert code == 0, text
    assert f"No row names key {key_id(old)}" in text
    assert f"ENCRYPTION_KEY={new}\n" in text
    assert list((await counted(uri)).values()) == [4]


async def test_one_that_is_killed_is_repeated(tmp_path: Path) -> None:
    """Killed wherever it may be: the next one ends it."""
    uri = f"sqlite:{tmp_path}/records.db"
    await fill(uri, load_secrets("", tmp_path / "var"))
    environ = {**surroundings(tmp_path), "SQLITE_DB_PATH": f"{tmp_path}/records.db"}
    process = await spawn(tmp_path, SUPERVISOR, "rotate-key", environ=environ)
    while len(read_keys(tmp_path / "var" / FILE)) == 1 and process.returncode is None:  # noqa: ASYNC110 - nothing tells of a file
        await asyncio.sleep(0.001)
    if process.returncode is None:
        process.send_signal(signal.SIGKILL)
    await process.communicate()
    code, text = await command(tmp_path, "rotate-key", SQLITE_DB_PATH=f"{tmp_path}/records.db")
    assert code == 0, text
    new, _old = map(key_id, read_keys(tmp_path / "var" / FILE))
    assert await counted(uri) == {new: BOTS + 1}


async def test_half_written_keys_are_nobodys(tmp_path: Path) -> None:
    """The file is replaced as a whole."""
    load_secrets("", tmp_path / "var")
    [old] = read_keys(tmp_path / "var" / FILE)
    write_keys(tmp_path / "var" / FILE, [new_key(), old])
    assert [each.name for each in (tmp_path / "var").iterdir()] == [FILE]
