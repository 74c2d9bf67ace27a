"""Effects: what a session decides to do. `actors/session/` carries them out in order, through the ports."""

from __future__ import annotations

from dataclasses import dataclass

from domain.matching.requests import Decision
from domain.model.chat import Chat, ChatEnd
from domain.model.content import Content
from domain.model.ids import Address, ChatId, MessageId
from domain.model.inbound import ButtonPressed
from domain.model.outgoing import AnswerPress, Notice
from domain.model.profile_changes import ProfileChange
from domain.payments.orders import Kind


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
    """Drop messages of that chat that still wait to be sent to the user, and delete its message map."""

    chat: ChatId


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUpVip:
    """Read what the records know of the user's VIP. It comes as `VipLooked`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderVip:
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
    | LookUpVip
    | OrderVip
    | Redeem
    | TryVip
    | AskSupport
    | AcceptTerms
)
