"""What msgspec refuses is said in words; its own texts are read here as they come, so that a release with others is noticed."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import msgspec
import pytest

from domain.refusals import in_words


class Colour(Enum):
    RED = "red"


class Form(msgspec.Struct, forbid_unknown_fields=True):
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=3)]
    code: Annotated[str, msgspec.Meta(min_length=2, pattern="^[a-z]+$")] = "aa"
    age: Annotated[int, msgspec.Meta(ge=1, le=5)] = 2
    share: Annotated[float, msgspec.Meta(gt=0, lt=0.5)] = 0.25
    colour: Colour = Colour.RED
    few: Annotated[list[int], msgspec.Meta(max_length=1)] = []
    pair: tuple[int, int] = (1, 2)
    maybe: int | None = None
    on: bool = False
    more: dict[str, int] = {}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"name": ""}, "may not be empty"),
        ({"name": "long"}, "may have at most 3 characters"),
        ({"name": 7}, "must be a text, not a whole number"),
        ({"name": "x", "code": "a"}, "needs at least 2 characters"),
        ({"name": "x", "code": "A1"}, "is not written in the way that is needed"),
        ({"name": "x", "age": 0}, "must be at least 1"),
        ({"name": "x", "age": 6}, "must be at most 5"),
        ({"name": "x", "age": 2.5}, "must be a whole number, not a number with a fraction"),
        ({"name": "x", "share": 0}, "must be more than 0"),
        ({"name": "x", "share": 0.5}, "must be less than 0.5"),
        ({"name": "x", "share": "much"}, "must be a number, not a text"),
        ({"name": "x", "colour": "blue"}, "is none of the known values"),
        ({"name": "x", "few": [1, 2]}, "may have at most 1 entry"),
        ({"name": "x", "few": {}}, "must be a list, not an object"),
        ({"name": "x", "pair": [1]}, "needs 2 entries, not 1"),
        ({"name": "x", "maybe": "7"}, "must be a whole number or null, not a text"),
        ({"name": "x", "on": None}, "must be true or false, not null"),
        ({"name": "x", "more": []}, "must be an object, not a list"),
        ({"name": "x", "size": 1}, "is not known here"),
        ({}, "is missing"),
    ],
    ids=str,
)
def test_what_is_wrong_is_said_in_words(given, told):
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.convert(given, Form)
    assert in_words(str(refused.value).partition(" - at ")[0], "it") == f"it {told}"


def test_a_text_of_another_form_stays():
    assert in_words("Expected a miracle", "it") == "Expected a miracle"
