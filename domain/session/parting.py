"""For /report and /block: a question by buttons about the partner of a chat, then the decision of the pool, then the records.

    command ──▶ question            about the present chat, or about the last one (RecallChat → ChatRecalled)
    press ────▶ Separate            one step of the pool: the chat ends, the two never meet again
          Decided(Separate)         the user reads that the chat has ended
          Separated (event)         by which it is recorded and a report is booked; it comes again until that is done

A press ends the chat without any condition: whoever reports somebody is out of it at once, also while the database is away. Since
the event is made in the step of the pool, a report is booked although the process dies, or the database comes back later.

After a chat its partner can be reported or blocked for `trust.report_minutes`. That holds for old buttons too, and for somebody
who was banned meanwhile: a ban must not save others from being reported.
"""

from __future__ import annotations

from dataclasses import replace

from domain.matching.requests import Separate, Standing
from domain.model.chat import Chat, ChatEnd, PastChat
from domain.model.events import Separated
from domain.model.ids import ChatId
from domain.model.inbound import ButtonPressed
from domain.model.separation import Apart, Separation
from domain.session.context import Context, Step
from domain.session.effects import (
    Amend,
    Decide,
    DropRelays,
    Effect,
    Parting,
    ReadEvidence,
    RecallChat,
    RecordEnd,
    RecordSeparation,
    Say,
)
from domain.session.facts import ChatRecalled, Decided
from domain.session.notices import parting_notices as notices
from domain.session.replies import menu_of, say, show_other_bot, toast
from domain.session.state import Chatting, Elsewhere, Idle, Session, in_chat


def ask(context: Context, parting: Parting) -> Step:
    """Of the command."""
    session, place = context.session, context.place
    if isinstance(place, Chatting):
        return session, [_question(session, parting, place.chat.id)]
    if isinstance(place, Elsewhere) and place.chatting:
        return session, [show_other_bot(context, place)]
    return session, [RecallChat(parting=parting)]


def confirm(context: Context, parting: Parting, chat: ChatId) -> Step:
    """Of the press. The present chat needs no look into the records."""
    place = context.place
    if isinstance(place, Chatting) and place.chat.id == chat:
        return context.session, [_separate(context.session, parting, place.chat)]
    return context.session, [RecallChat(parting=parting, chat=chat)]


def recalled(context: Context, fact: ChatRecalled) -> Step:
    session, parting = context.session, fact.asked.parting
    if fact.past is None or session.address.user not in {fact.past.chat.first.user, fact.past.chat.second.user}:
        return session, [_refused(session, parting, "nobody")]
    chat = fact.past.chat
    bot = chat.side_of(session.address.user).bot
    if bot != session.address.bot:
        username = context.bot_names.get(bot, "")
        return session, [_refused(session, parting, "elsewhere", bot=f"@{username}")]
    if _is_over_for_long(context, fact.past):
        return session, [_refused(session, parting, "too-late")]
    if parting.pressed is None:
        return session, [_question(session, parting, chat.id)]
    return session, [_separate(session, parting, chat)]


def parted(context: Context, decided: Decided[Separate]) -> Step:
    session, request = context.session, decided.request
    assert isinstance(decided.answer, Standing)
    session, ended = _ended(session, request.chat, request.why)
    answered = [] if request.pressed is None else _answered(session, request.pressed, request.why)
    return session, [*answered, *ended, _told(session, request.chat, request.why)]


def _answered(session: Session, pressed: ButtonPressed, why: ChatEnd) -> list[Effect]:
    """The question that was answered has no buttons any more."""
    return [toast(session, pressed), Amend(message=pressed.message, notice=notices.chosen(why, session.language))]


def separated(context: Context, event: Separated) -> Step:
    """The user may not have been told yet, if the process died behind the decision. They are told once."""
    session, ended = _ended(context.session, event.chat, event.why)
    reported = event.why is ChatEnd.REPORTED
    why = Apart.REPORT if reported else Apart.BLOCK
    record = RecordSeparation(separation=Separation(user=event.user, other=event.partner.user, why=why))
    booking: list[Effect] = [ReadEvidence(of=event)] if reported else []
    return session, [*ended, _told(session, event.chat, event.why), record, *booking]


def _ended(session: Session, chat: ChatId, why: ChatEnd) -> Step:
    session = replace(session, parted=chat)
    if not in_chat(session, chat):
        return session, []
    session = replace(session, place=Idle(), ended=chat, left=chat)
    return session, [RecordEnd(chat=chat, why=why), DropRelays(chat=chat)]


def _told(session: Session, chat: ChatId, why: ChatEnd) -> Say:
    key = f"chat:{chat}:{session.address.user}:{why}"
    return Say(notice=notices.parted(why, session.language, menu_of(session)), key=key)


def _question(session: Session, parting: Parting, chat: ChatId) -> Say:
    chatting = in_chat(session, chat)
    return Say(notice=notices.question(parting, chat, session.language, chatting=chatting))


def _separate(session: Session, parting: Parting, chat: Chat) -> Decide:
    return Decide(
        request=Separate(
            address=session.address,
            partner=chat.partner_of(session.address.user),
            chat=chat.id,
            why=parting.why,
            reason=parting.reason,
            marked=parting.marked,
            pressed=parting.pressed,
        )
    )


def _is_over_for_long(context: Context, past: PastChat) -> bool:
    return past.ended is not None and context.now - past.ended > context.configuration.trust.report_minutes * 60


def _refused(session: Session, parting: Parting, why: str, **arguments: str | int) -> Effect:
    text = f"{'report' if parting.why is ChatEnd.REPORTED else 'block'}-{why}"
    if parting.pressed is None:
        return say(session, text, menu_of(session), **arguments)
    return _alert(session, parting.pressed, text, **arguments)


def _alert(session: Session, pressed: ButtonPressed, text: str, **arguments: str | int) -> Effect:
    answer = toast(session, pressed, text, **arguments)
    return replace(answer, press=replace(answer.press, alert=True))
