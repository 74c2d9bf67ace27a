"""/block: never meet that person again (`domain/session/parting.py`). /blocks shows when somebody was blocked, and lifts it."""

from __future__ import annotations

from domain.matching.requests import LiftBlock
from domain.model.chat import ChatEnd
from domain.model.ids import ChatId
from domain.model.inbound import ButtonPressed, CommandReceived
from domain.model.separation import Block
from domain.session import parting
from domain.session.context import Context, Step
from domain.session.effects import Amend, Decide, FindBlock, ForgetBlock, ListBlocks, Parting, Say
from domain.session.facts import BlockFound, BlocksListed, Decided
from domain.session.feature import Button, Command, Feature, Heading, Passes, chat_id
from domain.session.notices import parting_notices as notices
from domain.session.replies import toast

LONGEST_NUMBER = 16
"""Digits: Unix milliseconds have 13."""


def _block(context: Context, _command: CommandReceived) -> Step:
    return parting.ask(context, Parting(why=ChatEnd.BLOCKED))


def _block_pressed(context: Context, pressed: ButtonPressed, chat: ChatId) -> Step:
    return parting.confirm(context, Parting(why=ChatEnd.BLOCKED, pressed=pressed), chat)


def _blocks(context: Context, _command: CommandReceived) -> Step:
    return context.session, [ListBlocks()]


def _page_pressed(context: Context, pressed: ButtonPressed, page: int) -> Step:
    return context.session, [ListBlocks(page=page, pressed=pressed)]


def _listed(context: Context, listed: BlocksListed) -> Step:
    session, asked = context.session, listed.asked
    notice = notices.blocks(listed.blocks, asked.page, session.language)
    if asked.pressed is None:
        return session, [Say(notice=notice)]
    answer = toast(session, asked.pressed, "block-lifted" if asked.lifted else "")
    return session, [answer, Amend(message=asked.pressed.message, notice=notice)]


def _lift_pressed(context: Context, pressed: ButtonPressed, number: int) -> Step:
    return context.session, [FindBlock(block=Block(number=number), pressed=pressed)]


def _found(context: Context, found: BlockFound) -> Step:
    """A block that is lifted already is not there: the list is shown as it is now."""
    session, pressed = context.session, found.asked.pressed
    if found.other is None:
        return session, [ListBlocks(pressed=pressed, lifted=True)]
    return session, [Decide(request=LiftBlock(address=session.address, other=found.other, pressed=pressed))]


def _lifted(context: Context, decided: Decided[LiftBlock]) -> Step:
    """The pool first: where the process dies before the record is deleted, the block is still shown, and can be lifted again."""
    forget = ForgetBlock(other=decided.request.other)
    return context.session, [forget, ListBlocks(pressed=decided.request.pressed, lifted=True)]


def _number(rest: str) -> int | None:
    return int(rest) if rest.isascii() and rest.isdecimal() and len(rest) <= LONGEST_NUMBER else None


def _page(rest: str) -> int | None:
    return _number(rest) if len(rest) <= 2 else None


PASSES = frozenset({Passes.BAN, Passes.ELSEWHERE, Passes.UNFINISHED})

FEATURE = Feature(
    name="block",
    heading=Heading.SAFETY,
    commands=(
        Command(name="block", handler=_block, help="command-block", passes=PASSES),
        Command(name="blocks", handler=_blocks, help="command-blocks", passes=PASSES),
    ),
    buttons=(
        Button(prefix="block", parse=chat_id, handler=_block_pressed, passes=PASSES),
        Button(prefix="blocks", parse=_page, handler=_page_pressed, passes=PASSES),
        Button(prefix="unblock", parse=_number, handler=_lift_pressed, passes=PASSES),
    ),
    facts={BlocksListed: _listed, BlockFound: _found},
    decisions={LiftBlock: _lifted},
)
