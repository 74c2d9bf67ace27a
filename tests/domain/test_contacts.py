"""Which texts have a contact: by kind and by language, and which only look so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.model.content import Entity, FileRef, Media, MediaKind, Poll, Text
from domain.trust.contacts import Contact, ContactKind, contacts_in, contacts_of

TELEGRAM, PHONE, MAIL, SERVICE = ContactKind


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("write me @ivan_petrov", TELEGRAM, "ivan_petrov"),
        ("(@Ivan_Petrov)", TELEGRAM, "ivan_petrov"),
        ("@ivan_petrov.", TELEGRAM, "ivan_petrov"),
        ("https://t.me/Ivan_Petrov", TELEGRAM, "ivan_petrov"),
        ("t.me/ivan_petrov?start=1", TELEGRAM, "ivan_petrov"),
        ("T.ME/+AbCdEf", TELEGRAM, "+abcdef"),
        ("telegram.me/ivan_petrov", TELEGRAM, "ivan_petrov"),
        ("ivan_petrov.t.me", TELEGRAM, "ivan_petrov"),
        ("tg://resolve?domain=ivan_petrov", TELEGRAM, "ivan_petrov"),
        ("@iv\u200ban_petrov", TELEGRAM, "ivan_petrov"),
        ("\uff20ivan_petrov", TELEGRAM, "ivan_petrov"),
        ("call +49 (151) 234-56-78", PHONE, "491512345678"),
        ("5551234", PHONE, "5551234"),
        ("۰۹۱۲۳۴۵۶۷۸۹", PHONE, "09123456789"),
        ("501 234 567", PHONE, "501234567"),
        ("Ivan.Petrov+x@mail.example.org!", MAIL, "ivan.petrov+x@mail.example.org"),
        ("my insta: ivan", SERVICE, "insta"),
        ("add me on WhatsApp", SERVICE, "whatsapp"),
        ("instagram.com/ivan", SERVICE, "instagram"),
        ("what is your ig", SERVICE, "ig"),
        ("лови в инсте", SERVICE, "инсте"),
        ("есть инстаграм?", SERVICE, "инстаграм"),
        ("есть вк", SERVICE, "вк"),
        ("اینستا داری؟", SERVICE, "اینستا"),
        ("me pasas tu wasap", SERVICE, "wasap"),
        ("chama no zap", SERVICE, "zap"),
        ("عندك سناب؟", SERVICE, "سناب"),
    ],
)
def test_a_contact_is_found(text, kind, value):
    assert Contact(kind, value) in contacts_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "how are you? I am 23, from Berlin.",
        "see you at 18:30 on 24.12.2025",
        "it was 2025-01-31 12:00",
        "I earn 1 000 000 a month",
        "55555555",
        "11111111111",
        "@me",
        "10 @ home",
        "an instant, installed instead",
        "that is so funny ig",
        "this bot on Telegram is nice",
        "п" * 4096,
        "",
        "...",
        "@",
        "a@",
        "@@@@",
    ],
)
def test_what_only_looks_like_a_contact_is_none(text):
    assert contacts_in(text) == ()


def test_one_contact_written_in_two_ways_is_one():
    assert contacts_in("@Ivan_Petrov or https://t.me/ivan_petrov") == (Contact(TELEGRAM, "ivan_petrov"),)


def test_all_that_is_read_in_a_content_is_looked_at():
    file = FileRef(bot=1, id=1, access_hash=1, reference=b"", unique_id="x")
    hidden = Text(text="here", entities=(Entity("text_url", 0, 4, "https://t.me/ivan_petrov"),))
    poll = Poll(question=Text(text="?"), options=(Text(text="a"), Text(text="@ivan_petrov")))
    named = Media(kind=MediaKind.DOCUMENT, file=file, file_name="@ivan_petrov.pdf")
    song = Media(kind=MediaKind.AUDIO, file=file, performer="t.me/ivan_petrov")
    captioned = Media(kind=MediaKind.PHOTO, file=file, caption=hidden)
    for content in (hidden, poll, named, song, captioned):
        assert contacts_of(content)[0].kind in {TELEGRAM, MAIL}


@given(st.text(alphabet="a@.t/me+1 -_ig@\u200bж", max_size=80) | st.text(max_size=200))
def test_no_text_makes_it_fail(text):
    for contact in contacts_in(text):
        assert contact.kind in ContactKind


@pytest.mark.parametrize("piece", ["a@", "@a.", "1 ", "t.me/", "1-", "a.", "@abcd", "12345-", "tg://", "\u200b1"])
def test_a_long_text_of_repeated_signs_is_read_in_linear_work(piece):
    assert isinstance(contacts_in(piece * (4096 // len(piece))), tuple)
