"""Notes of operators about people: who reads and removes them, that they go with the person, and when they are over."""

from __future__ import annotations

import asyncio

from domain.model.ids import UserId
from domain.model.profile_changes import Begin
from domain.ports.review import Operator
from storage.sql.panel.notes import SqlNotes
from storage.sql.profiles import SqlProfiles
from storage.sql.retention import NOTES_KEPT, purge
from storage.sql.review.audit import SqlAudit

NOW = 2_000_000_000.0
ANNA, BORIS = UserId(11), UserId(12)
OLGA, PAUL = Operator(name="olga", source="panel"), Operator(name="paul", source="panel")


async def texts(notes, user=ANNA):
    return [each.text for each in await notes.of(user, 10)]


async def test_notes_are_of_one_person_and_removed_by_who_may(database):
    notes = SqlNotes(database, clock=lambda: NOW)
    for user in (ANNA, BORIS):
        await SqlProfiles(database).change(user, Begin(language="en"))
    assert all(await asyncio.gather(*(notes.add(user, f"about {user}", OLGA) for user in (ANNA, BORIS))))
    assert await notes.add(ANNA, "more", PAUL)
    assert not await notes.add(UserId(99), "nobody", OLGA)
    last, first = await notes.of(ANNA, 10)
    assert (last.by, last.text, first.by, first.text) == ("paul", "more", "olga", f"about {ANNA}")
    assert not await notes.remove(ANNA, last.number, OLGA, of_others=False)
    assert not await notes.remove(BORIS, last.number, OLGA, of_others=True)
    assert await notes.remove(ANNA, last.number, OLGA, of_others=True)
    assert await notes.remove(ANNA, first.number, OLGA, of_others=False)
    assert (await texts(notes), await texts(notes, BORIS)) == ([], [f"about {BORIS}"])
    acts = await SqlAudit(database).newest(10, target=f"user:{ANNA}")
    assert [each.act for each in acts] == ["remove note", "remove note", "note", "note"]
    assert not any("more" in str((each.before, each.after)) for each in acts), "the audit outlives an erasure"


async def test_a_note_is_kept_for_a_year(database):
    notes = SqlNotes(database, clock=lambda: NOW)
    await SqlProfiles(database).change(ANNA, Begin(language="en"))
    await notes.add(ANNA, "a note", OLGA)
    for seconds, left in ((NOTES_KEPT - 1, ["a note"]), (NOTES_KEPT + 1, [])):
        await purge([(notes, NOTES_KEPT)], now=NOW + seconds)
        assert await texts(notes) == left
