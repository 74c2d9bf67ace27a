"""What looks like a secret, and how a text is shown without it. This is the only rule for it: logs, errors, the command line
and the panel all use it, because an operator may have written a secret into the wrong place.

It hides the secret part of a bot token, the password in an address, the value behind "password=" and its like, and long random
keys in hexadecimal or base64. A short password alone cannot be told from a word.

*Invariant*: every rule needs linear time for any text, since logs contain what strangers cause to be written.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

HIDDEN = "***"
TOKEN = re.compile(r"(?<!\d)(\d{3,20})(:|%3[Aa])[A-Za-z0-9_-]{20,}")
WORD = re.compile(r"\S+")
NAMED = re.compile(
    r"""(?<![A-Za-z0-9_])((?:[A-Za-z0-9_]{0,40}?)
        (?:password|passwd|passphrase|pwd|secret|token|tokens|api_?key|api_?hash|encryption_?key)\s?=\s?)
        (?!\d{1,9}\b)('[^']*'|"[^"]*"|[^\s&;,'"]+)""",
    re.VERBOSE | re.IGNORECASE,
)
"""A number of up to nine digits behind the name is a count or a version, not a secret."""
RUN = re.compile(r"(?<![A-Za-z0-9+/_-])(?<!\bt\.)[A-Za-z0-9+/_-]{32,}={0,2}")
"""Signs of a key. The path of an invitation (t.me/…) is no key: it is meant to be read."""
SCHEME = re.compile(r"""(?:^(?:[^:]*/)?|["'=(\[{,<>])[A-Za-z][A-Za-z0-9+.-]*:/""")
"""Of an address. What stands behind a colon is a password, also where it looks like a scheme."""
HEX = re.compile(r"(?<![0-9A-Za-z])[0-9a-fA-F]{32,}(?![0-9A-Za-z])")
SEPARATORS = str.maketrans("", "", "+/_-=")
MIXED = 0.35
"""In random base64, 0.62 of all neighbours are of different kinds (upper, lower, digit). In paths and names it is 0.3. One key of
32 bytes in two thousand is below this share, or has no digit.
"""


def redacted(text: str) -> str:
    """The text, with `***` in place of what looks like a secret."""
    text = TOKEN.sub(rf"\1\2{HIDDEN}", text)
    if "@" in text and ":" in text:
        text = WORD.sub(lambda word: _without_password(word[0]), text)
    if "=" in text:
        text = NAMED.sub(rf"\1{HIDDEN}", text)
    return RUN.sub(lambda run: _without_key(run[0]), text)


def redacted_value(value: Any) -> Any:
    """A value of plain containers, with every text in it redacted."""
    match value:
        case str():
            return redacted(value)
        case dict():
            return {redacted_value(key): redacted_value(each) for key, each in value.items()}
        case list() | tuple():
            return type(value)(map(redacted_value, value))
        case _:
            return value


def _without_password(word: str) -> str:
    """Hides what stands between the user's name and the last @ of user:password@host, with or without a scheme."""
    account, at, place = word.rpartition("@")
    scheme = SCHEME.search(account)
    colon = account.find(":", scheme.end()) if scheme else account.find(":")
    if scheme and colon < 0 and not account.startswith(scheme[0]):
        colon = account.find(":")
    if not at or colon < 0 or not _is_password(account[colon + 1 :], schemed=scheme is not None):
        return word
    return f"{account[: colon + 1]}{HIDDEN}@{place}"


def _is_password(text: str, *, schemed: bool) -> bool:
    """Without a scheme quotes speak against it: such a word is rather a piece of JSON."""
    return bool(text) and (schemed or not set(text) & set("'\"([{"))


def _without_key(run: str) -> str:
    if HEX.search(run):
        return HEX.sub(HIDDEN, run)
    return HIDDEN if _is_random(run) else run


def _is_random(run: str) -> bool:
    if not set(run) & set("0123456789+="):
        return False
    kinds = [_kind(sign) for sign in run.translate(SEPARATORS)]
    changes = sum(one != other for one, other in pairwise(kinds))
    return changes >= MIXED * (len(kinds) - 1)


def _kind(sign: str) -> int:
    return 0 if sign.isdigit() else 1 if sign.islower() else 2
