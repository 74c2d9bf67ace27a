"""The session machine: one person's conversation with one bot, decided purely.

`step(session, fact, now, rules)` answers with the next session and the effects to carry out, in order. It never waits and
never fails on what a user can send. The rules, in prose:

*Who are you.* Somebody new is asked for a gender (buttons), then for an age (typed). Until both are known, everything else is
answered with the open question. The profile can be edited later, but not while searching or chatting.

*Idle → Searching → Chatting → Idle.* /find (and /next, outside a chat) asks the pool, which pairs or queues in one decision.
Whoever already searches or chats is told so and nothing changes. A chat begins with `Matched`, whether it came as the answer
to one's own search or as an event: the chat is recorded, then the partner's card is shown. It ends by /stop or /next of one's
own, by `Parted` (the partner's doing), or when a message shows that the partner is gone.

*Required channels* are checked at /start, before the first question and before each search, also the one that /next begins:
whoever is not in all of them stays where they are and is shown where to join.

*One place at a time.* The pool knows each person once, whichever bot they write to. At a bot other than the one where they
search or chat they are told where to go.

*Messages* are relayed while chatting, and answered with a hint otherwise. Commands are never relayed.

*Searches begin only by messages*, never by buttons: a message has a place in the bot's log, by which the pool recognises it
when it is delivered again after a crash.

*Twice is once.* An update before the last one that changed something is skipped. That one itself is not decided again: where a
message found the partner gone an event tells of it; what a command led to is recorded and told once more, with the same
idempotency keys, so that nobody is left without an answer and nobody sees it twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import inf
from typing import assert_never

from domain import notices, seeking
from domain.configuration import ProfileRules
from domain.content import Dice, Poll, Text, Uncopyable, captions_of
from domain.effects import (
    Amend,
    Answer,
    CancelSearch,
    ChangeProfile,
    CheckChannels,
    DropRelays,
    Effect,
    Introduce,
    LeaveChat,
    NoteSearch,
    RecordChat,
    RecordEnd,
    Relay,
    Say,
    Search,
    ShowProgress,
    WidenSearch,
)
from domain.events import Expelled, Matched, Parted, SearchEnded
from domain.facts import Cancelled, ChannelsChecked, Fact, Left, NotRelayed, Searched, SearchTick, Stands, Widened
from domain.gates import GATES
from domain.inbound import Commanded, Edited, Inbound, Pressed, Restarted, Said, Stopped
from domain.outgoing import Menu, Why
from domain.pool import Answer as PoolAnswer
from domain.pool import Banned, Fenced, Paired, Standing, Waiting
from domain.profile_changes import Ask, Begin, SetAge, SetGender, changed
from domain.replies import menu_of, pointed, say, toast
from domain.session_state import Chatting, Elsewhere, Idle, Place, Rules, Searching, Session
from domain.typed import read_age, utf16_length
from domain.values import Chat, ChatEnd, Gender, Profile, Question, Wishes

LONGEST_TEXT = 4096
"""UTF-16 code units of one message (Telegram `message_length_max`)."""
LONGEST_CAPTION = 1024
"""The same of one caption (Telegram `caption_length_limit_default`: bots have no more)."""

Step = tuple[Session, list[Effect]]


def step(session: Session, fact: Fact, now: float, rules: Rules) -> Step:
    """`now` is Unix time in seconds."""
    match fact:
        case Said() | Commanded() | Edited() | Pressed() | Stopped() | Restarted():
            return _inbound(session, fact, now, rules)
        case Stands(answer=answer):
            return _stands(session, answer), []
        case ChannelsChecked():
            return _channels_checked(session, fact, rules)
        case Searched():
            return _searched(session, fact, rules)
        case SearchTick():
            return _search_tick(session, fact, now, rules)
        case Widened(answer=answer):
            return _widened(session, answer)
        case Cancelled():
            return _cancelled(session, fact)
        case Left():
            return _left(session, fact)
        case Matched(chat=chat):
            return _matched(session, chat)
        case Parted():
            return _parted(session, fact)
        case SearchEnded():
            return _search_ended(session, fact)
        case Expelled():
            return _expelled(session, fact)
        case NotRelayed():
            return _not_relayed(session, fact)
    assert_never(fact)


# --- what the user does


def _inbound(session: Session, update: Inbound, now: float, rules: Rules) -> Step:
    if isinstance(update, Stopped):
        return _stopped(session)
    if isinstance(update, Restarted):
        return session, []
    for gate in GATES:
        session, refusal = gate(session, update, now, rules)
        if refusal is not None:
            return session, refusal
    match update:
        case Said():
            return _said(session, update, now, rules)
        case Commanded():
            return _commanded(session, update, rules)
        case Edited():
            return _edited(session, update)
        case Pressed():
            return _pressed(session, update, rules)
    assert_never(update)


# --- messages


def _said(session: Session, said: Said, now: float, rules: Rules) -> Step:
    match session.place:
        case Chatting(chat=chat):
            return session, [_relay_or_refuse(session, chat, said)]
        case Searching():
            return session, [say(session, "wait-in-search", Menu.SEARCHING)]
        case Elsewhere() as place:
            return session, [pointed(session, place, rules)]
        case Idle():
            return _answered(session, said, now, rules)
    assert_never(session.place)


def _relay_or_refuse(session: Session, chat: Chat, update: Said | Edited) -> Effect:
    content = update.content
    if isinstance(content, Uncopyable):
        return Say(notice=notices.refused(content, session.language))
    if isinstance(content, Text) and utf16_length(content.text) > LONGEST_TEXT:
        return say(session, "not-delivered-too-long")
    if any(utf16_length(caption.text) > LONGEST_CAPTION for caption in captions_of(content)):
        return say(session, "not-delivered-caption-too-long")
    return Relay(
        chat=chat.id,
        to=chat.partner_of(session.address.user),
        message=update.message,
        content=content,
        reply_to=update.reply_to if isinstance(update, Said) else None,
        edit=isinstance(update, Edited),
    )


def _edited(session: Session, edited: Edited) -> Step:
    """An edit matters only to the partner; edits of answers and commands change nothing, and votes are no news."""
    if isinstance(session.place, Chatting) and not isinstance(edited.content, Poll | Dice):
        return session, [_relay_or_refuse(session, session.place.chat, edited)]
    return session, []


def _answered(session: Session, said: Said, now: float, rules: Rules) -> Step:
    """What was typed outside a chat: the age where it was asked for, else a hint."""
    profile = session.profile
    if profile is None:
        return _welcome(session, said.language, rules)
    if profile.asked is Question.AGE:
        return _age_typed(session, profile, said, now, rules.profile)
    if profile.asked is not None:
        return session, [_ask(profile, profile.asked, rules)]
    return session, [say(session, "menu-hint", Menu.MAIN)]


def _ask(profile: Profile, question: Question, rules: Rules) -> Effect:
    """The first question comes after the required channels."""
    if rules.channels_required and profile.gender is None:
        return CheckChannels(searching=False)
    return Say(notice=notices.question(question, profile.language, rules.profile))


def _age_typed(session: Session, profile: Profile, said: Said, now: float, rules: ProfileRules) -> Step:
    age = read_age(said.content.text) if isinstance(said.content, Text) else None
    if age is None:
        return session, [say(session, "age-not-a-number", min=rules.min_age, max=rules.max_age)]
    if age < rules.min_age:
        return session, [say(session, "age-too-low", min=rules.min_age)]
    if age > rules.max_age:
        return session, [say(session, "age-too-high", max=rules.max_age)]
    change = SetAge(age=age, at=now)
    session = replace(session, profile=changed(profile, change))
    return session, [ChangeProfile(change=change), say(session, "profile-saved", Menu.MAIN)]


# --- commands


def _commanded(session: Session, command: Commanded, rules: Rules) -> Step:
    if session.profile is None:
        return _welcome(session, command.language, rules)
    if command.name in {"help", "privacy", "terms"}:
        return session, [say(session, command.name)]
    if isinstance(session.place, Elsewhere):
        return session, [pointed(session, session.place, rules)]
    if not session.profile.complete:
        return _unfinished(session, session.profile, command, rules)
    if command.pts == session.marked:
        return _decided_before(session, command)
    handler = _COMMANDS.get(command.name)
    if handler is None:
        return session, [say(session, "unknown-command")]
    return handler(session, session.profile, rules)


def _decided_before(session: Session, command: Commanded) -> Step:
    """A crash came between the pool's decision and its being told. What ended meanwhile is told by an event."""
    match session.place:
        case Searching():
            return session, [say(session, "searching", Menu.SEARCHING), NoteSearch(searching=True)]
        case Chatting(chat=chat):
            return _matched(session, chat)
        case Idle() | Elsewhere() if command.name in {"stop", "cancel"}:
            text = "stopped" if command.name == "stop" else "search-cancelled"
            return session, [say(session, text, Menu.MAIN), NoteSearch(searching=False)]
        case Idle():
            return session, [NoteSearch(searching=False)]
        case Elsewhere():
            return session, []
    assert_never(session.place)


