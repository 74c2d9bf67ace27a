"""Reads what people type. No text makes these functions fail."""

from __future__ import annotations


def read_age(typed: str) -> int | None:
    """Reads a whole number in decimal digits of any script, with or without a sign. None for another text; 10**6 if huge."""
    text = typed.strip()
    digits = text[1:] if text[:1] in {"+", "-"} else text
    if not digits.isdecimal():
        return None
    number = int(digits[:6]) if len(digits) <= 6 else 10**6
    return -number if text[0] == "-" else number


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
