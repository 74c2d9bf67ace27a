"""What banned people read and may do, and /appeal: who may appeal, when, and with which text."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest
from msgspec import structs

from domain.configuration import Channels
from domain.model.ban import DAY, Ban
from domain.model.content import Uncopyable
from domain.model.dates import moment
from domain.model.events import Expelled
from domain.session.effects import Appeal, LookUpBan
from domain.session.facts import Appealed, BanLooked
from domain.session.feature import Passes
from domain.session.machine import FEATURES
from domain.session.state import Session
from domain.trust.appeals import LONGEST, NotAppealed, refusal
from domain.trust.reports import Reason
from tests.domain.stories import ADULT, CHAT, CHATTING, IDLE, ME, NOW, RULES, command, of, pressed, said, step, texts
from transport.texts.catalogue import Texts

TEXTS = Texts(strict=True)
HOUR = 3600.0


def ban(seconds: float, *, since: float = NOW, by_person: bool = False, reason: str = "ads", note: str = "") -> Ban:
    return Ban(user=ME.user, since=since, until=since + seconds, reason=reason, by="x", by_person=by_person, note=note)


def banned(by: Ban) -> Session:
    return replace(IDLE, profile=replace(ADULT, banned_until=by.until, ban=by))


def appeal(text: str = ""):
    return replace(command("appeal"), argument=text)


def read(effects) -> str:
    """The text that the user reads."""
    (notice,) = [each.notice for each in effects if hasattr(each, "notice")]
    return TEXTS.render(notice.text, notice.arguments, language=notice.language)


SHORT, LONG, FOREVER, MANUAL = ban(HOUR), ban(7 * DAY), ban(inf), ban(HOUR, by_person=True)
DAYLONG = ban(DAY)


# --- the text of a ban


def test_a_ban_says_until_when_and_why():
    text = read(step(banned(ban(7 * DAY, since=1_900_000_000.0 - 7 * DAY)), said("why?"), 1_899_999_000.0)[1])
    assert "until 17 March 2030, 17:47 UTC" in text
    assert "advertising" in text


def test_the_minute_that_is_told_is_not_before_the_end():
    assert moment(1_900_000_000.0)["time"] == "17:47"
    assert moment(1_899_999_960.0)["time"] == "17:46"


def test_a_ban_for_good_says_so():
    assert "for good" in read(step(banned(FOREVER), said("why?"))[1])


@pytest.mark.parametrize("reason", [*Reason, "spam"])
def test_every_reason_has_words(reason: str):
    text = read(step(banned(ban(DAY, reason=reason)), said("why?"))[1])
    assert "/terms" not in text
    assert "under_age" not in text


def test_an_operators_own_words_are_shown():
    assert "Why: You sold things." in read(step(banned(ban(DAY, reason="operator", note="You sold things")), said("?"))[1])
    both = read(step(banned(ban(DAY, reason="ads", note="Twice now")), said("?"))[1])
    assert "advertising. Twice now" in both


@pytest.mark.parametrize("against", [LONG, FOREVER, MANUAL], ids=["7 days", "for good", "by an operator"])
def test_whoever_may_appeal_reads_how(against: Ban):
    assert "/appeal" in read(step(banned(against), said("why?"))[1])


@pytest.mark.parametrize("against", [SHORT, DAYLONG], ids=["an hour", "a day"])
def test_a_short_ban_says_that_it_ends_by_itself(against: Ban):
    text = read(step(banned(against), said("why?"))[1])
    assert "/appeal" not in text
    assert "ends by itself" in text


@pytest.mark.parametrize("session", [CHATTING, IDLE])
def test_who_is_expelled_reads_what_the_records_say(session: Session):
    expelled, effects = step(session, Expelled(user=ME.user, until=LONG.until, chat=CHAT.id))
    assert LookUpBan(until=LONG.until) in effects
    _, effects = step(expelled, BanLooked(until=LONG.until, profile=banned(LONG).profile))
    assert "advertising" in read(effects)
    assert "/appeal" in read(effects)


def test_where_the_records_know_no_profile_the_pool_is_believed():
    session, effects = step(replace(IDLE, profile=None), BanLooked(until=inf, profile=None))
    assert "for good" in read(effects)
    assert session.profile is None


def test_a_ban_that_was_lifted_meanwhile_is_not_told():
    expelled, _ = step(CHATTING, Expelled(user=ME.user, until=LONG.until, chat=CHAT.id))
    free, effects = step(expelled, BanLooked(until=LONG.until, profile=ADULT))
    assert texts(effects) == ["try-again"]
    assert texts(step(free, said("hello", pts=6))[1]) == ["menu-hint"]


def test_a_press_is_answered_in_200_characters():
    _, (answer,) = step(banned(LONG), pressed("edit:age"))
    assert len(TEXTS.render(answer.press.text, answer.press.arguments)) <= 200


# --- what the banned may do


def test_the_banned_read_the_rules_handle_their_data_pay_appeal_and_stay_safe_and_do_nothing_else():
    allowed = {command.name for feature in FEATURES for command in feature.commands if Passes.BAN in command.passes}
    assert allowed <= {"privacy", "terms", "help", "export", "delete_me", "paysupport", "appeal", "report", "block", "blocks"} | {
        "admin_login"
    }
    assert allowed >= {"privacy", "terms", "help", "paysupport", "appeal"}


@pytest.mark.parametrize("name", ["privacy", "terms", "help", "paysupport", "appeal"])
def test_they_may_also_where_channels_are_required(name: str):
    strict = structs.replace(RULES, channels=Channels(required=("@news",)))
    _, effects = step(banned(LONG), command(name), NOW, strict)
    assert effects
    assert not {"banned", "join-channels"} & set(texts(effects))


# --- who may appeal


@pytest.mark.parametrize(
    ("against", "later", "refused"),
    [
        (None, 0.0, NotAppealed.NO_BAN),
        (SHORT, 0.0, NotAppealed.SHORT),
        (SHORT, DAY, NotAppealed.SHORT),
        (DAYLONG, 0.0, NotAppealed.LATER),
        (DAYLONG, DAY, None),
        (LONG, 0.0, None),
        (LONG, 8 * DAY, None),
        (FOREVER, 0.0, None),
        (MANUAL, 0.0, None),
    ],
)
def test_an_appeal_is_taken_where_a_person_looks_and_after_a_day_for_the_record(against, later, refused):
    assert refusal(against, NOW + later) is refused


def test_the_time_between_the_decision_and_its_record_does_not_count():
    assert replace(LONG, since=NOW + 1).reviewed


@pytest.mark.parametrize("session", [IDLE, banned(SHORT), banned(DAYLONG), Session(address=ME)])
def test_whoever_may_not_appeal_reads_why(session: Session):
    _, effects = step(session, appeal("please"))
    assert of(Appeal, effects) == []
    assert read(effects)


# --- the text of an appeal


def test_the_next_message_of_a_banned_person_is_the_appeal_and_only_that():
    asking, effects = step(banned(LONG), appeal())
    assert effects == [Appeal()]
    asking, effects = step(asking, Appealed(text="", refused=None))
    assert texts(effects) == ["appeal-ask"]
    after, effects = step(asking, said("It was not me", pts=6))
    assert effects == [Appeal(text="It was not me")]
    assert texts(step(after, Appealed(text="It was not me", refused=None))[1]) == ["appeal-received"]
    assert texts(step(after, said("Hello?", pts=7))[1]) == ["banned"]


def test_it_may_come_with_the_command():
    assert step(banned(LONG), appeal("It was not me"))[1] == [Appeal(text="It was not me")]


@pytest.mark.parametrize("first", [appeal("x" * 10_000), None], ids=["with the command", "as a message"])
def test_one_that_is_too_long_is_asked_for_again(first):
    session = banned(LONG)
    if first is None:
        session, _ = step(session, Appealed(text="", refused=None))
        first = said("x" * 10_000)
    asking, effects = step(session, first)
    assert texts(effects) == ["appeal-too-long"]
    assert of(Appeal, effects) == []
    assert step(asking, said("x" * LONGEST, pts=6))[1] == [Appeal(text="x" * LONGEST)]


def test_a_picture_is_no_appeal_and_the_asking_goes_on():
    asking, _ = step(banned(LONG), Appealed(text="", refused=None))
    asking, effects = step(asking, replace(said("", pts=6), content=Uncopyable(reason="refuse-location")))
    assert texts(effects) == ["appeal-text-only"]
    assert step(asking, said("a text", pts=7))[1] == [Appeal(text="a text")]


def test_a_second_appeal_against_one_ban_is_refused_in_words():
    assert texts(step(banned(LONG), Appealed(text="again", refused=NotAppealed.ALREADY))[1]) == ["appeal-already"]


def test_in_a_chat_the_appeal_against_an_earlier_ban_comes_with_the_command():
    chatting = replace(CHATTING, profile=replace(ADULT, banned_until=NOW - DAY, ban=ban(8 * DAY, since=NOW - 9 * DAY)))
    asking, effects = step(chatting, appeal())
    assert texts(effects) == ["appeal-how"]
    assert of(Appeal, step(asking, said("for my partner", pts=6))[1]) == []
    assert step(chatting, appeal("It was not me"))[1] == [Appeal(text="It was not me")]