def _welcome(session: Session, language: str, rules: Rules) -> Step:
    begin = Begin(language=language)
    profile = changed(Profile(user=session.address.user), begin)
    session = replace(session, profile=profile)
    return session, [
        ChangeProfile(change=begin),
        say(session, "welcome", Menu.NONE),
        _ask(profile, Question.GENDER, rules),
    ]


def _unfinished(session: Session, profile: Profile, command: Commanded, rules: Rules) -> Step:
    if command.name == "start":
        again = (
            CheckChannels(searching=False) if rules.channels_required else _ask(profile, profile.asked or Question.GENDER, rules)
        )
        return session, [again]
    return session, [say(session, "profile-first"), _ask(profile, profile.asked or Question.GENDER, rules)]


def _start(session: Session, _profile: Profile, rules: Rules) -> Step:
    match session.place:
        case Chatting():
            return session, [say(session, "already-chatting", Menu.CHATTING)]
        case Searching():
            return session, [say(session, "already-searching", Menu.SEARCHING)]
        case Idle() | Elsewhere():
            if rules.channels_required:
                return session, [CheckChannels(searching=False)]
            return session, [say(session, "welcome-back", Menu.MAIN)]
    assert_never(session.place)


def _find(session: Session, profile: Profile, rules: Rules) -> Step:
    match session.place:
        case Chatting(chat=chat):
            session, told = _matched(session, chat)
            return session, [*told, say(session, "already-chatting", Menu.CHATTING)]
        case Searching():
            return session, [say(session, "already-searching", Menu.SEARCHING)]
        case Idle() | Elsewhere():
            session, forget = _question_dropped(session, profile)
            return session, [*forget, *_search(session, rules)]
    assert_never(session.place)


