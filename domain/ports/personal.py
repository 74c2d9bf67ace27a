"""What the records have about a person, for that person. `storage/sql/personal/` implements it on PostgreSQL and SQLite."""

from __future__ import annotations

from typing import Protocol

from domain.model.ids import Address, BotId, UserId


class PersonalData(Protocol):
    """Each method raises `domain.errors.Unavailable`."""

    async def export(self, user: UserId, key: str) -> bytes | float:
        """A JSON document of all that is kept about them, or when they can have the next one, in Unix seconds. `key` names the
        update that asks: where it comes again, it is answered again.
        """
        ...

    async def take_back(self, user: UserId, key: str) -> None:
        """What was exported by that update did not arrive: they may ask again."""
        ...

    async def ask_deletion(self, address: Address) -> None:
        """Note that they have asked to be deleted. It is carried out then, whatever becomes of this process."""
        ...

    async def asked(self, user: UserId) -> bool:
        """Whether they have asked and are not deleted yet."""
        ...

    async def delete(self, user: UserId) -> bool:
        """Delete what was asked to be deleted, keep what must be kept, and owe them the text that says so: all or nothing, and
        once. False where there is nothing to do, or they are in a chat.
        """
        ...


class Deletions(Protocol):
    async def waiting(self, bot: BotId, now: float) -> list[UserId]:
        """Who asked that bot to be deleted some seconds ago, and is not deleted yet. Raises `domain.errors.Unavailable`."""
        ...
