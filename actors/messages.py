"""The mailbox messages between actors. What a person did (`inbound`), what crosses processes (`events`) and what is asked of the
pool (`pool`) are messages too; these are the rest. Each section names the recipient.
Those that are asked say the type of their reply: `Ask[BotReport]`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from domain.ask import Ask
from domain.cluster.allocation import ClusterView
from domain.matching.requests import Answer, Decision, Request
from domain.model.bot import Lease
from domain.model.channels import MissingChannel
from domain.model.content import Content
from domain.model.events import Event, ProfileChanged, RelayedMessage
from domain.model.ids import BotId, ChatId, Pts, UserId
from domain.model.inbound import Ignored, Inbound
from domain.model.outgoing import NotSent, Outcome, Outgoing
from domain.model.profile import Profile
from domain.session.effects import RecordEnd
from domain.session.facts import NotRelayed
from domain.session.state import Place
from domain.status import BotReport

# --- SessionActor


@dataclass(frozen=True, slots=True, kw_only=True)
class FromStream:
    """An event with the id to acknowledge once it is done."""

    id: str
    event: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Time to refresh the search message; thrown away where the mailbox is full."""

    EPHEMERAL: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class IdleTimeout:
    """Time to see whether the session is idle enough to be passivated."""

    EPHEMERAL: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteStanding(Ask[None]):
    """For oneself: bring the note of the search in line with where the user stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlbumOver:
    """No further part came for so long that the album must be complete."""

    SYSTEM: ClassVar[bool] = True

    parts: int
    """How many there were when the wait began; where more have come since, it goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What was said before has arrived at the partner, or has had its time: go on with what waits for it."""

    SYSTEM: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FindOut:
    """Time to find out what became of decisions of the pool whose answers never came."""

    looks: int
    """How many are left: a server that hangs may look before it decides, though it was asked the other way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """Time to try once more what a store could not take, or tell."""

    what: RecordEnd | FromStream | ProfileChanged | FindOut


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileRead:
    """What the records say since the profile changed. Left aside where the session knows something newer than `before`: that is a
    change too, and read in its turn.
    """

    before: Profile | None
    profile: Profile | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundOut:
    """The pool answers again. Left aside where the session knows something newer than `place`."""

    asked: Decision | None
    """Asked once more; None where it was only asked where the user stands."""
    answer: Answer
    place: Place
    looks: int


SessionMessage = (
    Inbound
    | FromStream
    | RelayedMessage
    | NotRelayed
    | AlbumOver
    | Settled
    | ProfileChanged
    | ProfileRead
    | Progress
    | NoteStanding
    | FoundOut
    | IdleTimeout
    | Again
)

# --- TransportActor


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """An update from Telegram."""

    update: Inbound | Ignored


@dataclass(frozen=True, slots=True, kw_only=True)
class Submit(Ask[Outcome]):
    """A call for Telegram. Answered when Telegram has answered, or the send is given up."""

    outgoing: Outgoing


@dataclass(frozen=True, slots=True, kw_only=True)
class Processed:
    """The effects of an update are done."""

    pts: Pts


@dataclass(frozen=True, slots=True, kw_only=True)
class Discard:
    """Throw away what is queued for `user` of a chat that ended."""

    chat: ChatId


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposit(Ask[Content | NotSent]):
    """The reply is the content with its files in the media channel, where there is one, or why they did not get there."""

    content: Content


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingChannels(Ask[tuple[MissingChannel, ...]]):
    """Which required channels is the user not in?"""

    user: UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Describe(Ask[BotReport]):
    """How does the bot stand? For a LeaseHolderActor too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthCheck:
    """Time to see whether the connection still lives, and whether sessions of its users are idle."""

    EPHEMERAL: ClassVar[bool] = True


TransportMessage = Received | Submit | Processed | Discard | Deposit | MissingChannels | Describe | HealthCheck

# --- MatcherActor


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """Time to pair those who became compatible while they waited, and to end chats in which nobody says anything."""

    EPHEMERAL: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """Something was said in this chat; it is noted with the next sweep."""

    chat: ChatId


MatcherMessage = Request | Sweep | Touch

# --- EventsActor


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """An event's effects are done: acknowledge it."""

    bot: BotId
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Append(Ask[None]):
    """Answered when the event is durable. Raises Fenced where the lease has ended."""

    bot: BotId
    event: Event
    lease: Lease | None = None
    """Of the bot whose user says it."""


EventsMessage = Done | Append


# --- LeaseHolderActor


@dataclass(frozen=True, slots=True, kw_only=True)
class Renew:
    """Time to renew the lease, where there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """Serve the bot, where nobody else does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver(Ask[None]):
    """Answered when all that was in hand is done and the lease is given back. Raises `domain.errors.Unavailable`
    where it could not be given back; it runs out by itself then.
    """


LeaseHolderMessage = Renew | Take | HandOver | Describe


# --- AllocatorActor


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """Time to show ourselves in the roster and to see who else is there."""

    EPHEMERAL: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Drain(Ask[None]):
    """Answered when this worker has handed the bot over. It does not take it again until `Resume`."""

    bot: BotId


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume(Ask[None]):
    """The bot may be served here again."""

    bot: BotId


@dataclass(frozen=True, slots=True, kw_only=True)
class GetClusterView(Ask[ClusterView]):
    """Ask; the reply is a `domain.cluster.allocation.Outlook`: the roster as last seen."""


AllocatorMessage = Heartbeat | Drain | Resume | GetClusterView


# --- HousekeepingActor


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldLease:
    """Time to take the housekeeping, or to hold it on."""

    EPHEMERAL: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckMemory:
    """Time to see whether the pool still knows everything."""

    EPHEMERAL: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanUp:
    """Time to delete records that are past their retention."""

    EPHEMERAL: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TendStreams:
    """Time to see how full the event streams are."""

    EPHEMERAL: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class HearNews:
    """Time to hear what every process has to know."""

    EPHEMERAL: ClassVar[bool] = True


HousekeepingJob = CheckMemory | CleanUp | TendStreams | HearNews
HousekeepingMessage = HoldLease | HousekeepingJob


# --- ScribeActor


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepMaps:
    """Time to write down which message is which."""

    EPHEMERAL: ClassVar[bool] = True