def _search(session: Session, rules: Rules) -> list[Effect]:
    return [CheckChannels(searching=True)] if rules.channels_required else [_search_now(session)]


def _search_now(session: Session) -> Search:
    if isinstance(session.place, Chatting):
        return Search(leaving=session.place.chat.id)
    return Search(priority=session.lost_partner)


def _question_dropped(session: Session, profile: Profile) -> Step:
    """Whoever searches no longer answers the question of an edit."""
    if profile.asked is None:
        return session, []
    dropped = Ask(question=None)
    return replace(session, profile=changed(profile, dropped)), [ChangeProfile(change=dropped)]


def _next(session: Session, profile: Profile, rules: Rules) -> Step:
    if isinstance(session.place, Chatting):
        return session, _search(session, rules)
    return _find(session, profile, rules)


def _stop(session: Session, _profile: Profile, _rules: Rules) -> Step:
    match session.place:
        case Chatting(chat=chat):
            return session, [LeaveChat(chat=chat.id, why=ChatEnd.STOPPED)]
        case Searching():
            return session, [CancelSearch()]
        case Idle() | Elsewhere():
            return session, [say(session, "not-in-chat", Menu.MAIN)]
    assert_never(session.place)


def _cancel(session: Session, _profile: Profile, _rules: Rules) -> Step:
    if isinstance(session.place, Searching):
        return session, [CancelSearch()]
    return session, [say(session, "not-searching", menu_of(session))]


