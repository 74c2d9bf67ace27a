"""Facts: what a session handles. Besides updates of the user these are results of effects and events from others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from domain.locks.records import LockOutcome
from domain.matching.requests import Answer, Decision
from domain.model.channels import MissingChannel
from domain.model.chat import PastChat
from domain.model.events import (
    ChatEnded,
    ChatLocked,
    Expelled,
    LockBroken,
    LockEnded,
    Matched,
    NamesOffered,
    NamesShown,
    SearchEnded,
    Separated,
    TopicGiven,
)
from domain.model.ids import ChatId, MessageId, UserId
from domain.model.inbound import ButtonPressed, CommandReceived, FromPerson
from domain.model.outgoing import NotSent
from domain.model.profile import Profile
from domain.model.separation import Block
from domain.ports.invitations import Invitation
from domain.ports.panel import Answered, NotAsked, PanelQuestion
from domain.ports.payments import CreditEntry, NotRedeemed, VipState
from domain.ports.talk import Rating
from domain.session.effects import BuyLock, FindBlock, ListBlocks, PlaceOrder, RecallChat, Relay
from domain.trust.appeals import NotAppealed
from domain.trust.reports import Said
from domain.trust.spam.human import Outcome, Shown
from domain.trust.spam.memory import SaidBefore
from domain.trust.spam.rules import Standing

R = TypeVar("R", bound=Decision)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided(Generic[R]):
    request: R
    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchTick:
    """The user still searches, for `waited` seconds by now."""

    waited: float
    others: int = 0
    """How many others of their partition search, as counted lately; 0 where that is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BotRemoved:
    """The operator removes the bot: whoever chats or searches here is told, and that ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotRelayed:
    """A message did not reach the partner. A full mailbox still takes it, because it may mean that the chat is over."""

    SYSTEM: ClassVar[bool] = True

    chat: ChatId
    message: MessageId
    failure: NotSent
    edit: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """The user's status in the pool. It comes when a session is activated, and before an idle session answers."""

    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelsChecked:
    missing: tuple[MissingChannel, ...]
    searching: bool
    """True where a search is to begin; False at /start and after *I joined*."""
    pressed: ButtonPressed | None = None
    """The press of *I joined* that asked for the check, if one did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationLooked:
    invitation: Invitation


@dataclass(frozen=True, slots=True, kw_only=True)
class VipLooked:
    state: VipState
    links: Mapping[str, str]
    """Monthly plan → the link of a subscription; without those that the user may not take now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditsLooked:
    balance: int
    history: tuple[CreditEntry, ...]
    """The newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    order: PlaceOrder
    refusal: str
    """A text id; empty where the invoice was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redeemed:
    gift: bool
    outcome: int | NotRedeemed
    """Days that were granted, or why none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VipTried:
    until: float | None
    """Unix seconds; None where there is no trial for this user any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketOpened:
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsAccepted:
    pressed: ButtonPressed


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileRefreshed:
    """The profile was read anew, because somebody else has changed it: VIP was bought, for example."""

    profile: Profile | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastLooked:
    past: PastChat | None
    """None where it is unknown."""
    partner: Profile | None = None
    """Of the other member."""
    pressed: ButtonPressed


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    rating: Rating
    pressed: ButtonPressed


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """The records have somebody new. They may know more of them, of before a deletion: a ban, or the side of 18."""

    profile: Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    again_at: float | None
    """When the user may have the next copy, in Unix seconds; None where this one is on its way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionAsked:
    """The user had asked to be deleted, and is not yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataDeleted:
    """Nothing is kept about the user but what must be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BanLooked:
    until: float
    """Unix seconds, as the pool says."""
    profile: Profile | None
    """As the records have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appealed:
    text: str
    """Empty where it was only asked whether an appeal may be made."""
    refused: NotAppealed | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """The report was booked."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRecalled:
    asked: RecallChat
    past: PastChat | None
    """None where the records know no such chat, or not its members. It may be a chat of others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRead:
    of: Separated
    evidence: tuple[Said, ...]
    answered: bool
    """Whether the reported person said anything; True where that is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlocksListed:
    asked: ListBlocks
    blocks: tuple[Block, ...]
    """The newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockFound:
    asked: FindBlock
    other: UserId | None
    """None where the user has no such block, or no longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLookedInto:
    """What is known elsewhere of a text that the user wants to say."""

    relay: Relay
    said: SaidBefore | None
    """With all to whom it was said at any bot, as far as is known."""
    hooked: bool = False
    standing: Standing | None = None
    """None where it is not known, or does not matter."""
    listed: bool = False
    """Whether one of its contacts is advertised by several accounts."""
    newly: bool = False
    """Whether that has just been found."""
    asks: bool = False
    """As in `LookIntoText`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HumanAsked:
    """The search begins if there is neither a check nor a wait."""

    shown: Shown | None = None
    """The check that comes first."""
    wait: float = 0.0
    """Seconds until there is another check, after too many wrong buttons."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HumanTried:
    outcome: Outcome
    pressed: ButtonPressed
    wait: float = 0.0
    """Seconds until there is another check."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkReviewed:
    """The account that Telegram marks is known to the moderation, and the search goes on if the user is not held."""

    profile: Profile | None
    """As recorded now."""
    command: CommandReceived


@dataclass(frozen=True, slots=True, kw_only=True)
class LockOffered:
    chat: ChatId
    credits: int
    """How many the user has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LockTried:
    asked: BuyLock
    outcome: LockOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginAsked:
    """An admin has sent a code of the panel."""

    command: CommandReceived
    outcome: PanelQuestion | NotAsked


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAnswered:
    pressed: ButtonPressed
    outcome: Answered | None
    """None for whoever is no admin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """The command is none for this person. It is answered as if no feature had it, a link as /start alone."""

    command: CommandReceived


Fact = (
    FromPerson
    | Decided[Any]
    | SearchTick
    | BotRemoved
    | NotRelayed
    | Stands
    | ChannelsChecked
    | Matched
    | ChatEnded
    | SearchEnded
    | Expelled
    | InvitationLooked
    | VipLooked
    | CreditsLooked
    | Ordered
    | Redeemed
    | VipTried
    | TicketOpened
    | TermsAccepted
    | ProfileRefreshed
    | TopicGiven
    | NamesOffered
    | NamesShown
    | ChatLocked
    | LockEnded
    | LockBroken
    | LockOffered
    | LockTried
    | PastLooked
    | Rated
    | Begun
    | Exported
    | DeletionAsked
    | DataDeleted
    | BanLooked
    | Appealed
    | Reported
    | Separated
    | ChatRecalled
    | EvidenceRead
    | BlocksListed
    | BlockFound
    | TextLookedInto
    | HumanAsked
    | HumanTried
    | MarkReviewed
    | LoginAsked
    | QuestionAnswered
    | Hidden
)
