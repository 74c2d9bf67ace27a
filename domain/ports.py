"""What the actors need of the world, as protocols. Implementations live in `storage/` and `transport/`; the composition roots
in `control/` hand them to constructors. Each store has an in-memory or SQLite twin that passes the same suite.
"""

from __future__ import annotations

from asyncio import Future
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from typing import Protocol

from domain.channels import MissingChannel
from domain.content import Content, FileRef
from domain.events import Entry, Event, ProfileChanged
from domain.inbound import Ignored, Inbound
from domain.outgoing import Kept, Outcome, Outgoing
from domain.pool import Answer, Request
from domain.profile_changes import ProfileChange
from domain.sharing import Member, Roll
from domain.status import Status
from domain.streams import Backlog
from domain.values import Address, Bot, BotId, Chat, ChatEnd, ChatId, Lease, MessageId, Profile, Pts, UserId


class Telegram(Protocol):
    """One bot's connection. Made for one lease; stopped when the lease ends."""

    @property
    def state(self) -> str:
        """As in `domain.status.BotStatus`; "refused" and "stopped" are final."""
        ...

    @property
    def detail(self) -> str: ...

    @property
    def flood_waits(self) -> int: ...

    async def start(self, receive: Callable[[Inbound | Ignored], Awaitable[None]]) -> Bot:
        """Log in (or resume), then hand every update since the last confirmed one to `receive`, in order, one at a time.

        `receive` may take long (back-pressure): the next update waits. Raises `domain.errors.BadToken` where Telegram
        refuses the token for good, `domain.errors.Unavailable` where it cannot be reached.
        """
        ...

    def submit(self, outgoing: Outgoing) -> Future[Outcome]:
        """Queue a call. Resolves within `pacing.max_park_seconds` plus the call's time-out; never raises a Telegram error.
        Calls to one user are made one after the other in the order submitted.
        """
        ...

    @property
    def problems(self) -> tuple[str, ...]:
        """What the operator has to mend for this bot, one line each."""
        ...

    async def missing_channels(self, user: UserId) -> tuple[MissingChannel, ...]:
        """The required channels that the user is not in, in the order of the settings. Raises `domain.errors.Unavailable`."""
        ...

    async def deposit(self, content: Content) -> Content:
        """The same content with its files copied into the media channel, for a bot of another process; as it was where that
        cannot be.
        """
        ...

    def discard(self, chat: ChatId) -> None:
        """Throw away queued relays of a chat that ended (their outcome is DISCARDED)."""
        ...

    def confirm(self, pts: Pts) -> None:
        """The update's effects are done. Stored when all before it are confirmed too; unconfirmed ones come again."""
        ...

    def loosen(self) -> None:
        """The lease may be lost: send nothing more (outcome STALE) until `start` is called on a new connection."""
        ...

    async def stop(self) -> None:
        """Drain what is being sent, store the confirmed pts, disconnect. Idempotent."""
        ...


class Pool(Protocol):
    """Who waits and who talks with whom, across all processes."""

    async def decide(self, requests: Sequence[Request]) -> list[Answer]:
        """Each request atomically, in order, in one round trip. Raises `domain.errors.Unavailable`."""
        ...

    async def sweep(self, *, pairs: int) -> int:
        """Pair up to `pairs` waiting couples who became compatible since they came; the number paired. Also ends searches
        that waited longer than `matching.timeout_seconds` (event SearchEnded).
        """
        ...

    async def touch(self, chats: Sequence[ChatId]) -> None:
        """Something was said in these chats. A chat never touched is never idle: touch it when it begins."""
        ...

    async def end_idle(self, seconds: float) -> int:
        """End the chats that were silent for so long (events Parted, why IDLE, to both sides); how many."""
        ...

    async def ban(self, user: UserId, until: float) -> None:
        """Unix seconds, infinity for ever, 0 lifts it. Ends the user's search or chat."""
        ...

    async def block(self, user: UserId, other: UserId, *, blocked: bool = True) -> None: ...

    async def counts(self) -> PoolCounts: ...

    async def restore(self, chats: Iterable[Chat]) -> int:
        """Put live chats back that the pool has lost; those whose members stand elsewhere are left. The number put back."""
        ...

    async def intact(self) -> bool:
        """False where the pool has lost its memory since `restore` was last called (wiped, or a new server)."""
        ...


class Repairs(Protocol):
    """After a restart of the pool's server, which may have lost its last moment. Raises `domain.errors.Unavailable`."""

    async def needed(self) -> bool:
        """Until `done` is called."""
        ...

    async def done(self) -> None:
        """Nothing where the server was restarted again since `needed` was asked the last time."""
        ...

    async def unknown(self, chats: Sequence[Chat]) -> set[ChatId]:
        """Those of them that the pool does not know."""
        ...

    async def put_back(self, chats: Sequence[Chat]) -> int:
        """The number put back. Who waits is taken from the queue; where a member is in another chat, both get Parted (LOST)."""
        ...

    async def end(self, chats: Sequence[ChatId]) -> int:
        """Those that the pool still knows (events Parted, why LOST, to both sides); how many."""
        ...


