"""/report: whom one talks to, or has just talked to, is reported with a reason (`domain/session/parting.py`). As the reply to a
message it marks that message.
"""

from __future__ import annotations

from domain.matching.requests import Separate
from domain.model.chat import ChatEnd
from domain.model.events import Separated
from domain.model.ids import ChatId, MessageId
from domain.model.inbound import ButtonPressed, CommandReceived
from domain.model.outgoing import Menu
from domain.session import parting
from domain.session.context import Context, Step
from domain.session.effects import Parting, RecallChat, TellReport
from domain.session.facts import ChatRecalled, EvidenceRead, Reported
from domain.session.feature import Button, Command, Feature, Heading, Key, Passes, chat_id
from domain.session.replies import say, toast
from domain.trust.reports import Reason, Report

LONGEST_NUMBER = 10
"""Digits: Telegram numbers messages with 31 bits."""


def _report(context: Context, command: CommandReceived) -> Step:
    return parting.ask(context, Parting(why=ChatEnd.REPORTED, marked=command.reply_to))


def _ask_pressed(context: Context, pressed: ButtonPressed, chat: ChatId) -> Step:
    """Of the button under the end of a chat: the same question as by the command."""
    return context.session, [toast(context.session, pressed), RecallChat(parting=Parting(why=ChatEnd.REPORTED), chat=chat)]


def _reason_pressed(context: Context, pressed: ButtonPressed, chosen: tuple[Reason, ChatId, MessageId | None]) -> Step:
    reason, chat, marked = chosen
    return parting.confirm(context, Parting(why=ChatEnd.REPORTED, reason=reason, marked=marked, pressed=pressed), chat)


def _evidence_read(context: Context, read: EvidenceRead) -> Step:
    event = read.of
    report = Report(
        reporter=context.session.address,
        reported=event.partner,
        chat=event.chat,
        reason=event.reason or Reason.OTHER,
        evidence=read.evidence,
        answered=read.answered,
    )
    return context.session, [TellReport(report=report)]


def _booked(context: Context, reported: Reported) -> Step:
    return context.session, [say(context.session, "report-booked", number=reported.number)]


def _chosen(rest: str) -> tuple[Reason, ChatId, MessageId | None] | None:
    """reason:chat:message, the last of which may be empty."""
    reason, _, more = rest.partition(":")
    name, _, number = more.partition(":")
    chat = chat_id(name)
    if reason not in set(Reason) or chat is None:
        return None
    marked = number.isascii() and number.isdecimal() and len(number) <= LONGEST_NUMBER
    return (Reason(reason), chat, MessageId(int(number)) if marked else None) if marked or not number else None


PASSES = frozenset({Passes.BAN, Passes.ELSEWHERE, Passes.UNFINISHED})

FEATURE = Feature(
    name="report",
    heading=Heading.SAFETY,
    commands=(Command(name="report", handler=_report, help="command-report", passes=PASSES),),
    buttons=(
        Button(prefix="report", parse=_chosen, handler=_reason_pressed, passes=PASSES),
        Button(prefix="report-ask", parse=chat_id, handler=_ask_pressed, passes=PASSES),
    ),
    keys=(Key(menu=Menu.CHATTING, row=2, label="menu-report", command="report"),),
    facts={
        ChatRecalled: parting.recalled,
        EvidenceRead: _evidence_read,
        Reported: _booked,
        Separated: parting.separated,
    },
    decisions={Separate: parting.parted},
)
