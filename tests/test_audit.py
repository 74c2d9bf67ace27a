"""The audit of the benches and of `tests/faults` sees each kind of fault, made here by hand."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bench.audit import Audit, Verdict
from bench.limbo import FREE, MET, WAITING, in_limbo, places_in_records
from bench.screen import Screen, Sign
from domain.model.chat import Chat
from domain.model.ids import Address, BotId, ChatId, UserId
from storage.sql.chats import SqlChats
from storage.sql.database import Database, open_database
from storage.sql.migrate import migrate
from storage.sql.searches import SqlSearches

ANNA, BORIS, CARLA = 1, 2, 3
FOUND, LEFT, PARTNER_LEFT = "🎉 Partner found! Say hello.", "🚪 You left the chat.", "🚪 Your partner left the chat."


@pytest.fixture
def audit() -> Audit:
    """Anna and Boris are in a chat, and so is Carla."""
    audit = Audit()
    for user in (ANNA, BORIS, CARLA):
        audit.meets(user)
    audit.hears(BORIS, audit.says(ANNA))
    return audit


def marks(verdict: Verdict) -> dict[str, tuple[str, ...]]:
    """Whatever is wrong."""
    names = ("lost", "told", "silent", "doubled", "reordered", "astray")
    return {name: found for name in names if (found := getattr(verdict, name))}


# --- messages


def test_what_the_partner_heard_once_and_in_order_is_well(audit: Audit):
    audit.hears(ANNA, audit.says(BORIS))
    audit.hears(BORIS, audit.says(ANNA))
    assert marks(audit.verdict()) == {}
    assert (audit.verdict().said, audit.verdict().heard) == (3, 3)


def test_what_nobody_heard_is_lost(audit: Audit):
    mark = audit.says(ANNA)
    assert marks(audit.verdict()) == {"lost": (mark,), "silent": (mark,)}
    assert audit.under_way == 1


def test_what_its_speaker_was_told_of_is_lost_but_not_silently(audit: Audit):
    mark = audit.says(ANNA)
    audit.is_told(ANNA)
    assert marks(audit.verdict()) == {"lost": (mark,), "told": (mark,)}
    assert not audit.verdict().wrong
    assert audit.under_way == 0


def test_one_notice_excuses_one_message(audit: Audit):
    one, other = audit.says(ANNA), audit.says(ANNA)
    audit.is_told(ANNA)
    assert marks(audit.verdict()) == {"lost": (one, other), "told": (one,), "silent": (other,)}


def test_a_notice_of_a_message_that_was_heard_after_all_excuses_no_later_one(audit: Audit):
    heard = audit.says(ANNA)
    audit.is_told(ANNA)
    audit.hears(BORIS, heard)
    later = audit.says(ANNA)
    assert marks(audit.verdict()) == {"lost": (later,), "silent": (later,)}


def test_nobody_is_excused_by_what_another_was_told(audit: Audit):
    mark = audit.says(ANNA)
    audit.is_told(BORIS)
    assert audit.verdict().silent == (mark,)


def test_what_is_heard_twice_is_doubled(audit: Audit):
    mark = audit.says(ANNA)
    for _ in range(3):
        audit.hears(BORIS, mark)
    assert marks(audit.verdict()) == {"doubled": (mark,)}


def test_what_overtakes_is_seen_by_what_it_overtook(audit: Audit):
    one, other = audit.says(ANNA), audit.says(ANNA)
    audit.hears(BORIS, other)
    audit.hears(BORIS, one)
    assert marks(audit.verdict()) == {"reordered": (one,)}


def test_what_a_stranger_hears_is_astray_and_lost(audit: Audit):
    mark = audit.says(ANNA)
    audit.hears(CARLA, mark)
    assert marks(audit.verdict()) == {"lost": (mark,), "silent": (mark,), "astray": (mark,)}


def test_what_a_stranger_hears_too_is_astray(audit: Audit):
    mark = audit.says(ANNA)
    audit.hears(BORIS, mark)
    audit.hears(CARLA, mark)
    assert marks(audit.verdict()) == {"astray": (mark,)}


def test_what_a_speaker_hears_of_themselves_is_astray():
    audit = Audit()
    audit.meets(ANNA)
    mark = audit.says(ANNA)
    audit.hears(ANNA, mark)
    assert audit.verdict().astray == (mark,)


def test_what_was_never_said_is_astray(audit: Audit):
    audit.hears(BORIS, f"{ANNA:_}:99")
    assert marks(audit.verdict()) == {"astray": (f"{ANNA:_}:99",)}


def test_what_is_heard_in_no_chat_is_astray(audit: Audit):
    mark = audit.says(ANNA)
    audit.parts(BORIS)
    audit.hears(BORIS, mark)
    assert audit.verdict().astray == (mark,)


def test_what_is_heard_in_the_next_chat_is_astray(audit: Audit):
    mark = audit.says(ANNA)
    audit.parts(BORIS)
    audit.meets(BORIS)
    audit.hears(BORIS, mark)
    assert audit.verdict().astray == (mark,)


def test_who_left_need_not_hear_what_they_had_not_heard(audit: Audit):
    audit.says(ANNA)
    audit.leaves(BORIS)
    audit.parts(ANNA, deserted=True)
    assert marks(audit.verdict()) == {}


def test_what_was_said_before_leaving_must_be_heard(audit: Audit):
    mark = audit.says(ANNA)
    audit.leaves(ANNA)
    audit.parts(BORIS, deserted=True)
    assert audit.verdict().silent == (mark,)


def test_a_chat_that_ends_by_itself_excuses_nothing(audit: Audit):
    mark = audit.says(ANNA)
    audit.parts(ANNA)
    audit.parts(BORIS)
    assert audit.verdict().silent == (mark,)


def test_who_asked_to_leave_before_the_chat_was_shown_leaves_it():
    audit = Audit()
    audit.leaves(BORIS)
    audit.meets(ANNA)
    audit.meets(BORIS)
    assert audit.is_leaving(BORIS)
    audit.hears(ANNA, audit.says(BORIS))
    audit.says(ANNA)
    assert marks(audit.verdict()) == {}


# --- phones


def test_a_phone_shows_where_its_user_stands(audit: Audit):
    screen = Screen(CARLA, audit)
    shown = []
    for text in ("🔍 Looking for a partner…", FOUND, audit.says(CARLA).replace("3:", "9:"), PARTNER_LEFT, FOUND, LEFT):
        screen.shows(text)
        shown.append(screen.place)
    assert shown == [WAITING, MET, 9, FREE, MET, FREE]


def test_who_comes_and_goes_waits_for_an_answer(audit: Audit):
    screen, luck = Screen(CARLA, audit), random.Random(1)
    assert screen.walks(luck) == "/find"
    assert screen.walks(luck) == ""
    assert screen.shows("🔍 Looking for a partner…") is Sign.SEARCHES
    assert "/stop" in {screen.walks(luck) for _ in range(20)}


def test_a_late_answer_to_a_search_does_not_answer_the_stop_that_came_after_it():
    audit = Audit()
    screen = Screen(CARLA, audit)
    screen.asks("/stop")
    screen.shows("🔍 You are already searching.")
    assert screen.unanswered
    screen.shows(FOUND)
    assert not screen.unanswered
    assert audit.is_leaving(CARLA)
    screen.shows(LEFT)
    screen.shows(FOUND)
    assert not audit.is_leaving(CARLA)


# --- places


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await open_database(f"sqlite:{tmp_path}/records.db")
    await migrate(opened)
    yield opened
    await opened.close()


async def open_chat(database: Database, one: int, other: int) -> None:
    first, second = (Address(bot=BotId(1), user=UserId(user)) for user in (one, other))
    await SqlChats(database).opened(Chat(id=ChatId(f"{one}{other}".zfill(16)), first=first, second=second, started=1.0))


async def recorded(database: Database) -> dict[int, int | str]:
    users = [UserId(user) for user in (ANNA, BORIS, CARLA)]
    return await places_in_records(SqlChats(database), SqlSearches(database), users)


async def test_the_records_say_who_chats_and_who_searches(database: Database):
    await open_chat(database, ANNA, BORIS)
    await SqlSearches(database).begun(Address(bot=BotId(1), user=UserId(CARLA)))
    assert await recorded(database) == {ANNA: BORIS, BORIS: ANNA, CARLA: WAITING}


async def test_a_second_live_chat_is_limbo(database: Database):
    await open_chat(database, ANNA, BORIS)
    await open_chat(database, ANNA, CARLA)
    places = {ANNA: BORIS, BORIS: ANNA, CARLA: FREE}
    assert in_limbo(places, places, await recorded(database)) == {
        ANNA: "phone 2, pool 2, records 2 and 3",
        CARLA: "phone free, pool free, records 1",
    }


async def test_a_search_that_is_noted_though_it_is_over_is_limbo(database: Database):
    await open_chat(database, ANNA, BORIS)
    for user in (ANNA, CARLA):
        await SqlSearches(database).begun(Address(bot=BotId(1), user=UserId(user)))
    places = {ANNA: BORIS, BORIS: ANNA, CARLA: FREE}
    assert in_limbo(places, places, await recorded(database)) == {
        ANNA: "phone 2, pool 2, records 2 and waiting",
        CARLA: "phone free, pool free, records waiting",
    }


@pytest.mark.parametrize(
    ("phone", "pool", "record"),
    [
        (WAITING, FREE, FREE),
        (WAITING, FREE, WAITING),
        (WAITING, WAITING, FREE),
        (FREE, WAITING, WAITING),
        (FREE, BORIS, BORIS),
        (MET, FREE, FREE),
        (MET, WAITING, WAITING),
        (MET, BORIS, CARLA),
        (BORIS, CARLA, CARLA),
        (BORIS, BORIS, FREE),
        (BORIS, FREE, FREE),
    ],
)
def test_whoever_is_shown_otherwise_than_they_stand_is_in_limbo(phone: int | str, pool: int | str, record: int | str):
    assert [*in_limbo({ANNA: phone}, {ANNA: pool}, {ANNA: record})] == [ANNA]


@pytest.mark.parametrize(("phone", "pool"), [(FREE, FREE), (WAITING, WAITING), (BORIS, BORIS), (MET, BORIS)])
def test_who_is_shown_where_they_stand_is_not(phone: int | str, pool: int | str):
    assert in_limbo({ANNA: phone}, {ANNA: pool}, {ANNA: pool}) == {}
