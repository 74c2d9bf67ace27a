"""What the database keeps. `storage/` implements each on PostgreSQL and SQLite."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from typing import Protocol

from domain.model.ban import Ban
from domain.model.chat import Chat, ChatEnd
from domain.model.ids import Address, ChatId, UserId
from domain.model.profile import Profile
from domain.model.profile_changes import ProfileChange


class Profiles(Protocol):
    """Raises `domain.errors.Unavailable` where the database cannot be reached."""

    async def get(self, user: UserId) -> Profile | None: ...

    async def change(self, user: UserId, change: ProfileChange) -> None:
        """Change that and nothing else. Somebody who has no profile goes on having none, but for `Begin`. Raises
        `domain.errors.Outdated` for an age on the other side of 18 than the records know.
        """
        ...


class Bans(Protocol):
    """Who is banned. Whoever bans tells the pool too, after this. Raises `domain.errors.Unavailable`."""

    async def until(self, user: UserId) -> float:
        """Unix seconds, infinity for ever; a time gone by, or 0, for who is not banned."""
        ...

    async def ban(self, user: UserId, until: float, reason: str, by: str) -> None:
        """In place of an earlier ban."""
        ...

    async def lift(self, user: UserId) -> None: ...

    def list(self) -> AsyncIterator[Sequence[Ban]]:
        """Those in force, in batches."""
        ...

    async def purge_before(self, when: float) -> int:
        """Delete those that were over by then (retention); the number deleted."""
        ...


class Entitlements(Protocol):
    """What somebody has paid for or was given. Raises `domain.errors.Unavailable`."""

    async def vip_until(self, user: UserId) -> float:
        """Unix seconds; 0 for somebody who never was VIP."""
        ...

    async def set_vip_until(self, user: UserId, until: float) -> None: ...


class Chats(Protocol):
    """The record of every chat. Upserts are idempotent by chat id; an ended chat is never reopened."""

    async def opened(self, chat: Chat) -> None: ...

    async def ended(self, chat: ChatId, why: ChatEnd) -> None: ...

    def live(self) -> AsyncIterator[Chat]:
        """Those without an end, the newest first."""
        ...

    async def over(self, chats: Collection[ChatId]) -> set[ChatId]:
        """Those of them whose end is recorded."""
        ...

    async def purge_before(self, when: float) -> int:
        """Delete ended chats older than that (retention); the number deleted."""
        ...


class Searches(Protocol):
    """Who searches, as far as the records know: a note for the day when the pool forgets, never a basis for decisions."""

    async def begun(self, address: Address) -> None: ...

    async def over(self, user: UserId) -> None: ...

    async def all(self) -> list[tuple[Address, float]]:
        """Who searches where, and since when by the notes (Unix seconds)."""
        ...


class Restrictions(Protocol):
    """Blocks, as recorded."""

    def list_blocks(self) -> AsyncIterator[tuple[UserId, UserId]]:
        """(who, whom)."""
        ...


class ConnectionStore(Protocol):
    """One bot's Telegram session as kept in the database: secrets encrypted at rest, writes fenced by the lease. Loading claims
    the bot for the lease: it too raises `domain.errors.Fenced` for a former owner, and fences those who loaded before.
    """

    async def load(self) -> dict[str, bytes | int | str | None]:
        """Empty for a bot that never logged in. Keys: dc_id, api_id, server_address, port, test_mode, auth_key, date, user_id,
        is_bot.
        """
        ...

    async def save(self, values: dict[str, bytes | int | str | None]) -> None:
        """Replace. Raises `domain.errors.Fenced` where the lease is no longer ours."""
        ...

    async def load_state(self) -> tuple[int, int, int, int] | None:
        """(pts, qts, date, seq) as confirmed."""
        ...

    async def save_state(self, pts: int, qts: int, date: int, seq: int) -> None:
        """Fenced like `save`."""
        ...

    async def peers(self, users: Sequence[UserId]) -> dict[UserId, int]:
        """Access hashes of those known."""
        ...

    async def save_peers(self, hashes: dict[UserId, int]) -> None: ...
