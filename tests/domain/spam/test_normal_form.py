"""What of a text is a hook, what is not, and which texts have one form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.trust.spam.normal_form import MARK, read
from domain.trust.spam.sketches import HASHES, alike, similarity, sketch


@pytest.mark.parametrize(
    "text",
    [
        "t.me/girls",
        "join t . me / girls",
        "telegram.me/x",
        "wa.me/79123456789",
        "https://example.org/a?b=1",
        "WWW.SITE.COM now",
        "best-casino.com",
        "best-casino (dot) com",
        "mail a.b@gmail.com",
        "@anna_99",
        "call +7 912 345-67-89",
        "8 (912) 345 67 89",
        "06 12 34 56 78",
        "9 1 2 3 4 5 6 7 8 9",
        "٠٩١٢٣٤٥٦٧٨٩",
        "۰۹۱۲۳۴۵۶۷۸۹",
        "my insta is anna",
        "іnstа",
        "1nfo at onlyfans",
        "w h a t s a p p",
        "W.h.a.t.s.A.p.p",
        "telegraaaam",
        "пиши в телеге",
        "есть инста?",
        "в тг",
        "вотсап",
        "اینستا داری؟",
        "واتساپ",
        "عندك سناب؟",
        "me passa teu zap",
        "pásame tu wasap",
        "сайт (точка) ру",
        "Тelegram",
    ],
)
def test_what_leads_out_of_the_chat_is_found(text):
    reading = read(text)
    assert reading.hooks
    assert MARK in reading.form


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hi",
        "I like it.me too",
        "see you @ home",
        "It is 12.05.1998 14:30",
        "1000000 people and 1 000 000 more",
        "ages 18 19 20 21",
        "Hello.How are you.I am fine",
        "pi is 3.14159",
        "oh snap",
        "the zapping of channels",
        "big right light",
        "12:30 - 14:45 - 16:50",
        "тгк не знаю",
        "я живу в Тбилиси",
        "это вкусно",
        "2024-05-12",
        "5/10 or 10/10",
        "AC/DC",
        "and/or",
        "...",
        "🙂🙂🙂",
        "i am so. do you agree?",
        "go.to the door",
    ],
)
def test_what_people_say_is_no_hook(text):
    assert not read(text).hooks


@pytest.mark.parametrize(
    "texts",
    [
        (
            "Hello, World!",
            "hello world",
            "HELLO... WORLD",
            "Ｈｅｌｌｏ world",
            "h\u200bello wor\u00adld",
            "hello world",
            "Неllо world",
            "🔥hello🔥world🔥",
            "h e l l o world",
        ),
        ("Привет, мир", "ПРИВЕТ МИР", "пpивeт миp"),
        ("سلام ي ك", "سلام ی ک", "سـلام ی ک", "سَلام ی ک"),
    ],
)
def test_disguises_have_one_form(texts):
    assert len({read(text).form for text in texts}) == 1


def test_one_place_has_one_name_however_it_is_written():
    names = [read(text).contacts for text in ("t.me/Girls_24", "https://t.me/girls_24", "@girls_24", "T . me / girls_24")]
    assert len(set(names)) == 1
    assert read("+7 912 345-67-89").contacts == read("89123456789").contacts


def test_names_of_services_lead_to_no_one_place():
    assert read("do you have instagram?").contacts == frozenset()


def test_another_address_in_the_same_advert_changes_its_form_little():
    one, other = (
        sketch(read(f"Hot girls wait for you, first hour free, write to {to}").form) for to in ("@girls_1", "t.me/boys")
    )
    assert alike(one, other)


@given(st.text(max_size=300))
def test_no_text_makes_it_fail(text):
    reading = read(text)
    assert reading.contacts <= reading.hooks
    if len(reading.form) >= 3:
        made = sketch(reading.form)
        assert 0 < len(made) <= 4 * HASHES
        assert similarity(made, made) == 1.0


def test_a_very_long_text_is_read_at_both_ends():
    assert read("blah " * 5000 + "t.me/girls").hooks
    assert read("t.me/girls " + "blah " * 5000).hooks
