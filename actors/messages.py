"""The messages between actors, by recipient. A message that is asked says the type of its reply: `Ask[BotReport]`.
Other kinds of messages are defined elsewhere: updates (`domain/model/inbound.py`), events between processes
(`domain/model/events.py`), requests to the pool (`domain/matching/requests.py`), and those of PaymentActor
(`actors/payments/messages.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from domain.ask import Ask
from domain.cluster.allocation import ClusterView
from domain.matching.requests import Answer, Decision, Request
from domain.model.bot import Lease
from domain.model.channels import ChannelSight, MissingChannel
from domain.model.content import Content
from domain.model.events import Event, ProfileChanged, RelayedMessage
from domain.model.ids import BotId, ChatId, MessageId, Pts, UserId
from domain.model.inbound import FromPerson, Ignored, Inbound
from domain.model.outgoing import NotSent, Outcome, Outgoing
from domain.model.profile import Profile
from domain.payments.calls import StarsCall
from domain.ports.judge import Judgement
from domain.session.effects import RecordEnd
from domain.session.facts import NotRelayed
from domain.session.state import Place
from domain.status import BotReport
from domain.trust.evidence import Copy

if TYPE_CHECKING:
    from actors.session.suspended import Suspended

# --- SessionActor


@dataclass(frozen=True, slots=True, kw_only=True)
class FromStream:
    """An event of the bot's stream. `id` is acknowledged once its effects are done."""

    id: str
    event: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Timer: refresh the search message."""

    EPHEMERAL: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class IdleTimeout:
    """Timer: passivate the session if it has been idle long enough."""

    EPHEMERAL: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteStanding(Ask[None]):
    """To itself: write down in the records whether the user searches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlbumOver:
    """Timer: no further part has come, so the album is taken as complete."""

    SYSTEM: ClassVar[bool] = True

    parts: int
    """Number of parts when the timer was set. If more have come since, the wait goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What was said before has arrived at the partner, or has had its time: go on with what waits for it."""

    SYSTEM: ClassVar[bool] = True

    of: Suspended
    """What it is about. Ignored where that has gone on already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindOut:
    """Timer: ask the pool about decisions whose answers were lost."""

    looks: int
    """How many times to ask yet. One is not enough: a server that hangs may answer this before it makes the earlier decision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """Timer: try once more what failed because a store was unavailable."""

    what: RecordEnd | FromStream | ProfileChanged | FindOut


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileRead:
    """The profile as the records have it after a change. Ignored if the session's profile is not `before` any more: then another
    change has come, which is read too.
    """

    before: Profile | None
    profile: Profile | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundOut:
    """The pool's answer to `FindOut`. Ignored if the session's place is not `place` any more."""

    asked: Decision | None
    """The decision that was asked again; None if only the user's status was asked."""
    answer: Answer
    place: Place
    looks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GoOnDeleting:
    """The user had asked to be deleted, and is not: go on with it, if it is still so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseSession(Ask[None]):
    """The bot is being removed: end the chat or the search. Answered once that is done. Raises `domain.errors.Unavailable`."""


SessionMessage = (
    FromPerson
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
    | GoOnDeleting
    | CloseSession
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
    """The effects of an update are done: confirm it."""

    pts: Pts


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessedQts:
    """As `Processed`, of a change of a subscription, which is in a log of its own."""

    qts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStars(Ask[object]):
    """Ask Telegram about Stars. Reply: that of the call's type. It passes by all messages that wait to be sent, because an answer
    to a query before a payment has 10 s.
    """

    SYSTEM: ClassVar[bool] = True

    call: StarsCall


@dataclass(frozen=True, slots=True, kw_only=True)
class Discard:
    """Drop the messages of an ended chat that still wait to be sent."""

    chat: ChatId


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposit(Ask[Content | NotSent]):
    """Copy the content's files to the media channel, if there is one. Reply: the content with those files, or why not."""

    content: Content


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgePictures(Ask[Judgement]):
    """Show the content's pictures to the judge. Reply: the worst judgement of them."""

    content: Content


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingChannels(Ask[tuple[MissingChannel, ...]]):
    """Reply: the required channels in which the user is not."""

    user: UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class SeeChannels(Ask[tuple[ChannelSight, ...]]):
    """Reply: these channels as the bot sees them."""

    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBack(Ask[tuple[Copy, ...]]):
    """Reply: those of these messages that Telegram still has in the user's chat with the bot."""

    user: UserId
    messages: tuple[MessageId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Describe(Ask[BotReport]):
    """Reply: the state of the bot. Also a message of LeaseHolderActor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthCheck:
    """Timer: fail if the connection has ended, and look for idle sessions of its users."""

    EPHEMERAL: ClassVar[bool] = True


TransportMessage = (
    Received
    | Submit
    | Processed
    | ProcessedQts
    | CallStars
    | Discard
    | Deposit
    | JudgePictures
    | MissingChannels
    | SeeChannels
    | ReadBack
    | Describe
    | HealthCheck
)

# --- MatcherActor


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """Timer: pair people who became compatible while they waited, and end idle chats."""

    EPHEMERAL: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """A message was sent in this chat. Written down with the next sweep."""

    chat: ChatId


MatcherMessage = Request | Sweep | Touch

# --- EventsActor


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The effects of an event are done: acknowledge it."""

    bot: BotId
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Append(Ask[None]):
    """Append the event to the stream of `bot`. Answered once it is durable. Raises Fenced if `lease` has ended."""

    bot: BotId
    event: Event
    lease: Lease | None = None
    """The lease of the bot whose user caused the event."""


EventsMessage = Done | Append


# --- LeaseHolderActor


@dataclass(frozen=True, slots=True, kw_only=True)
class Renew:
    """Timer: renew the lease, if there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """Serve the bot, unless another worker does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver(Ask[None]):
    """Stop serving the bot. Answered once all its work is done and the lease is released. Raises `domain.errors.Unavailable` if
    the lease could not be released; it then runs out by itself.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconnect(Ask[None]):
    """The bot has another token: connect anew with it, under the same lease. Nothing is done where there is no lease."""


LeaseHolderMessage = Renew | Take | HandOver | Reconnect | Describe


# --- AllocatorActor


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """Timer: enter this worker in the roster, and read who else is there."""

    EPHEMERAL: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Drain(Ask[None]):
    """Hand the bot over, and do not take it again until `Resume`. Answered once it is handed over."""

    bot: BotId


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume(Ask[None]):
    """The bot may be served here again."""

    bot: BotId


@dataclass(frozen=True, slots=True, kw_only=True)
class GetClusterView(Ask[ClusterView]):
    """Reply: what this worker knows of all workers, from the latest snapshot of the roster."""


AllocatorMessage = Heartbeat | Drain | Resume | GetClusterView


# --- HousekeepingActor


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldLease:
    """Timer: acquire or renew the housekeeping lease."""

    EPHEMERAL: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckMemory:
    """Timer: check whether the pool has lost data, and put it back."""

    EPHEMERAL: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanUp:
    """Timer: delete records that are past their retention."""

    EPHEMERAL: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TendStreams:
    """Timer: check the lengths of the event streams."""

    EPHEMERAL: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class HearNews:
    """Timer: read the news for all processes."""

    EPHEMERAL: ClassVar[bool] = True


HousekeepingJob = CheckMemory | CleanUp | TendStreams | HearNews
HousekeepingMessage = HoldLease | HousekeepingJob