def _profile(session: Session, profile: Profile, _rules: Rules) -> Step:
    return session, [Say(notice=notices.profile_card(profile, editable=isinstance(session.place, Idle)))]


_COMMANDS: Mapping[str, Callable[[Session, Profile, Rules], Step]] = {
    "start": _start,
    "find": _find,
    "next": _next,
    "stop": _stop,
    "cancel": _cancel,
    "profile": _profile,
}
COMMANDS = (*_COMMANDS, "help", "privacy", "terms")
"""Every command that is understood, in the order of the bot's command list."""


# --- buttons under messages


def _pressed(session: Session, pressed: Pressed, rules: Rules) -> Step:
    profile = session.profile
    kind, _, value = pressed.data.partition(":")
    match kind:
        case "gender" if profile is not None and profile.asked is Question.GENDER and value in set(Gender):
            return _gender_chosen(session, profile, Gender(value), pressed, rules)
        case "edit" if profile is not None and profile.complete and value in set(Question):
            return _edit(session, profile, Question(value), pressed, rules)
        case "cancel" if isinstance(session.place, Searching):
            return session, [toast(session, pressed), CancelSearch()]
        case "widen" if isinstance(session.place, Searching):
            return session, [toast(session, pressed), WidenSearch()]
        case "joined" if profile is not None and (rules.channels_required or not profile.complete):
            return session, [CheckChannels(searching=False, pressed=pressed)]
        case _:
            return session, [toast(session, pressed, "old-button")]


def _gender_chosen(session: Session, profile: Profile, gender: Gender, pressed: Pressed, rules: Rules) -> Step:
    asked = Question.AGE if profile.age is None else None
    change = SetGender(gender=gender, ask=asked)
    session = replace(session, profile=changed(profile, change))
    if asked is None:
        after = say(session, "profile-saved", Menu.MAIN)
    else:
        after = Say(notice=notices.question(asked, profile.language, rules.profile))
    return session, [ChangeProfile(change=change), toast(session, pressed), after]


def _edit(session: Session, profile: Profile, question: Question, pressed: Pressed, rules: Rules) -> Step:
    if not isinstance(session.place, Idle):
        return session, [toast(session, pressed, "edit-when-idle")]
    asking = Ask(question=question)
    session = replace(session, profile=changed(profile, asking))
    ask = Say(notice=notices.question(question, profile.language, rules.profile))
    return session, [ChangeProfile(change=asking), toast(session, pressed), ask]


def _channels_checked(session: Session, checked: ChannelsChecked, rules: Rules) -> Step:
    if checked.missing:
        return session, _to_join(session, checked)
    if checked.searching:
        return session, [_search_now(session)]
    profile, effects = session.profile, _thanked(session, checked)
    if profile is not None and not profile.complete:
        asked = notices.question(profile.asked or Question.GENDER, profile.language, rules.profile)
        return session, [*effects, Say(notice=asked)]
    if checked.pressed is None:
        return session, [say(session, "welcome-back", menu_of(session))]
    return session, [*effects, say(session, "menu-hint", Menu.MAIN)] if isinstance(session.place, Idle) else effects


def _to_join(session: Session, checked: ChannelsChecked) -> list[Effect]:
    """Whoever pressed *I joined* too early sees the same message again, with what is still missing."""
    notice, pressed = notices.join_channels(checked.missing, session.language), checked.pressed
    if pressed is None:
        return [Say(notice=notice)]
    answer = notices.not_joined(checked.missing, pressed, session.language)
    return [Answer(press=answer), Amend(message=pressed.message, notice=notice)]


def _thanked(session: Session, checked: ChannelsChecked) -> list[Effect]:
    pressed = checked.pressed
    if pressed is None:
        return []
    return [toast(session, pressed), Amend(message=pressed.message, notice=notices.plain("channels-joined", session.language))]


# --- the pool's answers


def _stands(session: Session, answer: PoolAnswer) -> Session:
    if isinstance(answer, Banned | Fenced):
        return session
    marked = answer.marks.get(session.address.bot)
    return replace(session, marked=marked, place=_place(session, answer))


