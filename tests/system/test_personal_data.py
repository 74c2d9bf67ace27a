"""People's data in a whole house of two workers: what is said is nowhere, a copy, a deletion, a new beginning; and the encryption
key is changed under it.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncIterator
from unittest.mock import AsyncMock

import orjson
import pytest
import pytest_asyncio
from redis.asyncio import Redis

from storage.secrets import FILE, key_id, read_keys
from storage.sql.database import Database, open_database
from storage.sql.personal.data import LATE_SECONDS, SqlPersonalData
from storage.sql.personal.tombstones import Hashes
from storage.sql.sealing import count_by_key
from tests.marked_word import in_database, in_files, in_redis
from tests.system.house import House
from tests.system.people import Person, Town, meet
from tests.twins import SpamNotesTwin

pytestmark = [pytest.mark.timeout(300), pytest.mark.asyncio(loop_scope="module")]
HOUR_MS = 3_600_000
OF_TELEGRAM = frozenset({"sandbox", "sandbox.db", "phones"})
"""What stands for Telegram's own servers and people's phones."""
CHANNEL = 2_300_000_002
RENEWED = ("lease:*", "housekeeper", "worker:*", "sequence:*")
"""Without the last, Redis would seem to have lost the events of the last seconds, and they would be appended again."""


class Stores:
    def __init__(self, house: House, database: Database, redis: Redis) -> None:
        self.house, self.database, self.redis = house, database, redis

    async def found(self, word: str) -> dict[str, set]:
        mark = word.encode()
        places = {
            "SQL": await in_database(self.database, mark),
            "Redis": await in_redis(self.redis, mark),
            "files": in_files(self.house.folder, mark, without=OF_TELEGRAM),
        }
        return {name: found for name, found in places.items() if found}

    async def an_hour_passes(self) -> None:
        """In Redis: what would have expired by then is gone, except what running processes renew."""
        renewed = {key for kind in RENEWED for key in await self.redis.keys(f"*:{kind}")}
        for key in {*await self.redis.keys("*")} - renewed:
            left = await self.redis.pttl(key)
            if 0 <= left <= HOUR_MS:
                await self.redis.delete(key)

    async def purge_until_nobody_is_named(self, person: Person) -> None:
        """As the housekeeper does it some time later, once the bot has noted that it has told them."""
        data = SqlPersonalData(self.database, AsyncMock(), Hashes(b"of no use here"), SpamNotesTwin(), changed=print)
        while await in_database(self.database, str(person.id).encode()):
            await self.house.status()
            await data.purge_before(time.time() + LATE_SECONDS + 1)

    async def all_is_acknowledged(self) -> None:
        while any([await self.redis.xlen(key) for key in await self.redis.keys("*:events:*")]):
            await self.house.status()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stores(tmp_path_factory: pytest.TempPathFactory, redis_server, postgres) -> AsyncIterator[Stores]:
    redis_url, uri = redis_server.new_database(), postgres.new_database()
    folder = tmp_path_factory.mktemp("data")
    house = House(
        folder, WORKERS="2", REDIS_URL=redis_url, POSTGRES_URI=uri, ADMIN_MEDIA_CHANNEL_ID=f"-100{CHANNEL}", LOG_LEVEL="DEBUG"
    )
    redis = Redis.from_url(redis_url)
    try:
        await house.start()
        admins = [bot["username"] for bot in (await house.http.get("/api/bots")).json()]
        assert (await house.http.post("/api/channels", json={"title": "Media", "admins": admins})).json() == {"id": CHANNEL}
        await house.until(lambda status: len({bot["worker"] for bot in status.get("bots", ()) if bot["worker"]}) == 2)
        database = await open_database(uri)
        yield Stores(house, database, redis)
        await database.close()
    finally:
        await redis.aclose()
        await house.close()


@pytest_asyncio.fixture(loop_scope="module")
async def town(stores: Stores) -> Town:
    return Town(stores.house)


def marked_word() -> str:
    """Of letters only: a few digits in a row would be taken for a phone number."""
    return "Zwölf" + "".join(secrets.choice("abcdefgh") for _ in range(16))


async def talks(speaker: Person, listener: Person, mark: str) -> None:
    """As a text, an edit, a caption, an edited caption, a reply."""
    said = await speaker.says(f"hello {mark}text")
    heard = await listener.hears(f"{mark}text")
    await speaker.edits(said, f"hello {mark}edited")
    await listener.hears(f"{mark}edited", kind="edit")
    photo = await speaker.sends("photo", secrets.token_bytes(2000), caption=f"{mark}caption")
    await listener.hears(f"{mark}caption")
    await speaker.changes(photo, caption=f"{mark}again")
    await listener.hears(f"{mark}again", kind="edit")
    await listener.says(f"{mark}reply", reply_to=heard["id"])
    await speaker.hears(f"{mark}reply")


async def test_what_was_said_is_nowhere_an_hour_after_the_chat_and_nobodys_id_in_the_logs(stores: Stores, town: Town) -> None:
    anna, boris = await town.chatting(bots=(0, 1))
    mark = marked_word()
    await talks(anna, boris, mark)
    await talks(boris, anna, mark)
    await anna.says("/stop")
    await boris.hears("left")
    await stores.all_is_acknowledged()
    await stores.an_hour_passes()
    assert await stores.found(mark) == {}
    assert await stores.found(mark.encode().hex()) == {}
    logs = stores.house.folder / "logs"
    assert any(logs.iterdir())
    for person in (anna, boris):
        assert in_files(logs, str(person.id).encode()) == set()


async def test_the_search_for_a_word_finds_it_where_it_is(stores: Stores, town: Town) -> None:
    """What is asked of the operator is kept: so the search above would have found a text."""
    anna = await town.registered()
    mark = marked_word()
    await anna.says(f"/paysupport why {mark}?")
    await anna.hears("1")
    await stores.redis.hset("{main}:planted", "a", f"b{mark}")
    (stores.house.folder / "var" / "planted").write_text(mark)
    assert await stores.found(mark) == {"SQL": {"support_tickets"}, "Redis": {b"{main}:planted"}, "files": {"var/planted"}}
    await stores.redis.delete("{main}:planted")


async def test_a_copy_a_deletion_in_a_chat_and_a_new_beginning(stores: Stores, town: Town) -> None:
    anna, boris = await town.chatting(bots=(0, 1))
    await anna.says("/export")
    document = await anna.sees("document")
    assert document["media"]["file_name"].endswith(".json")
    copy = orjson.loads(await anna.sees_content(document))
    assert (copy["telegram_id"], copy["profile"]["age"], len(copy["chats"])) == (anna.id, 25, 1)
    assert str(boris.id) not in orjson.dumps(copy).decode()
    await anna.says("/export")
    await anna.hears("next one from")

    await anna.says("/delete_me")
    question = await anna.hears("Delete your data?")
    await anna.presses("🗑 Delete my data", question["id"])
    await boris.hears("left")
    await anna.hears("Your data is deleted")
    at_first = {"payment_notices", "bot_peers"}  # the text that says so, and a hash that a worker knew before
    assert await in_database(stores.database, str(anna.id).encode()) <= at_first
    await stores.purge_until_nobody_is_named(anna)

    await anna.says("/find")
    await anna.hears("gender")
    await anna.presses("Male")
    await anna.hears("old are you")
    await anna.says("16")
    refusal = await anna.hears("18")
    assert "Saved" not in refusal["text"]
    await anna.says("30")
    await anna.hears("Saved")
    await meet(anna, await town.registered(bot=1))


async def test_a_deletion_that_a_dead_process_has_noted_is_carried_out(stores: Stores, town: Town) -> None:
    """It died before it did anything else: the chat goes on, and the person waits."""
    anna, boris = await town.chatting(bots=(0, 1))
    async with stores.database.connection() as connection:
        bot = await stores.database.queries.export_bot_peers(connection, user=anna.id).__anext__()
        await stores.database.queries.ask_deletion(connection, user=anna.id, bot=bot[0], now=1.0)
    await boris.hears("left")
    await anna.hears("Your data is deleted")
    await anna.says("hello?")
    await anna.hears("gender")


async def test_the_key_is_changed_while_workers_run(stores: Stores, town: Town) -> None:
    house, path = stores.house, stores.house.folder / "var" / FILE
    [old] = map(key_id, read_keys(path))
    before = await count_by_key(stores.database)
    assert set(before) == {old}
    code, text = await house.command("rotate-key")
    assert code == 0, text
    new = key_id(read_keys(path)[0])
    assert await count_by_key(stores.database) == {new: before[old]}
    await house.kill("worker-1")
    code, text = await house.command("rotate-key", "--drop")
    assert code == 0, text
    assert [key_id(key) for key in read_keys(path)] == [new]
    await house.kill("worker-2")
    assert await count_by_key(stores.database) == {new: before[old]}
    await town.chatting(bots=(0, 1))
