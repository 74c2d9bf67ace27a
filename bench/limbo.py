"""Compares where people are according to their phones, the pool and the records. A person is in limbo if these disagree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from domain.matching.requests import GetStatus, Paired, Waiting
from domain.model.ids import UserId
from domain.ports.pool import Pool
from domain.ports.records import Chats, Searches

WAITING = "waiting"
FREE = "free"
MET = "met"
"""In a chat whose partner has not written yet, so that the phone does not show who it is."""
Place = int | str
"""The partner's id, `WAITING`, `FREE`, `MET`, or a text for a state that should not exist."""


async def places_in_pool(pool: Pool, users: Sequence[UserId]) -> dict[int, Place]:
    places: dict[int, Place] = {}
    for user, answer in zip(users, await pool.decide([GetStatus(user=user) for user in users]), strict=True):
        match answer:
            case Paired(chat=chat):
                places[user] = chat.partner_of(user).user
            case Waiting():
                places[user] = WAITING
            case _:
                places[user] = FREE
    return places


async def places_in_records(chats: Chats, searches: Searches, users: Iterable[UserId]) -> dict[int, Place]:
    """Where the records say that each user is. With two live chats, or a chat and a search, it is a text: "7 and waiting"."""
    found: dict[int, list[Place]] = {user: [] for user in users}
    async for chat in chats.live():
        for one, other in ((chat.first.user, chat.second.user), (chat.second.user, chat.first.user)):
            if one in found:
                found[one].append(other)
    for address, _ in await searches.all():
        if address.user in found:
            found[address.user].append(WAITING)
    return {user: _one_of(places) for user, places in found.items()}


def in_limbo(phones: Mapping[int, Place], pool: Mapping[int, Place], records: Mapping[int, Place]) -> dict[int, str]:
    """The users for whom phone, pool and records disagree, each with what the three say."""
    limbo = {}
    for user, shown in phones.items():
        agree = isinstance(pool[user], int) if shown == MET else pool[user] == shown
        if not agree or records[user] != pool[user]:
            limbo[user] = f"phone {shown}, pool {pool[user]}, records {records[user]}"
    return limbo


def _one_of(places: Sequence[Place]) -> Place:
    return places[0] if len(places) == 1 else " and ".join(sorted(map(str, places))) or FREE
