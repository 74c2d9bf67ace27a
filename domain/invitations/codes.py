"""Codes of invitations: 12 characters of Crockford's base 32, which has neither I, L, O nor U. They are random: none tells whose
it is.
"""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12
PREFIX = "ref_"
"""How the argument of /start begins where somebody opens our link. Those of Telegram's affiliate programs begin with _tgr_."""
_READ_AS = str.maketrans("ILO", "110")


def read_code(argument: str) -> str:
    """The code in an argument of /start, in any case, with I, L and O read as digits. Empty where there is none."""
    if not (argument.isascii() and argument.startswith(PREFIX)):
        return ""
    code = argument.removeprefix(PREFIX).upper().translate(_READ_AS)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else ""


def link(bot: str, code: str) -> str:
    """`bot`: its user name."""
    return f"https://t.me/{bot}?start={PREFIX}{code}"
