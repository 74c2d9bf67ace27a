"""Reads what people type. No text makes these functions fail.

Texts are never compared by code points: keyboards, apps and copying add characters that nobody sees. `normal_form` is the one
form in which labels, commands and ages are compared. Only the comparison uses it: what is relayed stays as it was written.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from domain.model.content import Text

IGNORED = (
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    r"\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    r"\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"
)
"""Characters without a shape, for a regular expression: Unicode's Default_Ignorable_Code_Point (variation selectors, zero-width
characters, direction marks, BOM, soft hyphen, fillers, tags), annotation marks, and control characters that are no white space.
"""
UNSEEN = re.compile(f"[{IGNORED}]+")
LEADING = re.compile(rf"[\s{IGNORED}]*")
DIGIT = re.compile(r"\d")
FOREIGN_DIGIT = re.compile(r"[^\D0-9]")
ENDINGS = " .,!;:。、،؛۔।"  # noqa: RUF001 - the full stop of Urdu
"""Closing punctuation that keyboards and habit put behind a word."""

SLASHES = frozenset("/\uff0f")
COMMAND = re.compile(r"/(?P<name>[a-z0-9_]{1,64})(?:@(?P<bot>\w*+))?+(?![\w/\\<>])")
"""A command in normal form, as Telegram's apps find it at the beginning of a text. A backslash behind it makes it no command,
unlike in the apps, because of drawn faces such as `/o\\`.
"""
LONGEST_NAME = 32
"""Letters of a command's name at most, as BotFather registers it. Telegram marks names of up to 64."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedCommand:
    name: str
    """In lower case, without the slash."""
    bot: str = ""
    """The username behind the @, in lower case: whose command it is. Empty where none is named."""
    argument: str = ""
    """What follows the first white space, as it was written."""


def normal_form(text: str) -> str:
    """Texts that differ only in what a person does not mean by it have the same normal form.

    - Characters without a shape are left out (`IGNORED`).
    - Compatible characters are one (NFKC): composed and decomposed letters, full-width forms, styled letters. Look-alike
      letters of other scripts stay different.
    - Case does not count, and digits of any script are 0 to 9. "ß" stays "ß": `/straße` must not become `/strasse`.
    - White space of any kind and length is one space; none is left at the ends.
    - Closing punctuation is left out (`ENDINGS`).
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", UNSEEN.sub("", text))
        text = unicodedata.normalize("NFKC", DIGIT.sub(_ascii_digit, text.lower()))
    return " ".join(UNSEEN.sub("", text).lower().split()).rstrip(ENDINGS)


def is_plain(text: str) -> bool:
    """Whether letters and digits are those of the normal form already, but for case. Much cheaper to tell than to make."""
    return text.isascii() or (
        unicodedata.is_normalized("NFKC", text) and UNSEEN.search(text) is None and FOREIGN_DIGIT.search(text) is None
    )


def read_command(text: Text) -> TypedCommand | None:
    """The slash command with which a text begins; None for ordinary text, such as `1/2`, `//comment`, `/usr/bin` and `/ `.

    A name has 1 to 32 letters, digits and _ of ASCII, or up to 64 where Telegram has marked it (`bot_command`). An @ and a
    username may follow; then no letter, digit, slash, backslash, < or >. White space and what is invisible may stand before it.
    """
    shown = LEADING.sub("", text.text, count=1)
    if shown[:1] not in SLASHES:
        return None
    word, *rest = shown.split(maxsplit=1)
    found = COMMAND.match(normal_form(word))
    if found is None or (len(found["name"]) > LONGEST_NAME and not _marked(text, len(text.text) - len(shown))):
        return None
    return TypedCommand(name=found["name"], bot=found["bot"] or "", argument=rest[0].strip() if rest else "")


def read_age(typed: str) -> int | None:
    """Reads a whole number in decimal digits of any script, with or without a sign. None for another text; 10**6 if huge.

    Raised and circled digits are none, although they have the normal form of digits.
    """
    text = normal_form(typed)
    digits = text[1:] if text[:1] in {"+", "-"} else text
    if not (digits.isascii() and digits.isdecimal()) or any(each.isnumeric() and not each.isdecimal() for each in typed):
        return None
    number = int(digits) if len(digits) <= 6 else 10**6
    return -number if text[0] == "-" else number


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _ascii_digit(digit: re.Match[str]) -> str:
    return str(unicodedata.decimal(digit[0]))


def _marked(text: Text, begin: int) -> bool:
    """Whether Telegram has marked a command there."""
    offset = utf16_length(text.text[:begin])
    return any(entity.kind == "bot_command" and entity.offset == offset for entity in text.entities)
