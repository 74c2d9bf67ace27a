"""Reading what people type. Nothing here fails on any text."""

from __future__ import annotations


def read_age(typed: str) -> int | None:
    """A whole number in decimal digits of any script, with or without a sign; None for anything else."""
    word = typed.strip()
    digits = word[1:] if word[:1] in {"+", "-"} else word
    if not digits.isdecimal():
        return None
    size = int(digits[:6]) if len(digits) <= 6 else 10**6
    return -size if word[0] == "-" else size


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
