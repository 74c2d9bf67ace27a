"""What is offered under the end of a chat: a row of buttons for each feature that has something to offer.

The text of the end brings the reply keyboard back, and a message has one keyboard, so the buttons are under a message of their
own. Each row is a function in `ROWS`; it answers an empty row where it has nothing to offer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from domain.model.chat import ChatEnd
from domain.model.ids import ChatId
from domain.model.outgoing import Button, Notice

RATED_FROM = 10
"""Messages of each side: a chat with fewer is not rated."""
RETURNED_FROM = frozenset({ChatEnd.STOPPED, ChatEnd.NEXT, ChatEnd.IDLE, ChatEnd.LOST})
"""After these ends somebody may wish to talk to the partner again. Whoever was blocked or reported sees what they would see of a
partner who is gone.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Over:
    """A chat that is over, as one of its members sees it."""

    chat: ChatId
    why: ChatEnd
    said: int
    """Messages of the member."""
    heard: int
    """Messages of the partner."""
    seal: str
    """Made by us for this chat and member: a press that has it was offered."""

    @property
    def long(self) -> bool:
        return min(self.said, self.heard) >= RATED_FROM


Row = Callable[[Over], tuple[Button, ...]]


def rate(over: Over) -> tuple[Button, ...]:
    if not over.long:
        return ()
    return (
        Button("rate-up", data=f"rate:up:{over.chat}:{over.seal}"),
        Button("rate-down", data=f"rate:down:{over.chat}:{over.seal}"),
    )


def talk_again(over: Over) -> tuple[Button, ...]:
    return (Button("talk-again", data=f"again:{over.chat}"),) if over.why in RETURNED_FROM else ()


def report(over: Over) -> tuple[Button, ...]:
    """Whatever the end: whoever is gone, or was reported by the other side, can be reported all the same."""
    return (Button("menu-report", data=f"report-ask:{over.chat}"),)


ROWS: tuple[Row, ...] = (rate, talk_again, report)
"""From top to bottom."""


def afterwards(over: Over, language: str, rows: Sequence[Row] = ROWS) -> Notice | None:
    """None where nothing is to be offered."""
    buttons = tuple(row for row in (make(over) for make in rows) if row)
    return Notice(text="afterwards", language=language, buttons=buttons) if buttons else None
