"""The journal and the store: what was committed is there again, whatever was cut short behind it."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transport.sandbox.world import mailbox
from transport.sandbox.world.bloom_filter import BloomFilter
from transport.sandbox.world.journal import Journal
from transport.sandbox.world.store import BATCH, Store
from transport.sandbox.world.world import FIRST_BOT, World


def killed(folder: Path) -> Path:
    """The folder as a process killed now would leave it."""
    copy = folder.with_name("killed")
    shutil.copytree(folder, copy)
    return copy


def test_a_record_cut_short_ends_the_replay_and_harms_nothing_before_it(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    journal = Journal(path)
    journal.append({"events": [[1, 1, b"one"]]})
    journal.append({"events": [[1, 2, b"two"]]})
    journal.close()
    whole = path.read_bytes()
    for length in range(len(whole) // 2 + 1, len(whole)):
        path.write_bytes(whole[:length])
        journal = Journal(path)
        assert list(journal.replay()) == [{"events": [[1, 1, b"one"]]}]
        journal.close()


def test_committed_rows_survive_and_uncommitted_ones_do_not(tmp_path: Path) -> None:
    folder = tmp_path / "world"
    folder.mkdir()
    store = Store(folder)
    store.put("events", (1, 1, b"committed"))
    store.commit()
    store.put("events", (1, 2, b"never told"))
    after = Store(killed(folder))
    assert after.query("SELECT seq, body FROM events") == [(1, b"committed")]
    after.close()
    store.close()


def test_a_portion_is_settled_and_empties_the_journal(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for seq in range(BATCH):
        store.put("events", (1, seq, b""))
    store.commit()
    assert (tmp_path / "world.journal").stat().st_size == 0
    assert store.query_settled("SELECT count(*) FROM events") == [(BATCH,)]
    store.close()


def test_a_folder_in_use_is_refused(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with pytest.raises(OSError, match="in use by another sandbox"):
        Store(tmp_path)
    store.close()
    Store(tmp_path).close()


def test_who_left_a_channel_stays_away_after_a_kill(tmp_path: Path) -> None:
    folder = tmp_path / "world"
    folder.mkdir()
    store = Store(folder)
    world = World(store)
    anna, boris = world.add_user("Anna"), world.add_user("Boris")
    (channel,) = world.channels.values()
    for user in (anna, boris):
        world.join(channel, user.id)
    world.leave(channel, anna.id)
    store.commit()
    after = Store(killed(folder))
    assert list(World(after).channels[channel.id].members) == [boris.id]
    after.close()
    store.close()


def test_who_has_no_photo_has_none_after_a_kill(tmp_path: Path) -> None:
    folder = tmp_path / "world"
    folder.mkdir()
    store = Store(folder)
    world = World(store)
    anna, boris = world.add_user("Anna"), world.add_user("Boris", photo=False, language="")
    store.commit()
    after = Store(killed(folder))
    found = World(after).users
    assert [(found[each.id].photo, found[each.id].language) for each in (anna, boris)] == [(True, "en"), (False, "")]
    after.close()
    store.close()


@settings(max_examples=20)
@given(st.sets(st.integers(-(1 << 63), (1 << 63) - 1), max_size=50))
def test_the_memory_of_random_ids_never_forgets_one(numbers: set[int]) -> None:
    seen = BloomFilter(numbers)
    assert all(seen.may_contain(number) for number in numbers)


def test_the_memory_of_random_ids_knows_most_new_ones() -> None:
    rng = random.Random(7)
    seen = BloomFilter(rng.getrandbits(63) for _ in range(10_000))
    assert sum(seen.may_contain(rng.getrandbits(63)) for _ in range(10_000)) < 10


def test_a_random_id_is_remembered_beyond_what_is_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox, "RECENT", 2)
    store = Store(tmp_path)
    world, box = World(store), mailbox.Mailbox(store)
    bot, anna = world.bots[FIRST_BOT], world.add_user("Anna")
    for number in range(5):
        box.add(bot, anna, "hi", from_bot=True, random_id=number)
    store.settle()
    assert [box.sent_before(bot.id, number) for number in (0, 4, 5)] == [True, True, False]
    assert not box.sent_before(bot.id + 1, 0)
    store.close()
