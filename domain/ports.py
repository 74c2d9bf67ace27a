"""What the actors need of the world, as protocols. Implementations live in `storage/` and `transport/`; the composition roots
in `control/` hand them to constructors. Each store has an in-memory or SQLite twin that passes the same suite.
"""

from __future__ import annotations

from asyncio import Future
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from typing import Protocol

from domain.cluster.allocation import Member, Roll
from domain.cluster.backlog import Backlog
from domain.matching.requests import Answer, Memory, Request
from domain.model.channels import MissingChannel
from domain.model.content import Content, FileRef
from domain.model.events import ConfigChanged, Entry, Event, ProfileChanged
from domain.model.inbound import Ignored, Inbound
from domain.model.outgoing import NotSent, Outcome, Outgoing
from domain.model.profile_changes import ProfileChange
from domain.status import Status
from domain.values import Address, Ban, Bot, BotId, Chat, ChatEnd, ChatId, Lease, MessageId, Profile, Pts, UserId


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

    async def deposit(self, content: Content) -> Content | NotSent:
        """The same content with its files copied into the media channel, for a bot of another process; as it was where there is
        no channel for this bot. `NotSent` where that could not be done in time.
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

    async def decide(self, requests: Sequence[Request]) -> Sequence[Answer | Exception]:
        """Each request atomically, in order, in one round trip: the answer to each, or the error that this one ended in. Raises
        `domain.errors.Unavailable` where nothing was answered at all.
        """
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


class Reconciliation(Protocol):
    """The pool's side of a comparison with the records. Each call takes some hundreds. Raises `domain.errors.Unavailable`."""

    async def memory(self) -> Memory:
        """RESTARTED or WIPED until `settled` is called."""
        ...

    async def settled(self) -> None:
        """All is as the records say. Nothing where the server was restarted since `memory` was asked."""
        ...

    def chats(self) -> AsyncIterator[Chat]:
        """All that the pool knows."""
        ...

    async def unknown(self, chats: Sequence[Chat]) -> set[ChatId]:
        """Those of them that the pool does not know."""
        ...

    async def put_back(self, chats: Sequence[Chat]) -> int:
        """The number put back. Who waits is taken from the queue; where a member is in another chat, both get Parted (LOST).
        None where the pool is not the one any more whose memory was looked at.
        """
        ...

    async def end(self, chats: Sequence[ChatId]) -> int:
        """Those that the pool still knows (events Parted, why LOST, to both sides); how many."""
        ...

    async def put_bans_back(self, bans: Sequence[tuple[UserId, float]]) -> set[UserId]:
        """Who still has to be taken from a search or a chat, by `Pool.ban`."""
        ...

    async def put_blocks_back(self, blocks: Sequence[tuple[UserId, UserId]]) -> None: ...


class HousekeepingLease(Protocol):
    """One worker of all does what is done once for all. Raises `domain.errors.Unavailable`."""

    @property
    def held(self) -> bool:
        """Whether that is us, as far as is known here."""
        ...

    async def hold(self) -> bool:
        """Take it, or hold it on; to be called about once a second. Whoever does not is taken for dead after a few seconds."""
        ...

    async def give_back(self) -> None: ...


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
    """The bots' event streams. Each has one reader: the process that has the bot's lease."""

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
        """What is not acknowledged, from the first entry on where a bot is new in `bots`; then what is new, and now and then
        again what was read long ago. Waits up to `wait` seconds for one.
        """
        ...

    async def acknowledge(self, bot: BotId, ids: Sequence[str]) -> None: ...


class News(Protocol):
    """What every process has to hear. Raises `domain.errors.Unavailable`."""

    async def read(self) -> list[ProfileChanged | ConfigChanged] | None:
        """What was announced since the last call, by whomever; the first only begins. None where some of it cannot be had any
        more, or cannot be read.
        """
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
