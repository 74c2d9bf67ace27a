"""Thumbs up or down for the partner of a long chat, once. Counted only; nobody but admins sees the counters."""

from __future__ import annotations

from dataclasses import dataclass

from domain.model.ids import ChatId
from domain.model.inbound import ButtonPressed
from domain.ports.talk import Rating
from domain.session.context import Context, Step
from domain.session.effects import Rate
from domain.session.facts import Rated
from domain.session.feature import Button, Feature
from domain.session.replies import toast

_TOASTS = {Rating.COUNTED: "rated", Rating.AGAIN: "rated-already", Rating.UNKNOWN: "old-button"}


@dataclass(frozen=True, slots=True)
class Vote:
    chat: ChatId
    up: bool
    seal: str


def _rate(context: Context, pressed: ButtonPressed, vote: Vote) -> Step:
    return context.session, [Rate(chat=vote.chat, up=vote.up, seal=vote.seal, pressed=pressed)]


def _rated(context: Context, rated: Rated) -> Step:
    return context.session, [toast(context.session, rated.pressed, _TOASTS[rated.rating])]


def _vote(rest: str) -> Vote | None:
    match rest.split(":"):
        case ["up" | "down" as which, chat, seal] if chat and seal:
            return Vote(ChatId(chat), which == "up", seal)
        case _:
            return None


FEATURE = Feature(
    name="rating",
    buttons=(Button(prefix="rate", parse=_vote, handler=_rate),),
    facts={Rated: _rated},
)
