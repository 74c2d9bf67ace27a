"""How somebody logs in: codes, the numbers of the question in Telegram, times.

Somebody names an admin at a browser. The browser shows a code and a number of two digits. The admin sends the code to any bot,
which asks for the number on the screen by six buttons. A code that a stranger made somebody send is of no use to the stranger:
the number is on the stranger's screen.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from enum import StrEnum

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without 0, 1, I and O, which look like others."""
LENGTH = 8
"""Letters of a code: 40 bits."""
GROUP = 4
LIFE = 120.0
"""Seconds for which a code, and a question, is good."""
LINK_LIFE = 60.0
"""Seconds for which a link that was made on the machine is good; and an answer, once it was given."""
CHOICES = 6
"""Buttons with a number."""
FIRST_NUMBER, NUMBERS = 10, 90
"""Two digits."""
LINK = "login_"
"""Begins the argument of /start where somebody opens the link of a code."""
PRESS = "admin"
"""Begins the data of the question's buttons."""
NOT_ME = "no"

FIRST_WAIT, LONGEST_WAIT = 1.0, 900.0
"""Seconds after the first wrong code, and at most; each wrong code doubles them."""
FORGOTTEN = 3600.0
"""Seconds after which wrong codes are forgotten."""


class State(StrEnum):
    """Of a log-in, or of an answer that an act needs."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    EXPIRED = "expired"
    """Too late, or the answer was no."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Where a request comes from."""

    address: str = ""
    """IP address."""
    browser: str = ""
    """The User-Agent header."""


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def in_groups(code: str) -> str:
    """As people read it: two groups of four."""
    return " ".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def read_code(typed: str) -> str:
    """As `new_code` makes it, from what somebody typed. Case, spaces and hyphens do not count. Empty where it is no code."""
    code = "".join(sign for sign in typed.upper() if sign.isalnum())
    return code if len(code) == LENGTH and all(sign in ALPHABET for sign in code) else ""


def new_secret() -> str:
    """For a cookie or a link: 256 random bits."""
    return secrets.token_urlsafe(32)


def new_reference() -> str:
    """How lists name a session or a question. It opens nothing."""
    return secrets.token_hex(8)


def number_of(key: bytes, question: str) -> int:
    """The number on the screen. It comes from the key, so no table has it."""
    return FIRST_NUMBER + _drawn(key, f"number {question}") % NUMBERS


def choices_of(key: bytes, question: str) -> tuple[int, ...]:
    """The numbers of the buttons, all different, one of them right. The same each time."""
    right, at = number_of(key, question), 0
    found = [right]
    while len(found) < CHOICES:
        other = FIRST_NUMBER + _drawn(key, f"choice {at} {question}") % NUMBERS
        at += 1
        if other not in found:
            found.append(other)
    return tuple(sorted(found, key=lambda number: _drawn(key, f"place {number} {question}")))


def wait_after(failures: int) -> float:
    """Seconds until the next code is looked at, after so many wrong ones in a row."""
    if failures < 1:
        return 0.0
    return min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(failures - 1, 30))


def _drawn(key: bytes, what: str) -> int:
    return int.from_bytes(hmac.digest(key, what.encode(), "sha256")[:8], "big")
