"""What people type, however it is spelled: `domain/session/typed.py`."""
# ruff: noqa: RUF001 - letters that look alike are its subject

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.model.content import Entity, Text
from domain.session.typed import TypedCommand, normal_form, read_age, read_command

UNSEEN = (
    *"\ufe0e\ufe0f\u200b\u200c\u200d\u200e\u200f\u202a\u202e\u2060\u2068\u2069",
    *"\ufeff\u00ad\u034f\u061c\u180e\u3164\U000e0067\x00\x7f",
)
"""Variation selectors, zero-width characters, direction marks, BOM, a soft hyphen, fillers, a tag, control characters."""
SPACES = " \t\n\u00a0\u2003\u2009\u202f\u205f\u3000\u2028"
CASED = "ΣσςİıßẞſKŉǰΐͅ ﬁﬃ０１٣²①.。!/"
TEXTS = st.text(max_size=12) | st.text(alphabet=CASED, max_size=8)


def scattered(draw: st.DrawFn, text: str, among: tuple[str, ...]) -> str:
    for each in draw(st.lists(st.sampled_from(among), min_size=1, max_size=6)):
        place = draw(st.integers(0, len(text)))
        text = text[:place] + each + text[place:]
    return text


@st.composite
def with_unseen(draw: st.DrawFn) -> tuple[str, str]:
    """A text, and the same with characters in it that nobody sees."""
    text = draw(TEXTS)
    return text, scattered(draw, text, UNSEEN)


def command(text: str, *entities: Entity) -> TypedCommand | None:
    return read_command(Text(text=text, entities=entities))


# --- the normal form


@given(TEXTS)
def test_the_normal_form_of_a_normal_form_is_itself(text: str):
    assert normal_form(normal_form(text)) == normal_form(text)


def test_the_normal_form_of_every_letter_and_mark_is_normal():
    """All but Chinese characters and Hangul syllables, which have no other forms."""
    points = (*range(0x3400), *range(0xA000, 0xAC00), *range(0xF900, 0x12000), *range(0x1D000, 0x20000), *range(0xE0000, 0xE0200))
    strange = [point for point in points if normal_form(normal_form(chr(point))) != normal_form(chr(point))]
    assert strange == []


@given(with_unseen())
def test_characters_that_nobody_sees_change_nothing(pair: tuple[str, str]):
    plain, spelled = pair
    assert normal_form(spelled) == normal_form(plain)
    assert read_age(spelled) == read_age(plain)


@given(st.sampled_from(["/stop", "/start@a_bot", "/stop.", "/usr/bin", "//", "1/2", "/o\\"]), st.data())
def test_a_command_stays_one_with_such_characters_and_other_words_stay_none(typed: str, data: st.DataObject):
    spelled = data.draw(st.composite(scattered)(typed, UNSEEN))
    assert command(spelled) == command(typed)


@given(st.lists(st.text(alphabet="abc⏹é", min_size=1, max_size=4), min_size=1, max_size=4), st.data())
def test_white_space_of_any_kind_and_length_is_one_space(words: list[str], data: st.DataObject):
    gaps = st.text(alphabet=SPACES, min_size=1, max_size=3)
    spelled = data.draw(gaps) + "".join(word + data.draw(gaps) for word in words)
    assert normal_form(spelled) == normal_form(" ".join(words))


@given(TEXTS)
def test_composed_decomposed_and_compatible_letters_are_the_same(text: str):
    shown = "".join(each for each in text if each not in UNSEEN)
    for form in ("NFC", "NFD"):
        assert normal_form(unicodedata.normalize(form, text)) == normal_form(unicodedata.normalize("NFC", shown))


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("⏹ Stop", "⏹\ufe0f Stop"),
        ("⏹ Stop", "⏹\u00a0stop."),
        ("⏹ Stop", "\u200f⏹  STOP \n"),
        ("⏹ Stop", "⏹ Ｓｔｏｐ！"),
        ("é", "e\u0301"),
        ("25", "٢٥"),
        ("25", "२५"),
        ("25", "２５"),
        ("да", "Да."),
    ],
)
def test_these_are_spelled_alike(typed: str, same: str):
    assert normal_form(typed) == normal_form(same)


@pytest.mark.parametrize(
    ("typed", "other"),
    [("Stop", "⏹ Stop"), ("stop", "st\u043ep"), ("2 5", "25"), ("straße", "strasse"), ("a?", "a"), ("", "x")],
    ids=["an emoji counts", "a Cyrillic letter", "a space", "a letter that upper case alone writes otherwise", "?", "nothing"],
)
def test_these_are_not(typed: str, other: str):
    assert normal_form(typed) != normal_form(other)


# --- commands


