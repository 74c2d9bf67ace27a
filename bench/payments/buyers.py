"""People who buy VIP and credits by the buttons of their phones, and try again when something does not come."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from bench.payments.books import Bought
from tests.system.house import House
from tests.system.people import Message, Person

PLANS = {"7 days · 100 ⭐": 7, "30 days · 300 ⭐": 30}
PACKS = {"10 credits · 50 ⭐": 10, "25 credits · 110 ⭐": 25}
"""Label → days of VIP, or credits."""
MONTH_DAYS = 30
MENU, ACCOUNT, TERMS, ACCEPT = "Premium", "You have", "first purchase", "Accept and go on ✅"
FOR_PARTNER, BY_LINK = "🎁 A gift for your partner", "🎁 A gift by link"
WITHIN = 8.0
"""Seconds for a button's answer, until somebody tries again from the start."""
PAY_SECONDS = 30.0


class SilenceError(Exception):
    """What somebody waited for did not come."""


@dataclass(slots=True)
class Till:
    """What was paid, over all buyers."""

    house: House
    goal: int
    """Payments; renewals are counted by `renewed`."""
    bought: list[Bought]
    renewed: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)

    @property
    def paid(self) -> int:
        return len(self.bought) + self.renewed

    @property
    def is_over(self) -> bool:
        return self.paid >= self.goal

    async def pay(self, person: Person, what: dict[str, Any], recipient: int | None, *, days: int = 0, credits_: int = 0) -> str:
        answer = await self.house.http.post(f"/api/users/{person.id}/pay", json=what, timeout=PAY_SECONDS)
        if answer.status_code != 200:
            raise SilenceError(answer.text)
        outcome = answer.json()
        self.outcomes[outcome["outcome"]] += 1
        if outcome["outcome"] == "paid":
            self.bought.append(Bought(charge=outcome["charge_id"], days=days, credits=credits_, recipient=recipient))
        return str(outcome["outcome"])


class Want(Enum):
    """What somebody buys, always the same: an invoice that comes late, after a newer one was asked for, is of its kind too."""

    VIP = "vip", ()
    GIFT = "gift", ((FOR_PARTNER, "your partner get"),)
    LINK = "link", ((BY_LINK, "link be good for"),)
    CREDITS = "credits", ()


class Buyer:
    def __init__(self, till: Till, person: Person, rand: random.Random, want: Want, partner: int | None = None) -> None:
        """`partner`: with whom they are in a chat for the whole time."""
        self._till = till
        self.person = person
        self._random = rand
        self._want = want
        self._recipient = {Want.GIFT: partner, Want.LINK: None}.get(want, person.id)
        self._offers = PACKS if want is Want.CREDITS else PLANS

    async def accepts_the_terms(self) -> None:
        """Once, at the first purchase, whose invoice is left open."""
        await self._chooses(next(iter(self._offers)))
        await self._press(ACCEPT, await self._hears(TERMS))
        await self._sees_invoice()

    async def buys(self) -> None:
        """One thing after the other, until enough is paid."""
        while not self._till.is_over:
            try:
                await self._buys_one()
            except SilenceError:
                continue
            await asyncio.sleep(self._random.uniform(0.0, 1.0))

    async def subscribes(self) -> None:
        """To the monthly plan, by the link in /vip. It is not offered to whoever has it."""
        paid = ""
        while paid != "paid":
            try:
                await self.person.says("/vip")
                link = _link_in(await self._hears(MENU))
                if not link:
                    return
                paid = await self._till.pay(self.person, {"link": link}, self.person.id, days=MONTH_DAYS)
            except SilenceError:
                continue
            await asyncio.sleep(self._random.uniform(1.0, 3.0))

    async def _buys_one(self) -> None:
        await self._chooses(self._random.choice(list(self._offers)))
        invoice = await self._sees_invoice()
        what = {"bot": self.person.bot, "message_id": invoice["id"]}
        sold = "credits_" if self._want is Want.CREDITS else "days"
        await self._till.pay(self.person, what, self._recipient, **{sold: self._quantity_of(invoice)})

    def _quantity_of(self, invoice: Message) -> int:
        """By its price: an older invoice may come late, after a newer one was asked for."""
        stars = invoice["media"]["stars"]
        return next(quantity for label, quantity in self._offers.items() if f" {stars} " in label)

    async def _chooses(self, plan: str) -> None:
        await self.person.says("/credits" if self._want is Want.CREDITS else "/vip")
        shown = await self._hears(ACCOUNT if self._want is Want.CREDITS else MENU)
        for button, text in self._want.value[1]:
            await self._press(button, shown)
            shown = await self._hears(text)
        await self._press(plan, shown)

    async def _press(self, button: str, message: Message) -> None:
        try:
            await self.person.presses(button, message["id"])
        except AssertionError as error:
            raise SilenceError(str(error)[:200]) from None

    async def _hears(self, text: str) -> Message:
        return await _in_time(lambda: self.person.hears(text, within=WITHIN))

    async def _sees_invoice(self) -> Message:
        return await _in_time(lambda: self.person.sees("invoice", within=WITHIN))


def _link_in(menu: Message) -> str:
    return next((button["url"] for row in menu["keyboard"]["rows"] for button in row if "url" in button), "")


async def _in_time(wait: Callable[[], Any]) -> Message:
    try:
        message: Message = await wait()
    except AssertionError as error:
        raise SilenceError(str(error)[:200]) from None
    return message
