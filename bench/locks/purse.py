"""What somebody should have in credits, by what their phone has shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

TOLD = ("You have locked this chat",)
NOTHING_PAID = ("Nothing was paid", "nothing was paid", "and this costs")
BACK = re.compile(r"(\d+) credits? (?:has|have) come back")
VOIDED = re.compile(r"yours again: (\d+) credit")
VOIDED_WITHIN = 30.0
"""Seconds from a press until the notice that it was void: it is settled after 10, and a bot is taken over in between."""
RECEIPT = re.compile(r"\d+ min for (\d+) credits?\.")


@dataclass(slots=True)
class Press:
    """A press of a duration, known by the message that has the button. Pressed again it is the same."""

    price: int
    told: bool = False
    """That the chat is locked."""
    receipt: bool = False
    refused: bool = False
    voided: bool = False
    """Its notice has come."""
    at: float = 0.0
    """On the purse's clock."""

    @property
    def bought(self) -> bool:
        return self.told or self.receipt

    @property
    def answered(self) -> bool:
        return self.bought or self.refused


class Purse:
    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._received = 0
        self._presses: dict[int, Press] = {}
        self.oddities: list[str] = []

    @property
    def credits(self) -> int:
        return self._received - sum(press.price for press in self._presses.values() if press.bought)

    @property
    def settled(self) -> bool:
        """Whether every press was answered."""
        return all(press.answered for press in self._presses.values())

    @property
    def has_bought(self) -> bool:
        return any(press.bought for press in self._presses.values())

    def __str__(self) -> str:
        return f"{self._received} received, {[*self._presses.values()]}"

    def receives(self, amount: int) -> None:
        self._received += amount

    def presses(self, message: int, price: int) -> Press:
        return self._presses.setdefault(message, Press(price, at=self._clock()))

    def shows(self, text: str) -> None:
        """A message or an answer to a press, of the bot."""
        if any(words in text for words in TOLD):
            self._is_told(text)
        elif any(words in text for words in NOTHING_PAID):
            for press in self._presses.values():
                press.refused = press.refused or not press.answered
        elif back := BACK.search(text):
            self.receives(int(back[1]))
        elif voided := VOIDED.search(text):
            self._is_voided(int(voided[1]))

    def shows_edit(self, message: int, text: str) -> None:
        if (press := self._presses.get(message)) is not None and (receipt := RECEIPT.search(text)):
            press.receipt = True
            if int(receipt[1]) != press.price:
                self.oddities.append(f"paid {receipt[1]} for what cost {press.price}")

    def _is_voided(self, price: int) -> None:
        """The notice names no press. It is the first of the last seconds that was refused, since a press that comes again after a
        crash reads that the chat is over, or of which nothing was told; else one that was told to hold, and was lost.
        """
        since = self._clock() - VOIDED_WITHIN
        lately = [press for press in self._presses.values() if press.price == price and press.at >= since and not press.voided]
        press = min(lately, key=lambda press: press.bought, default=None)
        if press is not None:
            press.told, press.receipt, press.refused, press.voided = False, False, True, True

    def _is_told(self, text: str) -> None:
        """Locks are told in their order. One that was refused first can only be the last choice."""
        waiting = sorted((press for press in self._presses.values() if not press.told), key=lambda press: press.refused)
        if waiting:
            waiting[0].told = True
        else:
            self.oddities.append(f"not bought: {text}")
