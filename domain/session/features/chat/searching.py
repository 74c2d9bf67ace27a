"""Searches: /find and /next begin one, /cancel and a button end it, a VIP may widen the wishes, and progress is shown."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from domain.matching.requests import Banned, Cancel, Find, LockedIn, Paired, Standing, UpdateSearch, Waiting
from domain.model.chat import ChatEnd
from domain.model.events import SearchEnded
from domain.model.inbound import ButtonPressed, CommandReceived, MessageReceived
from domain.model.outgoing import Menu
from domain.model.profile import Wishes
from domain.model.profile_changes import AskQuestion, changed
from domain.session import findings
from domain.session.context import Context, Step
from domain.session.effects import (
    Amend,
    ChangeProfile,
    Decide,
    DropRelays,
    Effect,
    LookUpBan,
    NoteSearch,
    OfferAfterwards,
    RecordEnd,
    Say,
    ShowProgress,
)
from domain.session.facts import Decided, MarkReviewed, ProfileRefreshed, SearchTick
from domain.session.feature import Button, Command, Feature, Key, no_argument
from domain.session.meeting import end_forgotten, kept_in, leave, meet, place_of
from domain.session.notices import ban_notices, notices
from domain.session.repeats import told_again
from domain.session.replies import menu_of, old_button, say, show_other_bot, toast
from domain.session.search import begin, begin_reviewed, cancel, seeker
from domain.session.state import Chatting, Elsewhere, Idle, Searching, Session

# --- what the user does


def _find(context: Context, command: CommandReceived) -> Step:
    session, place = context.session, context.place
    match place:
        case Chatting(locked_until=until) if until > context.now:
            return kept_in(context, until)
        case Chatting(chat=chat):
            session, told = meet(session, chat)
            return session, [*told, say(session, "already-chatting", Menu.CHATTING)]
        case Searching():
            return session, [say(session, "already-searching", Menu.SEARCHING)]
        case Idle() | Elsewhere():
            session, forget = _question_dropped(context)
            session, begun = begin(context.after(session), command)
            return session, [*forget, *begun]
    assert_never(place)


def _question_dropped(context: Context) -> Step:
    """A search ends the open question of an edit."""
    if context.profile.asked is None:
        return context.session, []
    dropped = AskQuestion(question=None)
    return replace(context.session, profile=changed(context.profile, dropped)), [ChangeProfile(change=dropped)]


def _reviewed(context: Context, reviewed: MarkReviewed) -> Step:
    if reviewed.profile is None:
        return context.session, []
    session = replace(context.session, profile=reviewed.profile)
    if not reviewed.profile.held:
        return begin_reviewed(context.after(session), reviewed.command)
    notice = notices.plain(ban_notices.HELD, session.language, menu_of(session))
    return session, [Say(notice=notice, key=ban_notices.key_of_hold(session.profile))]


def _next(context: Context, command: CommandReceived) -> Step:
    if isinstance(context.place, Chatting):
        return begin(context, command)
    return _find(context, command)


def _cancel(context: Context, _command: CommandReceived) -> Step:
    session = context.session
    if isinstance(context.place, Searching):
        return session, [cancel(session)]
    return session, [say(session, "not-searching", menu_of(session))]


def _cancel_pressed(context: Context, pressed: ButtonPressed, _none: object) -> Step:
    if not isinstance(context.place, Searching):
        return old_button(context, pressed)
    return context.session, [*_answered(context.session, pressed, "search-over"), cancel(context.session)]


def _widen_pressed(context: Context, pressed: ButtonPressed, _none: object) -> Step:
    """The current search goes on with the widest wishes."""
    profile = context.session.profile
    if not isinstance(context.place, Searching) or profile is None or not profile.complete:
        return old_button(context, pressed)
    anyone = replace(seeker(context), wishes=Wishes())
    return context.session, [
        *_answered(context.session, pressed, "widen-chosen"),
        Decide(request=UpdateSearch(seeker=anyone)),
    ]


def _answered(session: Session, pressed: ButtonPressed, text: str) -> list[Effect]:
    """The message of the button says so, and has no buttons any more."""
    return [toast(session, pressed), Amend(message=pressed.message, notice=notices.plain(text, session.language))]


def _message(context: Context, _message: MessageReceived) -> Step:
    return context.session, [say(context.session, "wait-in-search", Menu.SEARCHING)]


# --- what the pool answers


def _found(context: Context, decided: Decided[Find]) -> Step:
    session, answer, left = context.session, decided.answer, decided.request.leaving
    if isinstance(answer, Banned):
        return replace(session, place=Idle()), [LookUpBan(until=answer.until)]
    if isinstance(answer, LockedIn):
        return kept_in(context, answer.locked_until)
    assert isinstance(answer, Standing)
    ended: list[Effect] = []
    if left is not None and not (isinstance(answer, Paired) and answer.chat.id == left):
        after = OfferAfterwards(chat=left, why=ChatEnd.NEXT, moved_on=True)
        ended = [RecordEnd(chat=left, why=ChatEnd.NEXT), DropRelays(chat=left), after]
        session, ran = findings.left(context.after(replace(session, ended=left, left=left)), left)
        ended += ran
    session, told = _placed(context.after(session), answer)
    return session, [*ended, *told]


def _placed(context: Context, answer: Standing) -> Step:
    session = context.session
    place = place_of(session, answer)
    match place:
        case Elsewhere():
            return replace(session, place=place), [show_other_bot(context, place)]
        case Searching():
            new = isinstance(answer, Waiting) and answer.fresh
            session = replace(session, place=place, lost_partner=False)
            told = say(session, "searching" if new else "already-searching", Menu.SEARCHING)
            return session, [told, NoteSearch(searching=True)]
        case Chatting(chat=chat):
            return meet(replace(session, lost_partner=False), chat)
        case Idle():
            again = say(session, "try-again", Menu.MAIN)
            return replace(session, place=place), [*end_forgotten(session, answer), again]
    assert_never(place)


def _widened(context: Context, decided: Decided[UpdateSearch]) -> Step:
    session = context.session
    match decided.answer:
        case Paired(chat=chat):
            return meet(session, chat)
        case Waiting() if not decided.request.silent:
            return session, [say(session, "widened")]
        case _:
            return session, []


def _cancelled(context: Context, decided: Decided[Cancel]) -> Step:
    session, silent, answer = context.session, decided.request.silent, decided.answer
    idle = replace(session, place=Idle())
    match answer:
        case Paired(chat=chat) if silent:
            return idle, [leave(idle, chat.id, ChatEnd.GONE, silent=True)]
        case Paired(chat=chat) if chat.id != session.ended and chat.side_of(session.address.user).bot == session.address.bot:
            return meet(session, chat)
        case _:
            told: list[Effect] = [] if silent else [say(session, "search-cancelled", Menu.MAIN)]
            return idle, [*end_forgotten(idle, answer), *told, NoteSearch(searching=False)]


# --- what time brings


def _tick(context: Context, tick: SearchTick) -> Step:
    session, place, profile = context.session, context.place, context.session.profile
    if not isinstance(place, Searching) or profile is None:
        return session, []
    if profile.held:
        return session, _ended_by_hold(session)
    effects: list[Effect] = [ShowProgress(notice=notices.search_progress(tick.waited, tick.others, session.language))]
    picky = profile.complete and seeker(context).wishes != Wishes()
    if picky and not place.asked_to_widen and tick.waited >= context.configuration.matching.widen_after_seconds:
        session = replace(session, place=replace(place, asked_to_widen=True))
        effects.append(Say(notice=notices.widen_question(session.language)))
    return session, effects


def _ended(context: Context, ended: SearchEnded) -> Step:
    """The session was brought up to date with the pool before this. So whoever searches now has begun another search, and whoever
    chats may not have been told of the partner yet.
    """
    session = context.session
    if isinstance(session.place, Chatting):
        return meet(session, session.place.chat)
    if not isinstance(session.place, Idle):
        return session, []
    key = f"{session.address.bot}:{session.address.user}:lost search {ended.began}" if ended.lost else ""
    notice = notices.plain("search-lost" if ended.lost else "nobody-now", session.language, Menu.MAIN)
    return session, [Say(notice=notice, key=key), NoteSearch(searching=False)]


def _refreshed(context: Context, refreshed: ProfileRefreshed) -> Step:
    """A search goes on as whoever one is now: a VIP waits in front, with their wishes. That of somebody held ends."""
    before, profile = context.session.profile, refreshed.profile
    session = replace(context.session, profile=profile)
    if not isinstance(context.place, Searching) or profile is None or not profile.complete:
        return session, []
    now = seeker(context.after(session))
    if profile.held:
        return session, _ended_by_hold(session)
    if before is None or not before.complete or now == seeker(context):
        return session, []
    return session, [Decide(request=UpdateSearch(seeker=now, silent=True))]


def _ended_by_hold(session: Session) -> list[Effect]:
    notice = notices.plain(ban_notices.HELD, session.language, Menu.MAIN)
    return [Say(notice=notice, key=ban_notices.key_of_hold(session.profile)), cancel(session, silent=True)]


FEATURE = Feature(
    name="searching",
    commands=(
        Command(name="find", handler=_find, help="command-find"),
        Command(name="next", handler=_next, help="command-next"),
        Command(name="cancel", handler=_cancel, repeat=told_again("search-cancelled")),
    ),
    buttons=(
        Button(prefix="cancel", parse=no_argument, handler=_cancel_pressed),
        Button(prefix="widen", parse=no_argument, handler=_widen_pressed),
    ),
    keys=(
        Key(menu=Menu.MAIN, row=1, label="menu-find", command="find"),
        Key(menu=Menu.SEARCHING, row=1, label="menu-cancel", command="cancel"),
        Key(menu=Menu.CHATTING, row=1, label="menu-next", command="next"),
    ),
    messages={Searching: _message},
    facts={SearchTick: _tick, SearchEnded: _ended, MarkReviewed: _reviewed, ProfileRefreshed: _refreshed},
    decisions={Find: _found, UpdateSearch: _widened, Cancel: _cancelled},
)
