"""The texts of reports and blocks: which id, arguments and buttons. The texts themselves are in `transport/texts/locale/`."""

from __future__ import annotations

from collections.abc import Sequence

from domain.model.chat import ChatEnd
from domain.model.dates import day
from domain.model.ids import ChatId
from domain.model.outgoing import Button, Menu, Notice, Rows
from domain.model.separation import Block
from domain.session.effects import Parting
from domain.trust.reports import Reason

ROW = 2
"""Reasons in one row."""
PAGE = 10
"""Blocks in one message."""


def question(parting: Parting, chat: ChatId, language: str, *, chatting: bool) -> Notice:
    """Each button names the chat: it means the same when it is pressed later."""
    if parting.why is ChatEnd.BLOCKED:
        buttons: Rows = ((Button("block-confirm", data=f"block:{chat}"),),)
        return Notice(text="block-ask", language=language, buttons=buttons, arguments={"chatting": int(chatting)})
    reasons = [
        Button(f"reason-{reason.value.replace('_', '-')}", data=f"report:{reason}:{chat}:{parting.marked or ''}")
        for reason in Reason
    ]
    return Notice(
        text="report-ask",
        language=language,
        buttons=tuple(tuple(reasons[at : at + ROW]) for at in range(0, len(reasons), ROW)),
        arguments={"chatting": int(chatting)},
    )


def parted(why: ChatEnd, language: str, menu: Menu) -> Notice:
    return Notice(text="reported" if why is ChatEnd.REPORTED else "blocked", language=language, menu=menu)


def chosen(why: ChatEnd, language: str) -> Notice:
    """What becomes of the question."""
    return Notice(text="report-chosen" if why is ChatEnd.REPORTED else "block-chosen", language=language)


def blocks(listed: Sequence[Block], page: int, language: str) -> Notice:
    """Dates only: whom somebody blocked stays unknown to them too."""
    if not listed:
        return Notice(text="blocks-none", language=language)
    last = (len(listed) - 1) // PAGE
    page = min(page, last)
    begin = page * PAGE
    rows = [(_lift(block, number),) for number, block in enumerate(listed[begin : begin + PAGE], begin + 1)]
    turns = [(page - 1, "blocks-newer"), (page + 1, "blocks-older")]
    turn = tuple(Button(label, data=f"blocks:{to}") for to, label in turns if 0 <= to <= last)
    return Notice(text="blocks", language=language, buttons=(*rows, *((turn,) if turn else ())), arguments={"count": len(listed)})


def _lift(block: Block, number: int) -> Button:
    arguments: dict[str, str | int] = {"number": number, "date": day(block.since)}
    return Button("block-lift", data=f"unblock:{block.number}", arguments=arguments)
