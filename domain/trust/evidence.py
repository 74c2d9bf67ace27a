"""Evidence of a report: which messages of the chat are read back from Telegram, and what is kept of them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.model.content import Content, Dice, Media, Poll, Text
from domain.model.ids import MessageId
from domain.trust.reports import Said

LAST = 20
"""Messages of both that go with a report."""
READ_AT_ONCE = 100
"""Messages in one call (Telegram). More than `LAST` are read, to see whether the reported person said anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A message as it stands now in a user's chat with a bot."""

    message: MessageId
    by_user: bool
    """Else it is the bot's: what the partner said."""
    at: float
    """Unix seconds."""
    content: Content


def to_read(known: Sequence[MessageId], marked: MessageId | None) -> tuple[MessageId, ...]:
    """The newest of the chat's messages, and the marked one, if it is one of them."""
    newest = sorted(set(known))[-READ_AT_ONCE:]
    if marked is not None and marked in known and marked not in newest:
        newest[0] = marked
    return tuple(newest)


def evidence_of(
    copies: Sequence[Copy], earlier: Mapping[MessageId, tuple[str, ...]], marked: MessageId | None
) -> tuple[Said, ...]:
    """`copies` are of the reporter's chat with the bot; `earlier`: texts of messages before they were edited."""
    in_order = sorted(copies, key=lambda copy: copy.message)
    kept = in_order[-LAST:]
    if (before := next((copy for copy in in_order[:-LAST] if copy.message == marked), None)) is not None:
        kept[0] = before
    return tuple(
        Said(
            by_reporter=copy.by_user,
            at=copy.at,
            text=words_of(copy.content),
            media=str(copy.content.kind) if isinstance(copy.content, Media) else "",
            earlier=earlier.get(copy.message, ()),
            marked=copy.message == marked,
        )
        for copy in kept
    )


def partner_spoke(known: Sequence[MessageId], copies: Sequence[Copy]) -> bool:
    """Whether the reported person said anything. What was not read, or what Telegram no longer has, may be theirs."""
    return len(copies) < len(set(known)) or any(not copy.by_user for copy in copies)


def words_of(content: Content) -> str:
    match content:
        case Text(text=text):
            return text
        case Media(caption=caption):
            return caption.text
        case Poll(question=question, options=options):
            return "\n".join((question.text, *(f"- {option.text}" for option in options)))
        case Dice(emoji=emoji, value=value):
            return f"{emoji} {value}"
        case _:
            return ""
