"""Puts people into the records as they are wanted, by the ways of the product."""

from __future__ import annotations

from collections.abc import Callable
from math import isinf

from domain.profile_changes import Ask, Begin, ProfileChange, SetAge, SetGender, SetWishes
from domain.values import Profile, UserId
from storage.database import Database
from storage.profiles import SqlProfiles

DAY_ONE = 1000.0


async def keep(database: Database, *people: Profile, clock: Callable[[], float] = lambda: DAY_ONE) -> None:
    profiles = SqlProfiles(database, clock=clock)
    for person in people:
        for change in changes_to(person, clock()):
            await profiles.change(person.user, change)
        await ban(database, person.user, person.banned_until)
        async with database.connection() as connection:
            await connection.execute(f"UPDATE users SET vip_until = {person.vip_until} WHERE id = {person.user}")


async def ban(database: Database, user: UserId, until: float) -> None:
    forever = {"sqlite": "9e999", "postgres": "'Infinity'"}[database.dialect]
    async with database.connection() as connection:
        await connection.execute(f"UPDATE users SET banned_until = {forever if isinf(until) else until} WHERE id = {user}")


def changes_to(person: Profile, now: float) -> list[ProfileChange]:
    changes: list[ProfileChange] = [Begin(language=person.language)]
    if person.gender is not None:
        changes.append(SetGender(gender=person.gender, ask=None))
    if person.age is not None:
        changes.append(SetAge(age=person.age, at=now))
    return [*changes, SetWishes(wishes=person.wishes), Ask(question=person.asked)]
