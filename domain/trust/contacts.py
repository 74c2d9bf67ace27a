"""Finds contacts in what people write: Telegram's addresses, @names, numbers, mail, names of other services. Pure.

Spelling does not count (`domain.session.typed.normal_form`). A text without a contact, which is nearly any, costs a few
microseconds. The words of Telegram itself are no contact, because all talks are there: only a name or an address is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from domain.model.content import Content, Poll, Text, captions_of, media_of
from domain.session.typed import is_plain, normal_form


class ContactKind(StrEnum):
    TELEGRAM = "telegram"
    """@name, t.me/name, tg://…"""
    PHONE = "phone"
    """A number of 7 digits or more."""
    MAIL = "mail"
    SERVICE = "service"
    """The name of another service, such as insta or whatsapp."""


@dataclass(frozen=True, slots=True)
class Contact:
    kind: ContactKind
    value: str
    """In lower case: one contact has one value, however it is written. A name has no @, and of a phone number only the digits
    count.
    """


SERVICES = "insta inst snap whats wasap guasap wpp zap vk fb kik onlyfan вк инст инсте инсту инсты"
"""Whole words."""
SERVICE_WORDS = frozenset(SERVICES.split())
STEMS = (
    "instagr whatsap whatsup snapchat onlyfans tiktok discord facebook messenger viber wechat skype fansly vkontakte "
    "инста вотсап ватсап вацап вайбер снапчат тикток дискорд фейсбук вконтакт скайп اینستا واتس اسنپ انستا سناب"
)
"""Beginnings of words: languages add endings."""
BEGINNINGS = tuple(STEMS.split())
SHORT = re.compile(r"(?:my|ur|your|on|add|me|мой|моя|твой) (?:ig|sc|wa)\b")
"""Abbreviations that mean something else without the word before them."""
SHORT_WORDS = frozenset({"ig", "sc", "wa"})
SHORTEST = 4
"""Letters of the shortest beginning."""
MAYBE = frozenset(word[:SHORTEST] for word in (*SERVICE_WORDS, *BEGINNINGS, *SHORT_WORDS))
"""How words begin that have to be looked at."""

ADDRESS = re.compile(
    r"(?:(?<![\w.])(?:t\.me|telegram\.(?:me|dog))/(?:s/|joinchat/)?@?|tg://[a-z]*/?\??(?:domain=)?)([\w+-]{0,64})"
)
OWN_HOST = re.compile(r"(?<![\w.])([a-z]\w{3,31})\.t\.me\b")
NAME = re.compile(r"[a-z]\w{3,31}(?!\w)", re.ASCII)
DIGITS = re.compile(r"\d(?:[\s()./-]{0,3}\d){6,}")
DATE = re.compile(r"\d{1,4}([./-])\d{1,2}\1\d{1,4}(?: .*)?")
MAIL_BEFORE = re.compile(r"[\w.+-]{1,64}$")
MAIL_AFTER = re.compile(r"[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
PUNCTUATION = str.maketrans(dict.fromkeys("!\"#$%&'()*+,-./:;<=>?@[\\]^`{|}~_…«»“”„—–،؛؟", " "))  # noqa: RUF001 - it is of other scripts


def contacts_in(text: str) -> tuple[Contact, ...]:
    """Each once, in no certain order."""
    shown = text.lower() if is_plain(text) else normal_form(text)
    found = list(_found(shown))
    return tuple(dict.fromkeys(found)) if found else ()


def contacts_of(content: Content) -> tuple[Contact, ...]:
    """Those in its texts, in hidden addresses, and in the names that its sender gave to a file."""
    if isinstance(content, Text) and not content.entities:
        return contacts_in(content.text)
    return tuple(dict.fromkeys(contact for text in texts_of(content) for contact in contacts_in(text)))


def texts_of(content: Content) -> Iterator[str]:
    """All that is read in a content."""
    match content:
        case Text():
            yield from _texts(content)
        case Poll(question=question, options=options, solution=solution):
            for each in (question, *options, solution):
                yield from _texts(each)
        case _:
            for caption in captions_of(content):
                yield from _texts(caption)
            for media in media_of(content):
                yield from filter(None, (media.file_name, media.title, media.performer))


def _texts(text: Text) -> Iterator[str]:
    if text.text:
        yield text.text
    for entity in text.entities:
        if entity.kind == "text_url":
            yield entity.value


def _found(shown: str) -> Iterator[Contact]:
    if "@" in shown:
        yield from _by_sign(shown)
    if "t.me" in shown or "tg://" in shown or "telegram." in shown:
        for found in (*ADDRESS.finditer(shown), *OWN_HOST.finditer(shown)):
            yield Contact(ContactKind.TELEGRAM, found[1])
    for found in DIGITS.finditer(shown):
        if _is_phone(found[0]):
            yield Contact(ContactKind.PHONE, "".join(filter(str.isdigit, found[0])))
    for word in [each for each in shown.translate(PUNCTUATION).split() if each[:SHORTEST] in MAYBE]:
        if word in SERVICE_WORDS or word.startswith(BEGINNINGS) or (word in SHORT_WORDS and SHORT.search(shown)):
            yield Contact(ContactKind.SERVICE, word)


def _by_sign(shown: str) -> Iterator[Contact]:
    """Names and mail addresses: what stands around each @."""
    at = shown.find("@")
    while at >= 0:
        after = MAIL_AFTER.match(shown, at + 1)
        if after and (before := MAIL_BEFORE.search(shown[max(0, at - 64) : at])):
            yield Contact(ContactKind.MAIL, f"{before[0]}@{after[0]}")
        elif not (at and shown[at - 1].isalnum()) and (name := NAME.match(shown, at + 1)):
            yield Contact(ContactKind.TELEGRAM, name[0])
        at = shown.find("@", at + 1)


def _is_phone(written: str) -> bool:
    """Dates, round numbers and one digit again and again are none."""
    digits = "".join(filter(str.isdigit, written))
    return len(set(digits)) > 1 and not digits.endswith("000000") and DATE.fullmatch(written) is None
