"""Records in the database. `storage/sql/` implements them on PostgreSQL and SQLite. Each method raises
`domain.errors.Unavailable`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from typing import Protocol

from domain.model.ban import Ban
from domain.model.chat import Chat, ChatEnd, PastChat
from domain.model.ids import Address, ChatId, UserId
from domain.model.profile import Profile
from domain.model.profile_changes import ProfileChange
from domain.model.separation import Block, Separation


class Profiles(Protocol):
    async def get(self, user: UserId) -> Profile | None: ...

    async def read_anew(self, user: UserId) -> Profile | None:
        """As the records have it now, whatever is cached."""
        ...

    async def change(self, user: UserId, change: ProfileChange) -> None:
        """Write this change and nothing else. Only `Begin` makes a profile. Raises `domain.errors.Outdated` for an age on the
        other side of 18 than recorded.
        """
        ...


class Bans(Protocol):
    """Bans. The pool must be told too, after this (`Pool.ban`)."""

    async def until(self, user: UserId) -> float:
        """Until when, in Unix seconds; infinity for ever. A time in the past, or 0, for somebody who is not banned."""
        ...

    async def ban(self, user: UserId, until: float, reason: str, by: str) -> None:
        """Replaces an earlier ban."""
        ...

    async def lift(self, user: UserId) -> None: ...

    def list(self) -> AsyncIterator[Sequence[Ban]]:
        """All bans in force, in batches."""
        ...

    async def purge_before(self, when: float) -> int:
        """Delete bans that were over by then, in Unix seconds (retention); how many."""
        ...


class Chats(Protocol):
    """The record of every chat. Writing is idempotent by chat id. An end that was recorded is final."""

    async def opened(self, chat: Chat) -> None: ...

    async def ended(self, chat: ChatId, why: ChatEnd) -> None: ...

    async def find(self, chat: ChatId) -> Chat | None:
        """None where it is unknown, or only its end is recorded."""
        ...

    async def past(self, chat: ChatId) -> PastChat | None:
        """As `find`, with its end."""
        ...

    async def last(self, user: UserId) -> PastChat | None:
        """The chat that this person began last, at whichever bot."""
        ...

    def live(self) -> AsyncIterator[Chat]:
        """Chats without a recorded end, the newest first."""
        ...

    async def over(self, chats: Collection[ChatId]) -> set[ChatId]:
        """Those of `chats` whose end is recorded."""
        ...

    async def purge_before(self, when: float) -> int:
        """Delete chats that had ended by then, in Unix seconds (retention); how many."""
        ...


class Searches(Protocol):
    """Notes of who searches, for the case that the pool loses its memory. Decisions are never based on them."""

    async def begun(self, address: Address) -> None: ...

    async def over(self, user: UserId) -> None: ...

    async def all(self) -> list[tuple[Address, float]]:
        """(who searches at which bot, since when in Unix seconds)."""
        ...


class Presence(Protocol):
    """When and at which bot somebody was seen last, for operators. Decisions are never based on it."""

    def seen(self, address: Address) -> None:
        """Returns at once. It is written within seconds, for the same bot at most once an hour."""
        ...


class Restrictions(Protocol):
    """Who never meets whom: blocks, and separations by reports. The pool must be told before this (`Separate`, `LiftBlock`)."""

    async def separate(self, separation: Separation) -> None:
        """Idempotent. A report takes the place of a block, which then cannot be lifted any more."""
        ...

    async def blocks_of(self, user: UserId, *, limit: int) -> list[Block]:
        """Those that the user may lift, the newest first."""
        ...

    async def blocked(self, user: UserId, block: Block) -> UserId | None:
        """Whom that block is about; None where the user has none of that number."""
        ...

    async def lift_block(self, user: UserId, other: UserId) -> None:
        """Idempotent. Of no effect on a separation by a report."""
        ...

    def list_separations(self) -> AsyncIterator[Separation]:
        """All blocks and separations by reports."""
        ...


class ConnectionStore(Protocol):
    """One bot's Telegram session. Secrets are encrypted. Each method but `peers` raises `domain.errors.Fenced` where a later
    lease was used for the bot; loading fences all earlier leases too.
    """

    async def load(self) -> dict[str, bytes | int | str | None]:
        """Empty for a bot that has never logged in. Keys: dc_id, api_id, server_address, port, test_mode, auth_key, date,
        user_id, is_bot.
        """
        ...

    async def save(self, values: dict[str, bytes | int | str | None]) -> None:
        """Replaces all values."""
        ...

    async def load_state(self) -> tuple[int, int, int, int] | None:
        """(pts, qts, date, seq) as last confirmed."""
        ...

    async def save_state(self, pts: int, qts: int, date: int, seq: int) -> None: ...

    async def peers(self, users: Sequence[UserId]) -> dict[UserId, int]:
        """User → access hash, for those known."""
        ...

    async def save_peers(self, hashes: dict[UserId, int]) -> None: ...