class PoolCounts(Protocol):
    @property
    def waiting(self) -> int: ...

    @property
    def chats(self) -> int: ...

    @property
    def oldest_wait(self) -> float:
        """Seconds; 0 where nobody waits."""
        ...


class EventStream(Protocol):
    """The bots' event streams. One consumer per process and bot, named by the lease."""

    async def append(self, bot: BotId, event: Event, lease: Lease | None = None) -> None:
        """Durable once this returns. `lease`: of the bot whose user says it. Raises `domain.errors.Unavailable`, and `Fenced`
        where that lease has ended.
        """
        ...

    async def recover(self) -> None:
        """Append again what the store has lost of the last seconds, as it does before the next event in any case. Raises
        `Unavailable`.
        """
        ...

    async def read(self, bots: Sequence[BotId], *, wait: float) -> list[tuple[BotId, Entry]]:
        """New entries, first those handed out before and never acknowledged; waits up to `wait` seconds for one."""
        ...

    async def acknowledge(self, bot: BotId, ids: Sequence[str]) -> None: ...


class News(Protocol):
    """What every process has to hear. Raises `domain.errors.Unavailable`."""

    async def read(self) -> list[ProfileChanged] | None:
        """What was announced since the last call, by whomever; the first only begins. None where some of it cannot be had any
        more, or cannot be read.
        """
        ...


class DurableOutbox(Protocol):
    """What a bot has to send and cannot send yet, in order, until it is known what became of it. Raises
    `domain.errors.Unavailable`.
    """

    async def put(self, bot: BotId, step: str, kept: Sequence[Kept]) -> list[str]:
        """Their ids. The last step asked for again is not done again. Raises `domain.errors.Fenced` for a former owner."""
        ...

    async def all(self, bot: BotId) -> list[tuple[str, Kept]]: ...

    async def done(self, bot: BotId, id_: str, tell: tuple[BotId, Event] | None) -> None:
        """It goes, and the event is appended for that bot, in one step."""
        ...


class StreamWatch(Protocol):
    """Sees that no bot's event stream grows for ever."""

    async def tend(self) -> None:
        """Alert where a stream comes near its limits; some time after that, throw away what is beyond them."""
        ...

    async def backlogs(self) -> list[Backlog]:
        """Of every bot that was ever served. Raises `domain.errors.Unavailable`."""
        ...


class Leases(Protocol):
    async def acquire(self, bot: BotId) -> Lease | None:
        """None where another owner holds it, and where the pool has lost its memory."""
        ...

    async def renew(self, lease: Lease) -> bool:
        """False where it was lost. Good for `cluster.lease_seconds`."""
        ...

    async def release(self, lease: Lease) -> None: ...

    async def owners(self) -> dict[BotId, str]: ...


class Roster(Protocol):
    """Which workers there are, on all machines."""

    async def beat(self, member: Member) -> Roll:
        """Show ourselves, and see everybody. Whoever does not do so for `cluster.lease_seconds` is forgotten."""
        ...

    async def leave(self, owner: str) -> None:
        """Forget it at once."""
        ...


class Profiles(Protocol):
    """Raises `domain.errors.Unavailable` where the database cannot be reached."""

    async def get(self, user: UserId) -> Profile | None: ...

    async def change(self, user: UserId, change: ProfileChange) -> None:
        """Change that and nothing else. Somebody who has no profile goes on having none, but for `Begin`."""
        ...


class Chats(Protocol):
    """The record of every chat. Upserts are idempotent by chat id; an ended chat is never reopened."""

    async def opened(self, chat: Chat) -> None: ...

    async def ended(self, chat: ChatId, why: ChatEnd) -> None: ...

    async def ended_since(self, when: float) -> list[ChatId]: ...

    async def live(self) -> list[Chat]: ...

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
    """Bans and blocks, as recorded."""

    def list_bans(self) -> AsyncIterator[tuple[UserId, float]]:
        """(user, until in Unix seconds), those in force."""
        ...

    def list_blocks(self) -> AsyncIterator[tuple[UserId, UserId]]:
        """(who, whom)."""
        ...


class MessageMaps(Protocol):
    """Which message of a chat's first side is which of its second side's, for whoever replies to it or edits it. Raises
    `domain.errors.Unavailable`.
    """

    def note(self, chat: ChatId, first: MessageId, second: MessageId) -> None:
        """In memory, until it is flushed."""
        ...

    def forget(self, chat: ChatId) -> None:
        """The chat is over."""
        ...

    async def flush(self, chat: ChatId | None = None) -> None:
        """Keep what was noted, at least of that chat. What cannot be kept waits for the next time."""
        ...

    async def load(self, chat: ChatId) -> list[tuple[MessageId, MessageId]]:
        """The last ones, oldest first; also those that are not kept yet. A pair may come twice."""
        ...


class Files(Protocol):
    """Files that a bot got from another, as it knows them itself. Raises `domain.errors.Unavailable`."""

    async def get(self, bot: BotId, unique_id: str) -> FileRef | None: ...

    async def put(self, file: FileRef) -> None:
        """By `file.bot` and `file.unique_id`."""
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


class Supervisor(Protocol):
    """What the panel and the command line ask. Raises `domain.errors.Unavailable` where no supervisor listens."""

    async def status(self) -> Status: ...
