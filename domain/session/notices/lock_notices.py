"""The texts of locks: which id, arguments and buttons. The texts themselves are in `transport/texts/locale/`."""

from __future__ import annotations

from collections.abc import Sequence

from domain.locks.rules import Duration
from domain.model.events import ChatLocked
from domain.model.ids import ChatId
from domain.model.outgoing import Button, Notice, Rows
from domain.session.notices.notices import time_left


def offer(durations: Sequence[Duration], chat: ChatId, credits_: int, packs: Rows, language: str) -> Notice:
    """The durations with their prices, and packs of credits where not all of them can be paid."""
    short_of_some = credits_ < max(each.credits for each in durations)
    buttons = (*((_duration(each, chat),) for each in durations), *(packs if short_of_some else ()))
    return Notice(text="lock-offer", language=language, arguments={"credits": credits_}, buttons=buttons)


def short(credits_: int, price: int, packs: Rows, language: str) -> Notice:
    """Of somebody who cannot pay the price."""
    arguments: dict[str, str | int] = {"credits": credits_, "price": price, "packs": len(packs)}
    return Notice(text="lock-short", language=language, arguments=arguments, buttons=packs)


def receipt(duration: Duration, language: str) -> Notice:
    return Notice(text="lock-receipt", language=language, arguments={"minutes": duration.minutes, "credits": duration.credits})


def locked(event: ChatLocked, now: float, language: str) -> Notice:
    """Tells both members, the owner and whoever is kept in."""
    mine = "-mine" if event.owner == event.user else ""
    text = f"lock-extended{mine}" if event.extended else f"lock-set{mine}"
    return Notice(text=text, language=language, arguments=time_left(max(0.0, event.until - now)))


def locked_in(until: float, now: float, language: str) -> Notice:
    return Notice(text="locked-in", language=language, arguments=time_left(max(1.0, until - now)))


def _duration(duration: Duration, chat: ChatId) -> Button:
    data = f"lock:{duration.minutes}:{duration.credits}:{chat}"
    return Button("lock-duration", data=data, arguments={"minutes": duration.minutes, "credits": duration.credits})
