"""One's own data: /privacy says what is kept, /export sends a copy, /delete_me deletes it. Banned people may use them too.

A deletion is asked for by a button that is valid for some minutes. A chat or a search ends first.
"""

from __future__ import annotations

from domain.model.chat import ChatEnd
from domain.model.inbound import ButtonPressed, CommandReceived
from domain.model.retention import DELETION_VALID
from domain.session.context import Context, Step
from domain.session.effects import Amend, AskDeletion, DeleteData, Effect, ExportData, Say
from domain.session.facts import DataDeleted, DeletionAsked, Exported
from domain.session.feature import ALWAYS, Button, Command, Feature, Heading, Passes, no_argument
from domain.session.meeting import leave
from domain.session.notices import personal_notices as notices
from domain.session.replies import say, show_other_bot, toast
from domain.session.search import cancel
from domain.session.state import Chatting, Elsewhere, Searching, Session

CLOCKS_DIFFER = 60.0
"""Seconds by which the clock of the process that made a button may be ahead of ours."""


def _privacy(context: Context, command: CommandReceived) -> Step:
    facts = notices.Facts(
        media_channel=context.media_channel,
        judge=bool(context.configuration.trust.judge_url),
        vip=context.configuration.features.vip,
        report_minutes=context.configuration.trust.report_minutes,
    )
    return context.session, [Say(notice=notices.privacy(facts, _language(context, command)))]


def _export(context: Context, _command: CommandReceived) -> Step:
    return context.session, [ExportData()]


def _exported(context: Context, exported: Exported) -> Step:
    session = context.session
    if exported.again_at is None:
        return session, [say(session, "export-sent")]
    return session, [Say(notice=notices.export_again(exported.again_at, session.language))]


def _delete_me(context: Context, command: CommandReceived) -> Step:
    return context.session, [Say(notice=notices.delete_question(context.now, _language(context, command)))]


def _delete_pressed(context: Context, pressed: ButtonPressed, asked: int) -> Step:
    """The data says when the question was asked. It may be forged: then it deletes whoever forged it."""
    session, place = context.session, context.place
    if not -CLOCKS_DIFFER <= context.now - asked < DELETION_VALID:
        return session, [toast(session, pressed, "delete-too-late")]
    if isinstance(place, Elsewhere):
        return session, [toast(session, pressed), show_other_bot(context, place)]
    noted = Amend(message=pressed.message, notice=notices.plain("delete-begun", session.language))
    return session, [AskDeletion(), toast(session, pressed), noted, *_deletion(context)]


def _keep_pressed(context: Context, pressed: ButtonPressed, _none: object) -> Step:
    kept = Amend(message=pressed.message, notice=notices.plain("delete-not", context.session.language))
    return context.session, [toast(context.session, pressed), kept]


def _deletion_asked(context: Context, _asked: DeletionAsked) -> Step:
    """Somebody who is at another bot by now is deleted once they are free."""
    return context.session, [] if isinstance(context.place, Elsewhere) else _deletion(context)


def _deletion(context: Context) -> list[Effect]:
    session, place = context.session, context.place
    match place:
        case Chatting(chat=chat):
            return [leave(session, chat.id, ChatEnd.STOPPED, silent=True), DeleteData()]
        case Searching():
            return [cancel(session, silent=True), DeleteData()]
        case _:
            return [DeleteData()]


def _data_deleted(context: Context, _deleted: DataDeleted) -> Step:
    """Of the session only what protects us stays."""
    old = context.session
    return Session(address=old.address, place=old.place, last_pts=old.last_pts, flood=old.flood, warned=old.warned), []


def _language(context: Context, command: CommandReceived) -> str:
    profile = context.session.profile
    return profile.language if profile is not None else command.language


def _time(rest: str) -> int | None:
    return int(rest) if rest.isascii() and rest.isdigit() and len(rest) <= 12 else None


HERE = ALWAYS - {Passes.ELSEWHERE}
"""A chat ends at the bot where it is."""

FEATURE = Feature(
    name="personal",
    heading=Heading.DATA,
    commands=(
        Command(name="privacy", handler=_privacy, help="command-privacy", passes=ALWAYS),
        Command(name="export", handler=_export, help="command-export", passes=ALWAYS),
        Command(name="delete_me", handler=_delete_me, help="command-delete-me", passes=HERE),
    ),
    buttons=(
        Button(prefix="delete", parse=_time, handler=_delete_pressed, passes=HERE),
        Button(prefix="keep", parse=no_argument, handler=_keep_pressed, passes=ALWAYS),
    ),
    facts={Exported: _exported, DeletionAsked: _deletion_asked, DataDeleted: _data_deleted},
)
