"""Puts people into the records as they are wanted, by the ways of the product."""

from __future__ import annotations

from collections.abc import Callable

from domain.model.profile import Profile
from domain.model.profile_changes import AskQuestion, Begin, ProfileChange, SetAge, SetGender, SetWishes
from storage.sql.bans import SqlBans
from storage.sql.database import Database
from storage.sql.profiles import SqlProfiles
from tests.entitlements import SqlEntitlements

DAY_ONE = 1000.0


async def keep(database: Database, *people: Profile, clock: Callable[[], float] = lambda: DAY_ONE) -> None:
    profiles = SqlProfiles(database, clock=clock)
    for person in people:
        for change in changes_to(person, clock()):
            await profiles.change(person.user, change)
        if person.banned_until:
            await SqlBans(database, clock=clock).ban(person.user, person.banned_until, "ads", "admin")
        if person.vip_until:
            await SqlEntitlements(database).set_vip_until(person.user, person.vip_until)


def changes_to(person: Profile, now: float) -> list[ProfileChange]:
    changes: list[ProfileChange] = [Begin(language=person.language)]
    if person.gender is not None:
        changes.append(SetGender(gender=person.gender, ask=None))
    if person.age is not None:
        changes.append(SetAge(age=person.age, at=now))
    return [*changes, SetWishes(wishes=person.wishes), AskQuestion(question=person.asked)]
