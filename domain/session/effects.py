"""Effects: what a session decides to do. `actors/session/` carries them out in order, through the ports."""

from __future__ import annotations

from dataclasses import dataclass

from domain.locks.records import Wanted
from domain.matching.requests import Decision
from domain.model.chat import Chat, ChatEnd
from domain.model.content import Content
from domain.model.events import LockBroken, Separated
from domain.model.ids import Address, ChatId, MessageId, UserId
from domain.model.inbound import ButtonPressed, CommandReceived
from domain.model.outgoing import AnswerPress, Notice
from domain.model.profile_changes import ProfileChange
from domain.model.separation import Block, Separation
from domain.payments.orders import Kind
from domain.trust.findings import Finding
from domain.trust.reports import Reason, Report
from domain.trust.spam.memory import SaidBefore


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Send the user a text of the bot. `key` is the idempotency key: the text is sent once, also where it is decided again after
    a crash or by another fact. Empty: the key is made of the update that is handled and the number of this answer to it.
    """

    notice: Notice
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amend:
    """Edit an earlier message of the bot. Buttons that the notice does not have are removed."""

    message: MessageId
    notice: Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    press: AnswerPress


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeProfile:
    change: ProfileChange


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckChannels:
    """Ask Telegram whether the user has joined the required channels. The answer comes as `ChannelsChecked`."""

    searching: bool
    """Whether a search is to begin afterwards."""
    pressed: ButtonPressed | None = None
    """The press of *I joined* that asked for the check, if one did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decide:
    """Send the pool a request. The answer comes as `Decided`. The session stamps the request (`Decision.stamped`)."""

    request: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowProgress:
    """Show how long the search has lasted, in one message that is edited while the bot has budget to spare."""

    notice: Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """Relay a message to the partner. A failure comes as `NotRelayed`. Message ids are those at the user's bot."""

    chat: ChatId
    to: Address
    message: MessageId
    content: Content
    reply_to: MessageId | None = None
    edit: bool = False
    """Edit the partner's copy of `message` instead of sending a new message."""
    late: bool = False
    """Of an edit: what the copy says until then is kept for a report."""
    protected: bool = False
    """Whether the partner can neither forward nor save it. Of no effect on edits."""
    written: Content | None = None
    """What the user wrote, where something else is relayed."""
    digests: tuple[int, ...] = ()
    """Of the content, as it was written: of each of its messages (`domain.model.digest`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordChat:
    """Record the chat, before anybody is told of it."""

    chat: Chat


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordEnd:
    chat: ChatId
    why: ChatEnd


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteSearch:
    """Note in the records that a search began or is over, for the case that the pool loses its memory. "Over" is noted only after
    the user was told, because such a pool has lost also the event that would tell them.
    """

    searching: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Introduce:
    chat: Chat


@dataclass(frozen=True, slots=True, kw_only=True)
class DropRelays:
    """The chat is over: drop messages of it that still wait to be sent to the user. What a report needs of it expires later."""

    chat: ChatId


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUpInvitation:
    """Read the user's code, and what came of their invitations. It comes as `InvitationLooked`."""

    renew: bool = False
    """Whether they get a new code first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowQr:
    """Send the user a picture of a QR code."""

    text: str
    """What it says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUpVip:
    """Read what the records know of the user's VIP. It comes as `VipLooked`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUpCredits:
    """Read what credits the user has, and where they came from. It comes as `CreditsLooked`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceOrder:
    """Send the user an invoice. Whether it was sent comes as `Ordered`. `chat`: of a gift, the chat with whoever gets it."""

    kind: Kind
    plan: str
    chat: ChatId | None = None
    accepts_terms: bool = False
    """Whether the user has just accepted the terms of payment: that is recorded first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redeem:
    """Grant what a promo code, or a gift link, is good for. The outcome comes as `Redeemed`."""

    code: str
    gift: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TryVip:
    """Begin the user's trial. The outcome comes as `VipTried`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskSupport:
    """Give a question about payments to the operator. Its number comes as `TicketOpened`."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptTerms:
    """Record that the user accepts the terms. `TermsAccepted` follows, by which the press is answered."""

    pressed: ButtonPressed


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferLock:
    """Read how many credits the user has. It comes as `LockOffered`."""

    chat: ChatId
    """The one to be locked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyLock:
    """Pay for a lock and set it. What became of it comes as `LockTried`."""

    wanted: Wanted
    pressed: ButtonPressed


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveBack:
    """A chat has ended before the user's lock of it: give back what is unused."""

    broken: LockBroken


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferAfterwards:
    """Offer what one may do about a chat that is over (`domain/session/afterwards.py`)."""

    chat: ChatId
    why: ChatEnd
    moved_on: bool = False
    """Whether the user has gone on to the next search already: then only a long chat is worth another message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUpPast:
    """Read the record of a chat that is over. It comes as `PastLooked`."""

    chat: ChatId
    pressed: ButtonPressed


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Count the user's opinion of the partner of a chat. What became of it comes as `Rated`."""

    chat: ChatId
    up: bool
    seal: str
    pressed: ButtonPressed


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportData:
    """Send the user a copy of all that is kept about them. `Exported` follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskDeletion:
    """Note that the user wants to be deleted: it is carried out then, also where this process dies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteData:
    """Delete what is kept about the user, who is told by a text that is owed to them. `DataDeleted` follows, once it is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUpBan:
    """Read from the records why the user is banned, past what is cached. It comes as `BanLooked`."""

    until: float
    """Unix seconds, as the pool says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """Record an appeal against the user's last ban. Empty: only ask whether one may be made. Both come as `Appealed`."""

    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TellReport:
    """Report somebody to the moderation. Its number comes as `Reported`."""

    report: Report


