"""What msgspec says of a value that it refuses, in words of people who have never seen its types."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

TYPES = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number with a fraction",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "datetime": "a date with a time",
}
WANTED = {**TYPES, "float": "a number"}
"""Where a float is wanted, a whole number will do."""
BOUNDS = {">=": "at least", ">": "more than", "<=": "at most", "<": "less than"}
PARTS = {"str": ("character", "characters"), "array": ("entry", "entries"), "object": ("key", "keys")}


def _wanted(names: str) -> str:
    return " or ".join(WANTED.get(each, each) for each in names.split(" | "))


def _parts(kind: str, number: str) -> str:
    one, many = PARTS[kind]
    return f"{number} {one if number == '1' else many}"


def _length(found: re.Match[str]) -> str:
    kind, bound, number = found.groups()
    if (bound, number) == (">=", "1"):
        return "may not be empty"
    return f"{'needs' if bound == '>=' else 'may have'} {BOUNDS[bound]} {_parts(kind, number)}"


Words = Callable[[re.Match[str]], str]
RULES: Sequence[tuple[str, Words]] = (
    (r"Expected `(str|array|object)` of length (>=|<=) (\d+)", _length),
    (r"Expected `(array)` of length (\d+), got (\d+)", lambda found: f"needs {_parts(found[1], found[2])}, not {found[3]}"),
    (r"Expected `(?:int|float)` (>=|>|<=|<) (\S+)", lambda found: f"must be {BOUNDS[found[1]]} {float(found[2]):.15g}"),
    (r"Expected `str` matching regex .+", lambda _: "is not written in the way that is needed"),
    (r"Expected `([^`]+)`, got `([^`]+)`", lambda found: f"must be {_wanted(found[1])}, not {TYPES.get(found[2], found[2])}"),
    (r"Invalid enum value .+", lambda _: "is none of the known values"),
    (r"Object missing required field `[^`]*`", lambda _: "is missing"),
    (r"Object contains unknown field `[^`]*`", lambda _: "is not known here"),
)
"""The first that fits is used."""


def in_words(refusal: str, subject: str) -> str:
    """Such as "it may not be empty". `refusal`: msgspec's text without its place. One of our own rules stays."""
    fitting = ((re.fullmatch(pattern, refusal, re.DOTALL), words) for pattern, words in RULES)
    return next((f"{subject} {words(found)}" for found, words in fitting if found), refusal)
