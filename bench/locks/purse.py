"""What somebody should have in credits, by what their phone has shown."""

from __future__ import annotations

import re
from dataclasses import dataclass

TOLD = ("You have locked this chat",)
NOTHING_PAID = ("Nothing was paid", "nothing was paid", "and this costs")
BACK = re.compile(r"(\d+) credits? (?:has|have) come back")
VOIDED = re.compile(r"yours again: (\d+) credit")
RECEIPT = re.compile(r"\d+ min for (\d+) credits?\.")


@dataclass(slots=True)
class Press:
    """A press of a duration, known by the message that has the button. Pressed again it is the same."""

    price: int
    told: bool = False
    """That the chat is locked."""
    receipt: bool = False
    refused: bool = False
    with_others: bool = False
    """Refused by an answer that may have been that of another press."""

    @property
    def bought(self) -> bool:
        return self.told or self.receipt

    @property
    def answered(self) -> bool:
        return self.bought or self.refused


class Purse:
    def __init__(self) -> None:
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
        return self._presses.setdefault(message, Press(price))

    def shows(self, text: str) -> None:
        """A message or an answer to a press, of the bot."""
        if any(words in text for words in TOLD):
            self._is_told(text)
        elif any(words in text for words in NOTHING_PAID):
            self._are_refused([press for press in self._presses.values() if not press.answered])
        elif back := BACK.search(text):
            self.receives(int(back[1]))
        elif voided := VOIDED.search(text):
            self._is_voided(int(voided[1]))

    def shows_edit(self, message: int, text: str) -> None:
        if (press := self._presses.get(message)) is not None and (receipt := RECEIPT.search(text)):
            press.receipt = True
            if int(receipt[1]) != press.price:
                self.oddities.append(f"paid {receipt[1]} for what cost {press.price}")

    def _are_refused(self, presses: list[Press]) -> None:
        for press in presses:
            press.refused, press.with_others = True, len(presses) > 1

    def _is_voided(self, price: int) -> None:
        """The notice names no press. It is one whose answer was not certain, or that was passed over; else one that was told to
        hold, and was lost before it was booked; else the last one, which may still be answered.
        """
        possible = [each for each in self._presses.values() if each.price == price and (each.with_others or not each.refused)]
        press = min(possible, key=self._is_answered, default=None)
        if press is not None:
            press.told, press.receipt, press.refused, press.with_others = False, False, True, False

    def _is_answered(self, press: Press) -> int:
        """From 0, certainly not, to 3, perhaps soon."""
        if press.with_others:
            return 0
        if press.bought:
            return 2
        return 3 if press is [*self._presses.values()][-1] else 1

    def _is_told(self, text: str) -> None:
        """Locks are told in their order. One that was refused first can only be the last choice."""
        waiting = sorted((press for press in self._presses.values() if not press.told), key=lambda press: press.refused)
        if waiting:
            waiting[0].told = True
        else:
            self.oddities.append(f"not bought: {text}")
