"""Types of the fields of settings. `extra["unit"]` is shown to people."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

Count = Annotated[int, Meta(ge=1)]
Natural = Annotated[int, Meta(ge=0)]
Seconds = Annotated[float, Meta(gt=0, extra={"unit": "seconds"})]
Span = Annotated[float, Meta(ge=0, extra={"unit": "seconds"})]
"""A duration that may be 0."""
Minutes = Annotated[float, Meta(gt=0, extra={"unit": "minutes"})]
MinutesSpan = Annotated[float, Meta(ge=0, extra={"unit": "minutes"})]
Age = Annotated[int, Meta(ge=0, le=150, extra={"unit": "years"})]
Rate = Annotated[float, Meta(gt=0, extra={"unit": "a second"})]
"""Events a second."""

PlanId = Annotated[str, Meta(pattern="^[a-z0-9-]{1,16}$")]
"""Of what is sold: it goes into the data of a button and the payload of an invoice."""
Title = Annotated[str, Meta(min_length=1, max_length=32)]
Description = Annotated[str, Meta(min_length=1, max_length=255)]
"""Telegram's bounds of an invoice."""


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass
