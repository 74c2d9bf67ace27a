"""What a screen is: it may change or stop a message before it is relayed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from domain.model.content import Content
from domain.model.ids import MessageId
from domain.session.context import Context
from domain.session.effects import Effect, Relay
from domain.session.state import Chatting, Session

LONGEST_TEXT = 4096
"""UTF-16 code units of one message (Telegram `message_length_max`)."""
LONGEST_CAPTION = 1024
"""UTF-16 code units of one caption (Telegram `caption_length_limit_default`, which holds for bots)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """What the user wants to say to the partner."""

    message: MessageId
    content: Content
    reply_to: MessageId | None = None
    edit: bool = False
    """Whether it changes `message`, which the partner has already."""
    late: bool = False
    """Whether the partner has had it for so long that what it said before is kept for a report."""
    written: Content | None = None
    """What the user wrote, where a screen has changed it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """It is relayed in another form. The next screens see this form."""

    session: Session
    writing: Writing
    effects: tuple[Effect, ...] = ()
    """Before it is relayed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """It is not relayed."""

    session: Session
    effects: tuple[Effect, ...]


Screen = Callable[[Context, Writing], Changed | Stopped | None]
"""None where nothing is to be done, which is nearly always: a screen is cheap there. `Context.place` is `Chatting`."""


def relay_of(context: Context, writing: Writing) -> Relay:
    """The effect by which it reaches the partner."""
    place = context.place
    assert isinstance(place, Chatting)
    profile = context.session.profile
    return Relay(
        chat=place.chat.id,
        to=place.chat.partner_of(context.session.address.user),
        message=writing.message,
        content=writing.content,
        reply_to=writing.reply_to,
        edit=writing.edit,
        late=writing.late,
        protected=profile is not None and profile.protected and not writing.edit,
        written=writing.written,
    )


def writing_of(relay: Relay) -> Writing:
    """Of which the relay was made."""
    return Writing(
        message=relay.message,
        content=relay.content,
        reply_to=relay.reply_to,
        edit=relay.edit,
        late=relay.late,
        written=relay.written,
    )