def _place(session: Session, answer: Standing) -> Place:
    match answer:
        case Waiting(bot=bot, since=since):
            return Searching(since) if bot == session.address.bot else Elsewhere(bot, chatting=False)
        case Paired(chat=chat) if chat.id == session.ended:
            return Idle()
        case Paired(chat=chat):
            bot = chat.side_of(session.address.user).bot
            known = isinstance(session.place, Chatting) and session.place.chat.id == chat.id
            if bot != session.address.bot:
                return Elsewhere(bot, chatting=True)
            return session.place if known else Chatting(chat, introduced=False)
        case _:
            return Idle()


def _searched(session: Session, searched: Searched, rules: Rules) -> Step:
    answer = searched.answer
    if isinstance(answer, Fenced):
        return session, []
    if isinstance(answer, Banned):
        return replace(session, place=Idle()), [say(session, "banned", Menu.MAIN)]
    ended: list[Effect] = []
    if searched.left is not None and not (isinstance(answer, Paired) and answer.chat.id == searched.left):
        ended = [RecordEnd(chat=searched.left, why=ChatEnd.NEXT), DropRelays(chat=searched.left)]
        session = replace(session, ended=searched.left)
    place = _place(session, answer)
    match place:
        case Elsewhere():
            return replace(session, place=place), [*ended, pointed(session, place, rules)]
        case Searching():
            new = isinstance(answer, Waiting) and answer.fresh
            session = replace(session, place=place, lost_partner=False)
            said = say(session, "searching" if new else "already-searching", Menu.SEARCHING)
            return session, [*ended, said, NoteSearch(searching=True)]
        case Chatting(chat=chat):
            session, effects = _matched(replace(session, lost_partner=False), chat)
            return session, [*ended, *effects]
        case Idle():
            again = say(session, "try-again", Menu.MAIN)
            return replace(session, place=place), [*ended, *_end_forgotten(session, answer), again]
    assert_never(place)


def _end_forgotten(session: Session, answer: PoolAnswer) -> list[Effect]:
    """A server that lost its last moment may have them in a chat whose end they were told."""
    if isinstance(answer, Paired) and answer.chat.id == session.ended:
        return [LeaveChat(chat=answer.chat.id, why=ChatEnd.STOPPED, silent=True)]
    return []


def _search_tick(session: Session, tick: SearchTick, now: float, rules: Rules) -> Step:
    place, profile = session.place, session.profile
    if not isinstance(place, Searching) or profile is None:
        return session, []
    effects: list[Effect] = [ShowProgress(notice=notices.search_progress(tick.waited, session.language))]
    picky = seeking.is_vip(profile, now) and profile.wishes != Wishes()
    if picky and not place.asked_to_widen and tick.waited >= rules.widen_after:
        session = replace(session, place=replace(place, asked_to_widen=True))
        effects.append(Say(notice=notices.widen_question(session.language)))
    return session, effects


def _widened(session: Session, answer: PoolAnswer) -> Step:
    match answer:
        case Paired(chat=chat):
            return _matched(session, chat)
        case Waiting():
            return session, [say(session, "widened")]
        case _:
            return session, []


def _cancelled(session: Session, cancelled: Cancelled) -> Step:
    idle = replace(session, place=Idle())
    match cancelled.answer:
        case Fenced():
            return session, []
        case Paired(chat=chat) if cancelled.silent:
            return idle, [LeaveChat(chat=chat.id, why=ChatEnd.GONE, silent=True)]
        case Paired(chat=chat) if chat.id != session.ended and chat.side_of(session.address.user).bot == session.address.bot:
            return _matched(session, chat)
        case answer:
            told: list[Effect] = [] if cancelled.silent else [say(session, "search-cancelled", Menu.MAIN)]
            return idle, [*_end_forgotten(session, answer), *told, NoteSearch(searching=False)]