@dataclass(frozen=True, slots=True, kw_only=True)
class TellFinding:
    """Tell the moderation what a rule found about the user."""

    finding: Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Parting:
    """What the user wants: to report or to block the partner of a chat."""

    why: ChatEnd
    """BLOCKED or REPORTED."""
    reason: Reason | None = None
    marked: MessageId | None = None
    """The message that the user has replied to, by their number. A client may claim any."""
    pressed: ButtonPressed | None = None
    """The button by which the user has confirmed it. None: they are still to be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallChat:
    """Look a chat of the user up in the records. It comes as `ChatRecalled`."""

    parting: Parting
    """What it is needed for."""
    chat: ChatId | None = None
    """None: the last one. A client may claim any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSeparation:
    separation: Separation


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadEvidence:
    """Read back what was said in the chat that is reported. It comes as `EvidenceRead`, also where there is none."""

    of: Separated


@dataclass(frozen=True, slots=True, kw_only=True)
class ListBlocks:
    """It comes as `BlocksListed`."""

    page: int = 0
    pressed: ButtonPressed | None = None
    """The button that asked for it."""
    lifted: bool = False
    """Whether it is shown anew because a block was lifted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindBlock:
    """Whom a block is about. It comes as `BlockFound`."""

    block: Block
    """A client may claim any."""
    pressed: ButtonPressed


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetBlock:
    """Delete the record of a block that the pool has lifted."""

    other: UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class LookIntoText:
    """A text has to be compared with what is known elsewhere before it is relayed. It comes back as `TextLookedInto`."""

    relay: Relay
    """How it is relayed if nothing is found."""
    said: SaidBefore | None
    """What this session remembers of it; None for a text that is too short to be compared."""
    contacts: frozenset[str] = frozenset()
    """In normal form. They are in memory only."""
    hooked: bool = False
    """Whether it has contacts, or names of other services."""
    asks: bool = False
    """Whether its writer is asked about its contacts next, where nothing is found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteHit:
    """A rule against spam has hit, so that a report by the partner right after it counts double."""

    hours: float
    """Of the ban; 0 where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskHuman:
    """Look whether a human check comes before this search. The answer comes as `HumanAsked`."""

    number: int
    """Of the round: that of the command."""
    lacks: int
    """How much of an ordinary account the user lacks."""
    since: float
    """A check has to be passed after this time; 0: only a first one, and only by those who look like a program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewMarked:
    """Telegram marks the user's account: their first search waits for a person. It comes as `MarkReviewed`."""

    command: CommandReceived


@dataclass(frozen=True, slots=True, kw_only=True)
class TryHuman:
    """A button of a human check was pressed, or so a client says. The outcome comes as `HumanTried`."""

    data: str
    pressed: ButtonPressed


@dataclass(frozen=True, slots=True, kw_only=True)
class AskLogin:
    """Look up which log-in to the panel a code belongs to. It comes as `LoginAsked`; as `Hidden` for whoever is no admin."""

    command: CommandReceived
    code: str
    """As it was typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerQuestion:
    """A number of the question about a log-in or an act was pressed, or so a client says. `QuestionAnswered` follows."""

    pressed: ButtonPressed
    reference: str
    number: str


Effect = (
    Say
    | Amend
    | Answer
    | ChangeProfile
    | CheckChannels
    | Decide
    | ShowProgress
    | Relay
    | RecordChat
    | RecordEnd
    | NoteSearch
    | Introduce
    | DropRelays
    | LookUpInvitation
    | ShowQr
    | LookUpVip
    | LookUpCredits
    | PlaceOrder
    | Redeem
    | TryVip
    | AskSupport
    | AcceptTerms
    | OfferLock
    | BuyLock
    | GiveBack
    | OfferAfterwards
    | LookUpPast
    | Rate
    | ExportData
    | AskDeletion
    | DeleteData
    | LookUpBan
    | Appeal
    | TellReport
    | TellFinding
    | RecallChat
    | RecordSeparation
    | ReadEvidence
    | ListBlocks
    | FindBlock
    | ForgetBlock
    | LookIntoText
    | NoteHit
    | AskHuman
    | TryHuman
    | ReviewMarked
    | AskLogin
    | AnswerQuestion
)
