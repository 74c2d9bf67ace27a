"""Somebody who meets people, locks the chat or is kept in it, and leaves as they like or may. Chance decides."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from time import time
from typing import Any

from bench.locks.handset import ENDED, ENDED_MINE, REFUSED, Diary, Handset, Seen

TROUBLE = ("trouble right now", "omething went wrong", "A little slower", "Not delivered")
OUT = (
    "You left the chat",
    "Your partner left",
    "partner is gone",
    "has ended",
    "not in a chat",
    "Looking for",
    "Done:",
    "cancelled",
)
FOUND, LOOKING = "Partner found", ("Looking for", "already searching", "Still searching")
KEPT = "has locked this chat"
OFFER, SHORT = "Keep this chat", "and this costs"
INVOICE_SECONDS, ANSWER_SECONDS, CALM_SECONDS = 15.0, 10.0, 1.0
SEARCH_SECONDS = 20.0
KNOWN_SECONDS = 90.0
"""So long somebody presses the same button again, until they know what came of it."""
SHORTEST = 1
"""Minutes of a lock whose end is waited for."""
END_SECONDS = 100.0
GO_SECONDS = 5.0
"""Within which all go home."""
GOES_SECONDS = 60.0
PRICE = re.compile(r"(\d+) min · (\d+) credits?")
PACK = re.compile(r"(\d+) credits · (\d+) ⭐")
MINUTES = re.compile(r"(?:for|another) (\d+) min( \d+ s)?")
ACCEPT = "Accept and go on ✅"


@dataclass(slots=True)
class Town:
    """What all share. `over`: nobody begins anything new."""

    diary: Diary
    over: bool = False


class Person:
    def __init__(self, handset: Handset, town: Town, rand: random.Random) -> None:
        self.phone = handset
        self._town = town
        self._random = rand

    async def lives(self) -> None:
        phone = self.phone
        while not self._town.over:
            if phone.chats:
                await self._chats(phone.meetings)
            else:
                await self._searches()

    async def goes(self) -> bool:
        """Out of search or chat. Whoever is kept reports the partner. Returns whether they got out."""
        await asyncio.sleep(self._random.uniform(0.0, GO_SECONDS))
        phone, until = self.phone, time() + GOES_SECONDS
        while time() < until:
            answer = await self._asks("/stop", *OUT, REFUSED, "not searching", "neither searching")
            if answer is not None and REFUSED in answer.text:
                await self._reports(phone.meetings)
            elif answer is not None and not phone.chats:
                return True
            await asyncio.sleep(0.2)
        return False

    async def _searches(self) -> None:
        phone = self.phone
        since = len(phone.seen)
        if not phone.waits:
            answer = await self._asks("/find", FOUND, *LOOKING, REFUSED, "You are in a chat", *TROUBLE)
            if answer is None or any(words in answer.text for words in TROUBLE):
                await asyncio.sleep(self._random.uniform(0.5, 1.5) * CALM_SECONDS)
                return
        await phone.sees(FOUND, "interrupted", "Nobody right now", since=since, within=SEARCH_SECONDS)

    async def _chats(self, meeting: int) -> None:
        """Until the chat is over."""
        luck = self._random.random
        since = len(self.phone.seen)
        await self._rests(0.2, 1.5, meeting)
        if luck() < 0.55:
            await self._locks(meeting, since)
        elif await self.phone.sees(KEPT, since=since, within=8.0, meeting=meeting):
            if luck() < 0.2:
                await self._buys(meeting)
            await self._is_kept(meeting, since)
        while self.phone.is_in(meeting) and not self._town.over:
            await self._leaves(meeting, since)

    # --- locking

    async def _locks(self, meeting: int, since: int) -> None:
        luck, minutes = self._random.random, await self._buys(meeting)
        if minutes and luck() < 0.2:
            minutes += await self._buys(meeting)
        if not minutes:
            return
        if minutes == SHORTEST and luck() < 0.7:
            await self._waits_for_the_end(ENDED_MINE, meeting, since)
            return
        await self._rests(0.5, 4.0, meeting)
        if luck() < 0.35:
            await self._reports(meeting)
        elif luck() < 0.25:
            await self._blocks(meeting)

    async def _buys(self, meeting: int) -> int:
        """A lock. Returns its minutes; 0 where there is none."""
        phone = self.phone
        offer = await self._asks("/lock", OFFER, SHORT, "for a chat", *TROUBLE, meeting=meeting)
        if offer is None or not (OFFER in offer.text or SHORT in offer.text):
            return 0
        if SHORT in offer.text or self._random.random() < 0.05:
            await self._buys_a_pack(offer)
            return 0
        labels = [found for label in labels_of(offer.message) if (found := PRICE.match(label))]
        if not labels:
            return 0
        short, *longer = labels
        chosen = short if self._random.random() < 0.65 else self._random.choice(longer)
        press = phone.purse.presses(offer.message["id"], int(chosen[2]))
        until = time() + KNOWN_SECONDS
        while not press.answered and time() < until:
            count = len(phone.seen)
            for _ in range(self._random.choice((1, 1, 1, 2))):
                phone.presses(chosen[0], offer)
            await self._known(press, count)
        return int(chosen[1]) if press.bought else 0

    async def _known(self, press: Any, since: int) -> None:
        """Wait until something came of a press."""
        deadline = time() + ANSWER_SECONDS
        while not press.answered and (left := deadline - time()) > 0:
            seen = await self.phone.sees("", since=since, within=left)
            since = len(self.phone.seen)
            if seen is not None and any(words in seen.text for words in TROUBLE):
                await asyncio.sleep(CALM_SECONDS)
                return

    async def _buys_a_pack(self, offer: Seen) -> None:
        """By the buttons under the offer: the terms where they were not accepted yet, an invoice, the payment."""
        phone = self.phone
        packs = [label for label in labels_of(offer.message) if PACK.search(label)]
        if not packs:
            return
        since = len(phone.seen)
        phone.presses(packs[0], offer)
        invoice = await self._sees_invoice(since)
        if invoice is None:
            return
        stars = invoice.message["media"]["stars"]
        bought = next(found for label in packs if (found := PACK.search(label)) and int(found[2]) == stars)
        if await phone.pays(invoice) == "paid":
            phone.purse.receives(int(bought[1]))

    async def _sees_invoice(self, since: int) -> Seen | None:
        phone, until = self.phone, time() + INVOICE_SECONDS
        while time() < until:
            for seen in phone.seen[since:]:
                if (seen.message.get("media") or {}).get("kind") == "invoice":
                    return seen
                if "first purchase" in seen.text:
                    phone.presses(ACCEPT, seen)
            since = len(phone.seen)
            await phone.sees("", since=since, within=1.0)
        return None

    # --- being kept

    async def _is_kept(self, meeting: int, since: int) -> None:
        """Tries to leave by what does not lead out, and then reports, blocks, or waits."""
        phone, luck = self.phone, self._random.random()
        for command in self._random.sample(("/stop", "/next", "/find"), 2):
            if not phone.is_in(meeting):
                return
            await self._asks(command, *OUT, REFUSED, FOUND, "You are in a chat", *TROUBLE, elsewhere=self._random.random() < 0.3)
        told = [seen for seen in phone.seen[since:] if KEPT in seen.text]
        short = sum(minutes_of(seen.text) for seen in told) <= SHORTEST
        if luck < 0.12 or not short:
            await self._rests(0.5, 10.0, meeting)
            await self._reports(meeting)
        elif luck < 0.2:
            await self._blocks(meeting)
        else:
            await self._waits_for_the_end(ENDED, meeting, since)

    async def _waits_for_the_end(self, words: str, meeting: int, since: int) -> None:
        await self.phone.sees(words, since=since, within=END_SECONDS, meeting=meeting)

    async def _leaves(self, meeting: int, since: int) -> None:
        command = self._random.choice(("/stop", "/next"))
        answer = await self._asks(command, *OUT, REFUSED, FOUND, *TROUBLE)
        if answer is None or any(words in answer.text for words in TROUBLE):
            await asyncio.sleep(self._random.uniform(0.5, 1.5) * CALM_SECONDS)
        elif REFUSED in answer.text:
            await self._is_kept(meeting, since)

    async def _reports(self, meeting: int) -> None:
        await self._parts("/report", "What is wrong", "nsult", meeting)

    async def _blocks(self, meeting: int) -> None:
        await self._parts("/block", "never meet again", "lock", meeting)

    async def _parts(self, command: str, question: str, button: str, meeting: int) -> None:
        """Report or block, again until the chat is over."""
        phone, until = self.phone, time() + KNOWN_SECONDS
        while phone.is_in(meeting) and time() < until:
            asked = await self._asks(command, question, *TROUBLE, meeting=meeting)
            if asked is None or question not in asked.text:
                await asyncio.sleep(CALM_SECONDS)
                continue
            label = next(label for label in labels_of(asked.message) if button in label)
            since = len(phone.seen)
            phone.presses(label, asked)
            await phone.sees(*TROUBLE, since=since, within=ANSWER_SECONDS, meeting=meeting)

    # --- everybody

    async def _asks(self, command: str, *answers: str, elsewhere: bool = False, meeting: int | None = None) -> Seen | None:
        since = len(self.phone.seen)
        self.phone.says(command, elsewhere=elsewhere)
        return await self.phone.sees(*answers, since=since, within=ANSWER_SECONDS, meeting=meeting)

    async def _rests(self, least: float, most: float, meeting: int) -> None:
        """Or until the chat is over."""
        phone = self.phone
        await phone.sees("\0", since=len(phone.seen), within=self._random.uniform(least, most), meeting=meeting)


def labels_of(message: Any) -> Sequence[str]:
    return [button["text"] for row in (message.get("keyboard") or {}).get("rows", ()) for button in row]


def minutes_of(text: str) -> int:
    """Of the notice that the chat is locked, rounded up."""
    found = MINUTES.search(text)
    return int(found[1]) + bool(found[2]) if found else 1