def _left(session: Session, left: Left) -> Step:
    if isinstance(left.answer, Fenced):
        return session, []
    ended: list[Effect] = [RecordEnd(chat=left.chat, why=left.why), DropRelays(chat=left.chat)]
    if left.silent:
        return replace(session, place=Idle()), ended
    if left.why is ChatEnd.GONE:
        notice = notices.plain("partner-gone", session.language, Menu.MAIN)
        told = Say(notice=notice, key=f"chat:{left.chat}:{session.address.user}:ended")
        return replace(session, place=Idle(), lost_partner=True, ended=left.chat), [*ended, told]
    return replace(session, place=Idle(), ended=left.chat), [*ended, say(session, "you-left", Menu.MAIN)]


# --- what others do


def _matched(session: Session, chat: Chat) -> Step:
    if chat.side_of(session.address.user).bot != session.address.bot or chat.id == session.ended:
        return session, []
    place = session.place
    if isinstance(place, Chatting) and place.chat.id == chat.id and place.introduced:
        return session, []
    effects: list[Effect] = [RecordChat(chat=chat), Introduce(chat=chat), NoteSearch(searching=False)]
    return replace(session, place=Chatting(chat)), effects


def _parted(session: Session, parted: Parted) -> Step:
    if isinstance(session.place, Chatting) and session.place.chat.id == parted.chat:
        lost = parted.why in {ChatEnd.GONE, ChatEnd.BANNED, ChatEnd.LOST}
        session = replace(session, place=Idle(), lost_partner=lost)
    began_anew = isinstance(session.place, Searching | Chatting)
    ended: list[Effect] = [RecordEnd(chat=parted.chat, why=parted.why), DropRelays(chat=parted.chat)]
    if began_anew or parted.chat == session.ended:
        return session, ended
    session = replace(session, ended=parted.chat)
    key = f"chat:{parted.chat}:{session.address.user}:ended"
    told = Say(notice=notices.chat_ended(parted.why, session.language, menu_of(session)), key=key)
    return session, [*ended, told, NoteSearch(searching=False)]


def _search_ended(session: Session, ended: SearchEnded) -> Step:
    """The pool was asked again before this: whoever searches now began anew, and whoever chats may not know it yet."""
    if isinstance(session.place, Chatting):
        return _matched(session, session.place.chat)
    if not isinstance(session.place, Idle):
        return session, []
    key = f"{session.address.bot}:{session.address.user}:lost search {ended.began}" if ended.lost else ""
    notice = notices.plain("search-lost" if ended.lost else "nobody-now", session.language, Menu.MAIN)
    return session, [Say(notice=notice, key=key), NoteSearch(searching=False)]


def _expelled(session: Session, expelled: Expelled) -> Step:
    profile = session.profile and replace(session.profile, banned_until=inf if expelled.until is None else expelled.until)
    session = replace(session, profile=profile, place=Idle(), ended=expelled.chat or session.ended)
    told = say(session, "banned", Menu.MAIN)
    if expelled.chat is None:
        return session, [told, NoteSearch(searching=False)]
    return session, [RecordEnd(chat=expelled.chat, why=ChatEnd.BANNED), DropRelays(chat=expelled.chat), told]


def _stopped(session: Session) -> Step:
    """They blocked the bot: nothing can be told to them, and nobody shall wait for them."""
    match session.place:
        case Chatting(chat=chat):
            return session, [LeaveChat(chat=chat.id, why=ChatEnd.GONE, silent=True)]
        case Searching():
            return session, [CancelSearch(silent=True)]
        case Idle() | Elsewhere():
            return session, []
    assert_never(session.place)


def _not_relayed(session: Session, lost: NotRelayed) -> Step:
    here = isinstance(session.place, Chatting) and session.place.chat.id == lost.chat
    if lost.failure.why is Why.GONE and here:
        return session, [LeaveChat(chat=lost.chat, why=ChatEnd.GONE)]
    notice = notices.not_delivered(lost.failure, session.language, edit=lost.edit)
    if notice is None or not here:
        return session, []
    key = f"{session.address.bot}:{session.address.user}:{lost.message}:{'edit' if lost.edit else 'relay'}:failed"
    return session, [Say(notice=notice, key=key)]
