"""Pages of lists: how many rows, and where the next page begins."""

from __future__ import annotations

import base64
import binascii
import math
import re
from typing import Annotated

from msgspec import Meta

from domain.ports.people import After
from web.api.errors import Refused

Limit = Annotated[int, Meta(ge=1, le=200)]
Cursor = Annotated[str, Meta(max_length=120, pattern="^[A-Za-z0-9_-]*$")]
"""Opaque: `next` of the page before. Empty: the first page."""

ID = re.compile(r"-?[0-9]{1,18}|[0-9a-zA-Z_-]{1,60}")


def cursor(at: float, id_: int | str) -> str:
    return base64.urlsafe_b64encode(f"{at!r} {id_}".encode()).decode().rstrip("=")


def after(text: str, *, whole: bool = False) -> After:
    """`whole`: ids of this list are numbers. Raises `Refused` for what is no cursor of ours."""
    if not text:
        return After()
    try:
        at, _, id_ = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition(" ")
        found = After(float(at), id_)
    except (binascii.Error, ValueError) as error:
        raise _unknown() from error
    if not math.isfinite(found.at) or not ID.fullmatch(found.id) or (whole and not re.fullmatch(r"-?[0-9]{1,18}", found.id)):
        raise _unknown()
    return found


def _unknown() -> Refused:
    return Refused("invalid", "This is not where a page of this list begins.", field="after")
