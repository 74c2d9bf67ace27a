"""What the session does with texts that may be spam: what it asks of others, what it holds, and what costs nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs

from domain.model.chat import Chat, ChatEnd
from domain.model.content import Album, Entity, FileRef, Media, MediaKind, Text
from domain.model.ids import Address, ChatId, MessageId, Pts, UserId
from domain.model.inbound import ButtonPressed, MessageReceived
from domain.session.effects import AskHuman, Decide, LookIntoText, NoteHit, Relay, TellFinding
from domain.session.facts import HumanAsked, TextLookedInto
from domain.session.state import Chatting, Session
from domain.session.weights import weight
from domain.trust.rules import Trust
from domain.trust.spam.human import shown
from domain.trust.spam.memory import SaidBefore
from domain.trust.spam.rules import Rule, Standing
from domain.trust.spam.watch import Watch
from tests.domain.stories import (
    CHATTING,
    IDLE,
    ME,
    NOW,
    OTHER_BOT,
    RULES,
    command,
    edited,
    found,
    left,
    of,
    pressed,
    said,
    texts,
)
from tests.domain.stories import step as stepped

FREE = structs.replace(RULES, trust=structs.replace(Trust(), contacts="allow"))
"""Nobody is asked about contacts before."""
ADVERT = "Hot girls are waiting for you, the first hour is free, write to our manager at t.me/girls_24 right now"
GREETING = "Hi, how are you? I just came home from work and I would like to talk about books"
OLD = Standing(since=0.0, chats=3)
NEW = Standing(since=NOW - 3600, chats=1)


def step(session: Session, fact: Any, now: float = NOW, configuration: Any = FREE) -> tuple[Session, list[Any]]:
    return stepped(session, fact, now, configuration)


def chatting_with(partner: int, session: Session = IDLE) -> Session:
    chat = Chat(id=ChatId(f"c{partner}"), first=ME, second=Address(OTHER_BOT, UserId(partner)), started=NOW)
    return replace(session, place=Chatting(chat))


def said_to(partner: int, text: str, session: Session, now: float = NOW) -> tuple[Session, list[Any]]:
    return step(chatting_with(partner, session), said(text), now)


def answered(
    session: Session, look: LookIntoText, now: float = NOW, rules: Any = FREE, **known: Any
) -> tuple[Session, list[Any]]:
    """As the stores answer that know no more than the session."""
    fact = TextLookedInto(relay=look.relay, said=look.said, hooked=look.hooked, **known)
    return step(session, fact, now, rules)


def told_to(
    partners: int, text: str, standing: Standing = OLD
) -> list[tuple[list[str], list[TellFinding], list[Relay], Session]]:
    """Somebody says the text to so many partners, one after another: what followed each time."""
    session, story = IDLE, []
    for partner in range(100, 100 + partners):
        session, effects = said_to(partner, text, session)
        if looks := of(LookIntoText, effects):
            session, effects = answered(session, looks[0], standing=standing if looks[0].hooked else None)
        story.append((texts(effects), of(TellFinding, effects), of(Relay, effects), session))
    return story


def test_the_address_behind_a_link_is_looked_at_too():
    link = Text(text="click here", entities=(Entity("text_url", 0, 10, "https://example.org/"),))
    _, effects = step(CHATTING, replace(said(""), content=link))
    assert [type(each) for each in effects] == [LookIntoText]


def test_an_ordinary_text_is_relayed_at_once_and_nothing_is_asked():
    session, effects = step(CHATTING, said(GREETING))
    assert [type(each) for each in effects] == [Relay]
    assert session.spam is not None
    session, effects = step(CHATTING, said("hi"))
    assert [type(each) for each in effects] == [Relay]
    assert session.spam is None, "nothing is kept of short texts"


def test_after_five_messages_a_long_talk_is_not_looked_at():
    session = CHATTING
    for number in range(5):
        session, effects = step(session, said(GREETING if number % 2 else "and you?"), NOW + 10 * number)
    before = session
    session, effects = step(session, said(ADVERT), NOW + 100)
    assert [type(each) for each in effects] == [Relay]
    assert (session.place, session.spam) == (before.place, before.spam)


def test_an_edit_is_one_of_the_first_messages_and_is_looked_at():
    session, _ = said_to(1, "hello there", IDLE)
    _, effects = step(session, edited(Text(text=ADVERT), message=5))
    assert [type(each) for each in effects] == [LookIntoText]


def test_a_caption_is_looked_at():
    picture = Media(kind=MediaKind.PHOTO, file=file(1), caption=Text(text=ADVERT))
    _, effects = step(CHATTING, replace(said(""), content=picture))
    assert [type(each) for each in effects] == [LookIntoText]


def test_an_advert_is_held_at_the_third_partner_and_bans_at_the_fifth_and_eighth():
    story = told_to(8, ADVERT)
    assert [len(relays) for _, _, relays, _ in story] == [1, 1, 0, 0, 0, 0, 0, 0]
    assert [told for told, *_ in story] == [[], [], *[["held-same-advert"]] * 6]
    hours = [[(each.finding.rule, each.finding.ban_hours, each.finding.review) for each in found] for _, found, *_ in story]
    held, hour, day = (Rule.SAME_ADVERT, 0.0, False), (Rule.SAME_ADVERT, 1.0, False), (Rule.SAME_ADVERT, 24.0, True)
    assert hours == [[], [], [held], [held], [hour], [hour], [hour], [day]]


def test_the_same_greeting_leads_to_a_human_check_and_slower_chats_but_is_always_relayed():
    story = told_to(12, GREETING)
    assert all(len(relays) == 1 and not told for told, _, relays, _ in story)
    findings = [[each.finding for each in found] for _, found, *_ in story]
    assert [at + 1 for at, found in enumerate(findings) if found] == [6, 12]
    assert all(each.rule == Rule.SAME_TEXT and not each.ban_hours for found in findings for each in found)
    session = replace(story[-1][3], place=IDLE.place)
    session, effects = step(session, command("find"))
    assert [type(each) for each in effects] == [AskHuman]
    session, effects = step(session, HumanAsked())
    assert of(Decide, effects)
    session, effects = step(session, command("find", pts=6), NOW + 1)
    assert texts(effects) == ["slowed-down"]
    session, effects = step(session, command("find", pts=7), NOW + 121)
    assert of(Decide, effects)


@pytest.mark.parametrize(
    ("counts", "asked"),
    [
        ((5, 7, 8), [7]),
        ((6, 6, 7), [6]),
        ((5, 13, 14), [13]),
        ((7, 12, 12, 13), [7, 12]),
        ((6, 12, 5, 7), [6, 12, 7]),
    ],
    ids=["one skipped", "one again", "a step skipped", "both", "after a while"],
)
def test_a_same_text_asks_once_for_each_step_however_its_partners_are_counted(counts, asked):
    """Other bots may count meanwhile, a chat may end while it is counted, and an update may come again."""
    session, _ = said_to(99, GREETING, IDLE)
    found = []
    for partner, count in enumerate(counts, 100):
        session, effects = said_to(partner, GREETING, session)
        (look,) = of(LookIntoText, effects)
        told = tuple((UserId(number), NOW) for number in range(count))
        session, effects = answered(session, replace(look, said=replace(look.said, told=told)))
        assert of(Relay, effects)
        if session.spam.check_since:
            found.append(count)
        session = replace(session, spam=replace(session.spam, check_since=0.0))
    assert found == asked


def test_six_partners_of_one_greeting_are_told_apart_from_six_messages_to_one():
    session = IDLE
    for number in range(5):
        session, effects = step(chatting_with(1, session), said(GREETING, pts=5 + number))
        assert [type(each) for each in effects] == [Relay]


def test_a_newcomers_contact_is_held_and_told_when_it_will_be_passed_on():
    (told, findings, relays, _), *_ = told_to(1, ADVERT, NEW)
    assert told == ["held-newcomer"]
    assert [each.finding.rule for each in findings] == [Rule.NEWCOMER_CONTACT]
    assert not relays
    session, effects = said_to(1, "my insta is anna99", IDLE)
    _, effects = answered(session, of(LookIntoText, effects)[0], standing=NEW)
    assert texts(effects) == ["held-newcomer"]
    assert effects[0].notice.arguments == {"hours": 23, "chats": 2}


def test_a_newcomers_contact_passes_where_the_setting_allows_it():
    session, effects = said_to(1, ADVERT, IDLE)
    allows = structs.replace(FREE, trust=structs.replace(FREE.trust, newcomer_links="allow"))
    _, effects = answered(session, of(LookIntoText, effects)[0], rules=allows, standing=NEW)
    assert [type(each) for each in effects] == [Relay]


def test_of_somebody_known_for_long_nothing_is_asked_for_a_contact():
    session, effects = said_to(1, ADVERT, IDLE)
    session, _ = answered(session, of(LookIntoText, effects)[0], standing=OLD)
    _, effects = said_to(1, "mail me: anna@example.org", session)
    assert [type(each) for each in effects] == [Relay]


def test_a_listed_contact_is_held_and_reviewed_once():
    young = Standing(since=NOW - 3 * 86400, chats=3)
    for newly in (True, False):
        session, effects = said_to(1, ADVERT, IDLE)
        _, effects = answered(session, of(LookIntoText, effects)[0], standing=young, listed=True, newly=newly)
        assert texts(effects) == ["held-shared-contact"]
        assert [(each.finding.rule, each.finding.review) for each in of(TellFinding, effects)] == [(Rule.SHARED_CONTACT, newly)]
        assert of(NoteHit, effects)


def test_where_nothing_is_known_the_text_is_relayed():
    session, effects = said_to(1, ADVERT, IDLE)
    _, effects = answered(session, of(LookIntoText, effects)[0])
    assert [type(each) for each in effects] == [Relay]


def test_an_answer_of_a_chat_that_is_over_relays_nothing():
    session, effects = said_to(1, ADVERT, IDLE)
    _, effects = answered(chatting_with(2, session), of(LookIntoText, effects)[0])
    assert effects == []


def test_what_was_said_is_no_part_of_a_finding():
    for _, findings, _, _ in told_to(8, ADVERT):
        assert not any("girls" in repr(each) for each in findings)


# --- pictures


def file(number: int) -> FileRef:
    return FileRef(bot=ME.bot, id=number, access_hash=1, reference=b"", unique_id=str(number))


def album(parts: int) -> MessageReceived:
    items = tuple(Media(kind=MediaKind.PHOTO, file=file(each)) for each in range(parts))
    places = tuple(Pts(each) for each in range(5, 5 + parts))
    return replace(said(""), content=Album(items=items), places=places)


def test_a_shower_of_pictures_ends_in_ten_minutes_without_but_texts_pass():
    session = IDLE
    for partner in range(3):
        session, effects = step(chatting_with(partner, session), album(5), NOW + 30 * partner)
        assert [type(each) for each in effects] == [Relay]
    session, effects = step(chatting_with(3, session), album(5), NOW + 90)
    assert texts(effects) == ["held-pictures"]
    assert [each.finding.rule for each in of(TellFinding, effects)] == [Rule.MANY_PICTURES]
    session, effects = step(chatting_with(4, session), album(2), NOW + 300)
    assert (texts(effects), of(TellFinding, effects)) == (["held-pictures"], [])
    session, effects = step(session, said("sorry"), NOW + 301)
    assert of(Relay, effects)
    _, effects = step(session, album(2), NOW + 691)
    assert of(Relay, effects)


# --- hit and run


@pytest.mark.parametrize("by_next", [False, True])
def test_hit_and_run_bans_for_an_hour_at_the_eighth_chat(by_next):
    session, findings = IDLE, []
    for number in range(8):
        now = NOW + 60 * number
        session, effects = said_to(number, f"{GREETING[number:]} or {number} @girls_2{number}", session, now)
        session, _ = (
            answered(session, of(LookIntoText, effects)[0], now, standing=NEW) if of(LookIntoText, effects) else (session, [])
        )
        chat = session.place.chat.id
        request = left(ChatEnd.STOPPED, answer=None).request if not by_next else None
        fact = replace(left(ChatEnd.STOPPED, None), request=replace(request, chat=chat)) if request else next_of(chat)
        session, effects = step(session, fact, now + 5)
        findings += [each.finding for each in of(TellFinding, effects)]
    assert [(each.rule, each.ban_hours) for each in findings] == [(Rule.HIT_AND_RUN, 1.0)]


def next_of(chat: ChatId) -> Any:
    from domain.matching.requests import Waiting

    return found(Waiting(marks={}, since=NOW, bot=ME.bot, fresh=True), left=chat)


# --- human check


def test_only_those_who_lack_something_are_asked_about_and_never_where_it_is_off():
    off = structs.replace(FREE, trust=structs.replace(FREE.trust, human_check=False))
    assert [type(each) for each in step(IDLE, command("find"))[1]] == [Decide]
    assert [type(each) for each in step(IDLE, replace(command("find"), lacks=1))[1]] == [AskHuman]
    assert [type(each) for each in step(IDLE, replace(command("find"), lacks=3), NOW, off)[1]] == [Decide]
    session, _ = step(IDLE, HumanAsked())
    assert [type(each) for each in step(session, replace(command("find"), lacks=3))[1]] == [Decide]


def test_a_check_names_a_thing_and_its_buttons_do_not():
    check = shown(b"key", ME.user, 5)
    _, (say,) = step(IDLE, HumanAsked(shown=check))
    assert say.notice.arguments == {"thing": check.thing}
    buttons = [button for row in say.notice.buttons for button in row]
    assert len(buttons) == 6
    assert not any(check.thing in button.data for button in buttons)


def test_a_wait_is_told():
    _, effects = step(IDLE, HumanAsked(wait=601.0))
    assert (texts(effects), effects[0].notice.arguments) == (["human-wait"], {"minutes": 11})


def test_a_button_without_data_is_old():
    _, effects = step(IDLE, pressed("human"))
    assert [each.press.text for each in effects] == ["old-button"]


# --- weights of the flood limit


@pytest.mark.parametrize(
    ("kind", "tokens"),
    [
        (MediaKind.STICKER, 0.5), (MediaKind.PHOTO, 2.0), (MediaKind.VOICE, 2.0), (MediaKind.DOCUMENT, 2.0),
        (MediaKind.VIDEO, 3.0), (MediaKind.VIDEO_NOTE, 3.0), (MediaKind.ANIMATION, 2.0), (MediaKind.AUDIO, 2.0),
    ],
)  # fmt: skip
def test_what_a_file_weighs(kind, tokens):
    assert weight(replace(said(""), content=Media(kind=kind, file=file(1)))) == tokens


def test_what_else_weighs():
    press = ButtonPressed(user=ME.user, query=1, message=MessageId(1), data="x")
    assert [weight(each) for each in (said("hi"), press, edited(Text(text="a")), command("find"), album(10))] == [
        1,
        0.5,
        1,
        1,
        20,
    ]


def test_twice_as_many_stickers_as_texts_pass():
    def passed(update: Any) -> int:
        session, count = CHATTING, 0
        for _ in range(200):
            session, effects = step(session, update)
            count += bool(of(Relay, effects))
        return count

    sticker = replace(said(""), content=Media(kind=MediaKind.STICKER, file=file(1)))
    video = replace(said(""), content=Media(kind=MediaKind.VIDEO_NOTE, file=file(1)))
    assert (passed(said("a")), passed(sticker), passed(replace(video, content=replace(video.content)))) == (60, 120, 20)


def test_a_watch_of_a_texter_stays_small():
    session = IDLE
    for partner in range(40):
        session, _ = said_to(
            partner, f"{partner} {GREETING[partner % 20 :]} {'abcdefghij'[partner % 10] * 2}", session, NOW + partner
        )
    assert isinstance(session.spam, Watch)
    assert all(isinstance(each, SaidBefore) and len(each.sketch) <= 64 for each in session.spam.said)
    assert len(session.spam.said) <= 8
