"""The form in which two texts are compared, and the hooks in a text: what leads a reader out of the chat.

The form has letters and digits only: no case, no spaces, no punctuation, no emoji, no marks on letters. Look-alike letters are
one, and three or more of one letter in a row are one. A hook is one mark, whatever it says, so that the same advert with another
address has nearly the same form.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from domain.session.typed import normal_form
from domain.trust.spam.services import LONG_NAMES, SHORT_NAMES

LONGEST = 1000
"""Letters of a text that are read: the first half and the last. More would cost time, and no advert needs it."""
MARK = "\ua66e"
"""Stands for a hook. A letter of no living language."""

_LOOK_ALIKES = str.maketrans(
    "авекмнорстухіїјѕһԁԛԝӏгέαορντικευχıℓ" + "يىكةٱ" + "ё",
    "abekmhopctyxiijshdqwlreaopvtikeuxil" + "ییکها" + "e",
)  # fmt: skip
_MARKS = dict.fromkeys([*range(0x300, 0x370), *range(0x591, 0x5C8), 0x640, *range(0x64B, 0x660), 0x670, *range(0x1AB0, 0x1B00)])
_TABLE = _LOOK_ALIKES | _MARKS

_ENDS = (
    "com|net|org|info|biz|xyz|club|online|site|top|link|shop|store|live|fun|pro|vip|bet|casino|app|dev|io"
    "|ru|ir|рф|su|cc|tv|gg|br|es|mx|ua|kz"
)
_SHORT_ENDS = "me|to|ly|is|in|it|at|be|so|do|us|ai|co|la|sh"
_SPELLED = r"(?:dot|точка|тчк|ponto|punto)"
_SPELLED_DOT = rf"(?:\s?[(\[{{]\s?{_SPELLED}\s?[)\]}}]\s?|\s{_SPELLED}\s)"
_DOT = rf"(?:\s?\.\s?|{_SPELLED_DOT})"
SHORTEST_NUMBER = 7
"""Digits."""


def _read_alike(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFKD", text).translate(_TABLE)


def _named(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(_read_alike(normal_form(name)) for name in names)


_ADDRESSES = re.compile(
    _read_alike(
        rf"(?:https?:/+|www\s?\.)\s?[^\s]{{3,}}"
        rf"|\b(?:t|telegram|wa){_DOT}(?:me|dog)\s?(?:/\s?\S+)?"
        rf"|(?<![\w.+-])[\w.+-]++@[\w-]++\.[a-z]{{2,}}"
        rf"|(?<![\w@.])@[a-z]\w{{3,31}}"
        rf"|(?<![\w-])[\w-]{{2,}}+{_SPELLED_DOT}\w{{2,6}}\b(?:/\S*)?"
        rf"|(?<![\w-])[\w-]{{2,}}+\s?\.\s?(?:(?:{_ENDS})\b(?:/\S*)?|(?:{_SHORT_ENDS})/\S+)"
    )
)
_LEADS = re.compile(r"^(?:https?)?(?:www)?(?:(?:t|telegram)(?:me|dog))?")
_HINTS = re.compile(_read_alike(rf"[@/]|\.\s?[a-z\w]|{_SPELLED}"))
_NUMBERS = re.compile(r"(?<![\w.])\+?\d{3,}(?:-?\d){4,}(?!\w)|(?<![\w.])\+?\(?\d(?:[\s()-]{0,2}\d){8,}(?!\w)")
_DATES = re.compile(
    r"(?<![\d-])(?:\d{1,2}([./-])\d{1,2}\1(?:19|20)?\d{2}|(?:19|20)\d{2}-\d{1,2}-\d{1,2})(?![\d-])|\b\d{1,3}(?:[ ,.]?000)+\b"
)
_SHORT_NAMES = _named(name for names in SHORT_NAMES.values() for name in names)
_FIRST_WORDS = frozenset(name.split()[0] for name in _SHORT_NAMES)
_SHORT = re.compile(rf"\b(?:{'|'.join(map(re.escape, _SHORT_NAMES))})\b")
_LONG_NAMES = tuple(name.replace(" ", "") for name in _named(LONG_NAMES))
_LONG = re.compile("|".join(map(re.escape, _LONG_NAMES)))
_RUNS = re.compile(r"(.)\1{2,}")
_NO_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Reading:
    form: str
    hooks: frozenset[str] = frozenset()
    """In normal form."""
    contacts: frozenset[str] = frozenset()
    """Those of them that lead to one place: addresses, names and numbers, but no names of services."""


NOTHING = Reading("")


def read(text: str) -> Reading:
    """Never fails, whatever the text."""
    plain = _read_alike(normal_form(_cut(text)))
    contacts: set[str] = set()
    if _HINTS.search(plain) is not None:
        plain = _marked(_ADDRESSES, plain, contacts)
    if sum(map(str.isdigit, plain)) >= SHORTEST_NUMBER:
        plain = _marked(_NUMBERS, _DATES.sub(" ", plain), contacts)
    words = _RUNS.sub(r"\1", _NO_LETTERS.sub(" ", plain))
    services: set[str] = set()
    if not _FIRST_WORDS.isdisjoint(words.split()):
        words = _marked(_SHORT, words, services)
    form = words.replace(" ", "")
    if any(name in form for name in _LONG_NAMES):
        form = _marked(_LONG, form, services).replace(" ", "")
    return Reading(form, frozenset(contacts | services), frozenset(contacts))


def _cut(text: str) -> str:
    half = LONGEST // 2
    return text if len(text) <= LONGEST else f"{text[:half]} {text[-half:]}"


def _marked(pattern: re.Pattern[str], text: str, found: set[str]) -> str:
    """The text with a mark in place of each hit. `found` gets the hits, letters and digits only."""

    def replacement(hit: re.Match[str]) -> str:
        found.add(_one_name(_NO_LETTERS.sub("", hit[0])))
        return f" {MARK} "

    return pattern.sub(replacement, text)


def _one_name(contact: str) -> str:
    """One name for what leads to one place, however it is written: with or without https, as @name or t.me, with or without the
    country's code.
    """
    if contact.isdecimal():
        return contact[-9:]
    return _LEADS.sub("", contact) or contact
