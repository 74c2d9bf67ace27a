"""Messages that wait for their writer's answer: contacts, names in file names, notes of cameras."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from domain.model.chat import Chat, ChatEnd
from domain.model.content import Album, FileRef, Media, MediaKind, Text
from domain.model.events import ChatEnded
from domain.model.ids import ChatId, MessageId
from domain.model.outgoing import Notice
from domain.session.effects import Amend, LookIntoText, Relay, Say, TellFinding
from domain.session.facts import TextLookedInto
from domain.session.holding import MOST_HELD
from domain.session.state import Chatting, Session
from domain.trust.spam.rules import Rule, Standing
from tests.domain.stories import ADULT, CHAT, IDLE, KNOWN, ME, NOW, PARTNER, RULES, edited, of, pressed, said, step, texts, toasts
from tests.domain.stories import CHATTING as NEWCOMER

CHATTING = replace(NEWCOMER, spam=KNOWN)
CONTACT = "write me @ivan_petrov"


def photo_as_file(message: int = 5, **more: Any) -> Media:
    file = FileRef(
        bot=ME.bot, id=message, access_hash=1, reference=b"", unique_id=f"document-{message}", message=MessageId(message)
    )
    traits = {"mime": "image/jpeg", "file_name": "a.jpg", "extension": "jpg"} | more
    return Media(kind=MediaKind.DOCUMENT, file=file, **traits)


def sent(content: Any, message: int = 5) -> Any:
    return replace(said("", pts=message), content=content)


def question(effects: list[Any]) -> Notice:
    (asked,) = [effect.notice for effect in of(Say, effects) if effect.notice.text.startswith("held-")]
    return asked


def buttons(notice: Notice) -> tuple[str, str]:
    (send, drop) = notice.buttons[0]
    return send.data, drop.data


def relayed(effects: list[Any]) -> list[Any]:
    return [each.content for each in of(Relay, effects)]


def rules(**trust: Any) -> Any:
    return structs.replace(RULES, trust=structs.replace(RULES.trust, **trust))


def relay_rules(**relay: Any) -> Any:
    return structs.replace(RULES, relay=structs.replace(RULES.relay, **relay))


def amended(effects: list[Any]) -> list[str]:
    return [each.notice.text for each in of(Amend, effects)]


# --- contacts


def test_a_contact_waits_until_its_writer_sends_it():
    session, effects = step(CHATTING, said(CONTACT))
    assert (texts(effects), relayed(effects)) == (["held-contacts"], [])
    session, effects = step(session, pressed(buttons(question(effects))[0]))
    assert relayed(effects) == [Text(text=CONTACT)]
    assert amended(effects) == ["held-sent"]


def test_a_contact_that_is_not_to_be_sent_is_not():
    session, effects = step(CHATTING, said(CONTACT))
    session, effects = step(session, pressed(buttons(question(effects))[1]))
    assert (relayed(effects), amended(effects)) == ([], ["held-dropped"])


def test_whoever_presses_twice_or_both_sends_it_once():
    session, effects = step(CHATTING, said(CONTACT))
    send, drop = buttons(question(effects))
    session, first = step(session, pressed(send))
    for again in (send, drop):
        session, effects = step(session, pressed(again))
        assert (relayed(effects), toasts(effects), amended(effects)) == ([], ["held-answered"], [])
    assert len(relayed(first)) == 1


def test_a_press_after_the_session_was_forgotten_says_so():
    _, effects = step(CHATTING, said(CONTACT))
    _, effects = step(CHATTING, pressed(buttons(question(effects))[0]))
    assert (relayed(effects), toasts(effects)) == ([], ["held-gone"])


@pytest.mark.parametrize(
    "data", ["held:send:contacts:999", "held:send:name:5", "held:drop:details:5", "held:send:contacts:0000000050"]
)
def test_a_forged_press_sends_nothing_and_is_answered(data):
    session, _ = step(CHATTING, said(CONTACT))
    _, effects = step(session, pressed(data))
    assert (relayed(effects), toasts(effects)) == ([], ["held-gone"])


@pytest.mark.parametrize(
    "data",
    [
        "held:",
        "held",
        "held:send:contacts:",
        "held:send:contacts:-5",
        "held:send:all:5",
        "held:send:contacts:" + "9" * 5000,
        "held:kill:contacts:5",
        "held:send:contacts:\u0665",
    ],
)
def test_a_press_that_is_no_answer_is_no_button(data):
    session, _ = step(CHATTING, said(CONTACT))
    _, effects = step(session, pressed(data))
    assert toasts(effects) == ["old-button"]


def test_later_messages_go_on_while_one_waits():
    session, effects = step(CHATTING, said(CONTACT))
    ask = question(effects)
    session, effects = step(session, said("hello", pts=6))
    assert relayed(effects) == [Text(text="hello")]
    session, effects = step(session, pressed(buttons(ask)[0]))
    assert relayed(effects) == [Text(text=CONTACT)]


def test_more_of_the_same_waits_for_the_same_answer_in_its_order():
    session, effects = step(CHATTING, said(CONTACT))
    ask = question(effects)
    session, effects = step(session, said("or +49 151 2345678", pts=6))
    assert effects == []
    session, effects = step(session, pressed(buttons(ask)[0]))
    assert relayed(effects) == [Text(text=CONTACT), Text(text="or +49 151 2345678")]


def test_no_more_than_some_wait_and_the_next_is_refused_in_words():
    session, _ = step(CHATTING, said(CONTACT))
    for number in range(1, MOST_HELD):
        session, effects = step(session, said(CONTACT, pts=5 + number))
        assert effects == []
    session, effects = step(session, said(CONTACT, pts=99))
    assert (texts(effects), relayed(effects)) == (["held-full"], [])


@pytest.mark.parametrize("choice", [0, 1], ids=["send", "do not"])
def test_the_writer_is_asked_once_in_a_chat(choice):
    session, effects = step(CHATTING, said(CONTACT))
    session, _ = step(session, pressed(buttons(question(effects))[choice]))
    session, effects = step(session, said("@ivan_petrov again", pts=7))
    assert (texts(effects), len(relayed(effects))) == ([], 1)
    other = Chat(id=ChatId("c2"), first=ME, second=PARTNER, started=2000.0)
    _, effects = step(_moved_on(session, other), said(CONTACT, pts=9))
    assert texts(effects) == ["held-contacts"]


def looked_into(session: Session, effects: list[Any], standing: Standing | None) -> tuple[Session, list[Any]]:
    [look] = of(LookIntoText, effects)
    return step(session, TextLookedInto(relay=look.relay, said=look.said, hooked=look.hooked, asks=look.asks, standing=standing))


def test_a_newcomers_contact_is_refused_before_they_are_asked_and_never_waits():
    session, effects = step(NEWCOMER, said(CONTACT))
    assert (texts(effects), relayed(effects)) == ([], [])
    session, effects = looked_into(session, effects, Standing(since=NOW - 60, chats=1))
    assert (texts(effects), relayed(effects), session.holding) == (["held-newcomer"], [], None)
    assert [each.finding.rule for each in of(TellFinding, effects)] == [Rule.NEWCOMER_CONTACT]


@pytest.mark.parametrize("standing", [Standing(since=0.0, chats=100), None], ids=["known for long", "the records are away"])
def test_whoever_is_no_newcomer_is_asked_once_that_is_known(standing):
    session, effects = looked_into(*step(NEWCOMER, said(CONTACT)), standing)
    assert (texts(effects), relayed(effects)) == (["held-contacts"], [])
    session, effects = step(session, said("hello", pts=6))
    assert relayed(effects) == [Text(text="hello")]


def test_where_newcomers_contacts_are_allowed_nothing_is_read_before_the_question():
    _, effects = step(NEWCOMER, said(CONTACT), configuration=rules(newcomer_links="allow"))
    assert (texts(effects), of(LookIntoText, effects)) == (["held-contacts"], [])


def test_what_waits_is_forgotten_when_the_chat_ends():
    session, effects = step(CHATTING, said(CONTACT))
    ask = question(effects)
    session, _ = step(session, ChatEnded(user=ME.user, chat=CHAT.id, why=ChatEnd.STOPPED))
    assert session.holding is None
    _, effects = step(session, pressed(buttons(ask)[0]))
    assert (relayed(effects), toasts(effects)) == ([], ["held-gone"])


def test_what_was_said_in_one_chat_is_never_sent_into_the_next():
    session, effects = step(CHATTING, said(CONTACT))
    send, _ = buttons(question(effects))
    other = Chat(id=ChatId("c2"), first=ME, second=PARTNER, started=2000.0)
    _, effects = step(_moved_on(session, other), pressed(send))
    assert (relayed(effects), toasts(effects)) == ([], ["held-gone"])


def _moved_on(session: Session, chat: Chat) -> Session:
    ended, _ = step(session, ChatEnded(user=ME.user, chat=CHAT.id, why=ChatEnd.STOPPED))
    return replace(ended, place=Chatting(chat))


def test_an_edit_changes_what_waits():
    session, effects = step(CHATTING, said(CONTACT))
    ask = question(effects)
    session, effects = step(session, edited(Text(text="better not"), message=5))
    assert effects == []
    _, effects = step(session, pressed(buttons(ask)[0]))
    assert relayed(effects) == [Text(text="better not")]


def test_an_edit_of_a_part_changes_the_album_that_waits():
    album = Album(items=(photo_as_file(5), photo_as_file(6)))
    session, effects = step(CHATTING, sent(album))
    ask = question(effects)
    captioned = replace(photo_as_file(6), caption=Text(text="look"))
    session, _ = step(session, edited(captioned, message=6))
    _, effects = step(session, pressed(buttons(ask)[0]))
    assert relayed(effects) == [Album(items=(photo_as_file(5), captioned))]


def test_an_edit_that_brings_a_contact_waits_too():
    session, effects = step(CHATTING, edited(Text(text=CONTACT)))
    assert texts(effects) == ["held-contacts"]
    _, effects = step(session, pressed(buttons(question(effects))[0]))
    (relay,) = of(Relay, effects)
    assert (relay.content, relay.edit) == (Text(text=CONTACT), True)


@pytest.mark.parametrize(
    ("policy", "profile", "told"),
    [
        ("allow", ADULT, []),
        ("refuse", ADULT, ["refuse-contacts"]),
        ("allow", replace(ADULT, age=17), ["minors-contacts"]),
        ("warn", replace(ADULT, age=17), ["minors-contacts"]),
        ("warn", replace(ADULT, adult=False), ["minors-contacts"]),
    ],
)
def test_contacts_are_a_setting_and_minors_are_always_refused(policy, profile, told):
    for fact in (said(CONTACT), edited(Text(text=CONTACT))):
        _, effects = step(replace(CHATTING, profile=profile), fact, configuration=rules(contacts=policy))
        assert (texts(effects), len(relayed(effects))) == (told, 0 if told else 1)


def test_a_setting_that_is_changed_meanwhile_holds_for_what_waits():
    session, effects = step(CHATTING, said(CONTACT))
    _, effects = step(session, pressed(buttons(question(effects))[0]), configuration=rules(contacts="refuse"))
    assert (texts(effects), relayed(effects)) == (["refuse-contacts"], [])


def test_outside_a_chat_nothing_is_held():
    session, effects = step(IDLE, said(CONTACT))
    assert session.holding is None
    assert "held-contacts" not in texts(effects)


# --- files


def test_a_file_that_has_its_senders_name_waits():
    session, effects = step(CHATTING, sent(photo_as_file(mime="text/plain", extension="txt", names_sender=True)))
    assert (texts(effects), relayed(effects)) == (["held-name"], [])
    _, effects = step(session, pressed(buttons(question(effects))[0]))
    assert len(relayed(effects)) == 1


@pytest.mark.parametrize(
    ("mime", "extension"),
    [("image/jpeg", "jpg"), ("image/heic", ""), ("video/mp4", "mp4"), ("application/pdf", ""), ("a/b", "pdf")],
)
def test_before_the_first_picture_film_or_pdf_sent_as_a_file_its_sender_is_asked(mime, extension):
    session, effects = step(CHATTING, sent(photo_as_file(mime=mime, extension=extension)))
    assert texts(effects) == ["held-details"]
    session, effects = step(session, pressed(buttons(question(effects))[0]))
    assert len(relayed(effects)) == 1
    _, effects = step(session, sent(photo_as_file(8), 8))
    assert (texts(effects), len(relayed(effects))) == ([], 1)


@pytest.mark.parametrize(
    "media", [photo_as_file(mime="text/plain", extension="txt"), replace(photo_as_file(), kind=MediaKind.VIDEO)]
)
def test_other_files_and_videos_sent_as_videos_are_not_asked_about(media):
    _, effects = step(CHATTING, sent(media))
    assert (texts(effects), len(relayed(effects))) == ([], 1)


def test_a_file_with_two_concerns_is_asked_about_one_by_one():
    session, effects = step(CHATTING, sent(photo_as_file(names_sender=True, caption=Text(text=CONTACT))))
    for concern in ("held-contacts", "held-name", "held-details"):
        assert question(effects).text == concern
        session, effects = step(session, pressed(buttons(question(effects))[0]))
    assert len(relayed(effects)) == 1


@pytest.mark.parametrize(
    ("media", "refusal"),
    [
        (photo_as_file(mime="image/heic", extension="heic"), "refuse-details-kind"),
        (photo_as_file(mime="application/pdf", extension="pdf"), "refuse-details-kind"),
        (replace(photo_as_file(), file=replace(photo_as_file().file, size=10_000_001)), "refuse-details-size"),
    ],
)
def test_what_cannot_be_cleaned_is_refused_with_that_reason(media, refusal):
    _, effects = step(CHATTING, sent(media), configuration=relay_rules(file_details="strip"))
    assert (texts(effects), relayed(effects)) == ([refusal], [])


def test_what_can_be_cleaned_is_relayed_to_be_uploaded_anew():
    _, effects = step(
        CHATTING,
        sent(Album(items=(photo_as_file(5), photo_as_file(6, mime="text/plain", extension="txt")))),
        configuration=relay_rules(file_details="strip"),
    )
    (relay,) = of(Relay, effects)
    assert [item.anew for item in relay.content.items] == ["without_details", ""]


def test_where_notes_are_kept_nobody_is_asked():
    _, effects = step(CHATTING, sent(photo_as_file()), configuration=relay_rules(file_details="keep"))
    assert (texts(effects), relayed(effects)) == ([], [photo_as_file()])


@pytest.mark.parametrize("extension", RULES.relay.refused_extensions)
@pytest.mark.parametrize("kind", [MediaKind.DOCUMENT, MediaKind.VIDEO])
def test_programs_are_refused_whatever_they_are_sent_as(extension, kind):
    media = replace(photo_as_file(mime="video/mp4", extension=extension), kind=kind)
    for content in (media, Album(items=(photo_as_file(4), media))):
        _, effects = step(CHATTING, sent(content))
        assert (texts(effects), relayed(effects)) == (["refuse-program"], [])


def test_a_program_by_its_type_is_refused_and_the_list_is_a_setting():
    apk = photo_as_file(mime="application/vnd.android.package-archive", extension="")
    _, effects = step(CHATTING, sent(apk))
    assert texts(effects) == ["refuse-program"]
    _, effects = step(CHATTING, sent(apk), configuration=relay_rules(refused_extensions=("zip",)))
    assert len(relayed(effects)) == 1
    _, effects = step(
        CHATTING, sent(photo_as_file(mime="a/b", extension="zip")), configuration=relay_rules(refused_extensions=("zip",))
    )
    assert texts(effects) == ["refuse-program"]


@pytest.mark.parametrize(
    ("mime", "extension", "refusal"),
    [
        ("a/b", "vcf", "refuse-contact"),
        ("text/x-vcard", "", "refuse-contact"),
        ("text/vcard; charset=utf-8", "txt", "refuse-contact"),
        ("a/b", "gpx", "refuse-location"),
        ("a/b", "kml", "refuse-location"),
        ("application/vnd.google-earth.kml+xml", "", "refuse-location"),
        ("application/gpx+xml", "xml", "refuse-location"),
    ],
)
def test_contacts_and_places_as_files_are_refused_as_such(mime, extension, refusal):
    _, effects = step(CHATTING, sent(photo_as_file(mime=mime, extension=extension)))
    assert (texts(effects), relayed(effects)) == ([refusal], [])


# --- any order of messages, edits and presses

WORDS = ("hello", CONTACT, "+49 151 2345678")
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("says"), st.sampled_from(WORDS)),
        st.tuples(st.just("file"), st.booleans()),
        st.tuples(st.just("press"), st.tuples(st.integers(0, 3), st.booleans())),
    ),
    max_size=14,
)


@given(EVENTS)
def test_everything_is_relayed_at_most_once_and_never_after_do_not(events):
    session, asked, sent_ids, dropped = CHATTING, [], [], set()
    for number, (what, how) in enumerate(events, start=10):
        before = session
        if what == "press":
            place, send = how
            if place >= len(asked):
                continue
            data = buttons(asked[place])[0 if send else 1]
            if not send and session.holding is not None:
                concern, message = data.split(":")[2:]
                dropped |= {
                    writing.message
                    for held in session.holding.held
                    if (held.concern, held.message) == (concern, int(message))
                    for writing in held.writings
                }
            session, effects = step(session, pressed(data))
        elif what == "says":
            session, effects = step(session, said(how, pts=number))
        else:
            session, effects = step(session, sent(photo_as_file(number, names_sender=how), number))
        assert effects or session is not before or before.flood is not None
        asked += [each.notice for each in of(Say, effects) if each.notice.buttons]
        sent_ids += [relay.message for relay in of(Relay, effects)]
    assert len(sent_ids) == len(set(sent_ids))
    assert not dropped & set(sent_ids)
