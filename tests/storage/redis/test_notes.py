"""Notes of the rules against spam: changed in one step, sealed, gone in time. The twin of the tests keeps the same promises."""

from __future__ import annotations

import asyncio

import pytest

from domain.errors import Unavailable
from domain.model.ids import UserId
from domain.ports.spam import CONTACT, HIT, HUMAN, SAID, Noted
from domain.trust.spam.contacts import Shared, sent_by
from domain.trust.spam.human import Record, opened
from domain.trust.spam.memory import SaidBefore, said_again
from storage.redis.client import open_redis
from storage.redis.keys import Keys
from storage.redis.notes import RedisSpamNotes
from storage.secrets import Secrets
from tests.servers import free_port
from tests.storage.conftest import TEST_RIGHTS
from tests.twins import SpamNotesTwin

KEYS = Keys("town")
SECRETS = Secrets([b"k" * 32], source="a test")
ANNA = UserId(2**40)
ADVERT = SaidBefore(sketch=bytes(range(64)), told=((UserId(7), 5.5),), hooked=True, contacts=(-(2**63), 2**63 - 1))


@pytest.fixture(params=["memory", "cluster", "twin"])
async def notes(request):
    if request.param == "twin":
        yield SpamNotesTwin()
        return
    memory = request.param == "memory"
    redis = open_redis("memory://" if memory else request.getfixturevalue("redis_cluster").new_pool("town", *TEST_RIGHTS))
    yield RedisSpamNotes(redis, KEYS, SECRETS)
    await redis.aclose()


def put(value, seconds=60.0):
    return lambda before: Noted(value, seconds, before)


async def read(notes, kind, subject):
    return await notes.change(kind, subject, lambda value: Noted(value, 1.0, value))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (SAID, (ADVERT,)),
        (CONTACT, sent_by(Shared(), -(2**63), 1.5)),
        (HUMAN, opened(Record(failed=1, wait=600.0), 2**33, 4.0)),
        (HIT, 24.0),
    ],
    ids=lambda each: getattr(each, "name", ""),
)
async def test_a_note_comes_back_as_it_was_written(notes, kind, value):
    assert await notes.change(kind, ANNA, put(value)) == kind.empty
    assert await read(notes, kind, ANNA) == value
    assert await read(notes, kind, ANNA + 1) == kind.empty


async def test_of_changes_at_once_none_is_lost(notes):
    def add(partner):
        def fold(remembered):
            new = SaidBefore(sketch=ADVERT.sketch, told=((UserId(partner), float(partner)),))
            kept, said = said_again(remembered, new)
            return Noted(kept, 60.0, len(said.told))

        return fold

    counts = await asyncio.gather(*(notes.change(SAID, ANNA, add(partner)) for partner in range(5)))
    assert sorted(counts) == [1, 2, 3, 4, 5]


async def test_what_somebody_said_is_forgotten_on_demand_and_a_wait_is_not(notes):
    for kind, value in ((SAID, (ADVERT,)), (HIT, 1.0), (HUMAN, Record(waits_until=9.0))):
        await notes.change(kind, ANNA, put(value))
    await notes.forget(ANNA)
    assert [await read(notes, kind, ANNA) for kind in (SAID, HIT, HUMAN)] == [(), -1.0, Record(waits_until=9.0)]


async def test_a_note_has_its_time(client):
    notes = RedisSpamNotes(client, KEYS, SECRETS)
    await notes.change(HIT, ANNA, put(1.0, seconds=60.0))
    assert 0 < await client.pttl(KEYS.spam(f"hit:{ANNA}")) <= 60_000


async def test_a_note_that_stays_the_same_is_not_kept_for_longer(client):
    notes = RedisSpamNotes(client, KEYS, SECRETS)
    await notes.change(HIT, ANNA, put(1.0, seconds=60.0))
    await notes.change(HIT, ANNA, put(1.0, seconds=3600.0))
    assert await client.pttl(KEYS.spam(f"hit:{ANNA}")) <= 60_000


async def test_nobody_without_the_key_can_read_a_note(client):
    await RedisSpamNotes(client, KEYS, SECRETS).change(SAID, ANNA, put((ADVERT,)))
    stored = await client.get(KEYS.spam(f"said:{ANNA}"))
    assert ADVERT.sketch[:16] not in stored
    stranger = RedisSpamNotes(client, KEYS, Secrets([b"x" * 32], source="a test"))
    assert await read(stranger, SAID, ANNA) == ()


async def test_what_cannot_be_read_begins_anew(client):
    of_later = SECRETS.seal(b"\xc1", context=f"spam said:{ANNA}")
    notes = RedisSpamNotes(client, KEYS, SECRETS)
    for junk in (b"", b"junk", b":", b"\xff:\xff", of_later.key_id.encode() + b":" + of_later.blob):
        await client.set(KEYS.spam(f"said:{ANNA}"), junk)
        assert await read(notes, SAID, ANNA) == ()
        await notes.change(SAID, ANNA, put((ADVERT,)))
        assert await read(notes, SAID, ANNA) == (ADVERT,)


async def test_where_redis_is_away_that_is_said():
    away = open_redis(f"redis://127.0.0.1:{free_port()}")
    with pytest.raises(Unavailable):
        await RedisSpamNotes(away, KEYS, SECRETS).change(HIT, ANNA, put(1.0))
    await away.aclose()
