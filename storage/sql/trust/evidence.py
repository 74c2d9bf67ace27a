"""Evidence as bytes, and back: what `Said` holds, as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import orjson

from domain.trust.reports import Said


def write_evidence(said: Sequence[Said]) -> bytes:
    return orjson.dumps([asdict(each) for each in said])


def read_evidence(plain: bytes) -> tuple[Said, ...]:
    return tuple(Said(**{**each, "earlier": tuple(each["earlier"])}) for each in orjson.loads(plain))


def context_of(number: int) -> str:
    """What the ciphertext is bound to, so that evidence of one report is not shown for another."""
    return f"report {number}"