@pytest.mark.parametrize(
    ("text", "name", "argument"),
    [
        ("/stop", "stop", ""),
        ("/STOP", "stop", ""),
        ("/stop\u00a0", "stop", ""),
        ("\u00a0/stop", "stop", ""),
        ("\n  /stop", "stop", ""),
        ("\ufeff/stop", "stop", ""),
        ("\u200e/\u200bst\u00adop\u200f", "stop", ""),
        ("\u200b \u200b/stop", "stop", ""),
        ("/stop\ufe0f", "stop", ""),
        ("/stop.", "stop", ""),
        ("/stop,", "stop", ""),
        ("/stop!", "stop", ""),
        ("/stop?", "stop", ""),
        ("/stop…", "stop", ""),
        ("/stop。", "stop", ""),
        ("/stop;", "stop", ""),
        ("/stop)", "stop", ""),
        ("/stop👋", "stop", ""),
        ("/stop, bye", "stop", "bye"),
        ("/stop\u2003now", "stop", "now"),
        ("/stop-now", "stop", ""),
        ("／stop", "stop", ""),
        ("／ｓｔｏｐ", "stop", ""),
        ("/𝐬𝐭𝐨𝐩", "stop", ""),
        ("/start ref_AbC-1\u00a0", "start", "ref_AbC-1"),
        ("/10", "10", ""),
        ("/٢٥", "25", ""),
        ("/" + "x" * 32, "x" * 32, ""),
        ("/no_such_command", "no_such_command", ""),
    ],
)
def test_a_command_is_one_however_it_is_spelled(text: str, name: str, argument: str):
    assert command(text) == TypedCommand(name=name, argument=argument)


@pytest.mark.parametrize(
    ("text", "bot", "argument"),
    [("/stop@Some_Bot", "some_bot", ""), ("/stop@some_bot. x", "some_bot", "x"), ("/stop@some_\u200bbot", "some_bot", "")],
)
def test_a_command_says_whose_it_is(text: str, bot: str, argument: str):
    assert command(text) == TypedCommand(name="stop", bot=bot, argument=argument)


ORDINARY = (
    "", "/", "/ ", "/ stop", "\u200b", "//", "//comment", "/*", "/.", "/:", "1/2", "/o\\", "/\\", "/usr/bin", "/home/anna",
    "/r/python", "/stop/", "/stop@some_bot/x", "/b>", "/b<i>", "Stop it!", "stop", "a /stop", "./stop", "\u2068a\u2069 /stop",
    "/привет", "/stopпожалуйста", "/straße", "/st\u043ep", "/стоп", "\u2215stop", "\\stop", "http://stop", "/" + "x" * 33,
)  # fmt: skip


@pytest.mark.parametrize("text", ORDINARY)
def test_what_only_looks_like_a_command_is_none(text: str):
    assert command(text) is None


def test_a_long_name_is_a_command_where_telegram_marks_one_at_the_beginning():
    long = "/" + "x" * 40
    marked = Entity("bot_command", 0, 41)
    assert command(long, marked) == TypedCommand(name="x" * 40)
    assert command(f"\U000e0067 {long}", Entity("bot_command", 3, 41)) == TypedCommand(name="x" * 40)
    assert command(long, Entity("bot_command", 5, 41)) is None
    assert command(long, Entity("bold", 0, 41)) is None


@pytest.mark.parametrize("text", ["try /stop", "/o\\", "Stop it!"])
def test_a_mark_makes_no_command_of_ordinary_words(text: str):
    assert command(text, Entity("bot_command", max(text.find("/"), 0), 2)) is None


@given(st.text(max_size=40), st.sampled_from(["", "/", "/stop", "／"]))
def test_no_text_makes_reading_fail(text: str, before: str):
    command(before + text)
    read_age(before + text)


# --- ages


@pytest.mark.parametrize(
    "typed",
    [
        "25", " 25\n", "\u200e25", "25\u200f", "2\u200b5", "\u00a025\u00a0", "\ufeff25", "\u206825\u2069", "+25",
        "25.", "25,", "25!", "٢٥", "۲۵", "२५", "২৫", "๒๕", "２５", "𝟐𝟓",
    ],
)  # fmt: skip
def test_an_age_is_read_in_digits_of_any_script(typed: str):
    assert read_age(typed) == 25


NO_AGES = ("", ".", "+", "25.5", "2 5", "2\u00a05", "²⁵", "㉕", "Ⅻ", "½", "2️⃣5️⃣", "25 years", "two", "--5")


@pytest.mark.parametrize("typed", NO_AGES)
def test_what_is_no_whole_number_is_no_age(typed: str):
    assert read_age(typed) is None


def test_a_huge_number_is_read_without_being_counted():
    assert read_age("٩" * 5000) == 10**6
    assert read_age("-12") == -12
