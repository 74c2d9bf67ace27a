"""How a person pays: opens a form, submits it, the bot is asked, then the person is charged."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from functools import partial

from transport.sandbox.faults import Faults, Kind
from transport.sandbox.stars.charges import Charges, Sale
from transport.sandbox.stars.clock import Clock
from transport.sandbox.stars.invoices import Offer
from transport.sandbox.stars.queries import Queries, Verdict
from transport.sandbox.stars.subscriptions import Subscriptions
from transport.sandbox.world.model import Json

FORM_SECONDS = 600


@dataclass(slots=True, kw_only=True)
class Form:
    """It pays once, however often it is submitted. Two forms of one invoice are two purchases."""

    number: int
    user: int
    offer: Offer
    opened: float
    paid: Json | None = None
    waiting: asyncio.Future[Json] | None = field(default=None)


class Payments:
    def __init__(self, *, queries: Queries, charges: Charges, subscriptions: Subscriptions, clock: Clock, faults: Faults) -> None:
        self._queries = queries
        self._charges = charges
        self._subscriptions = subscriptions
        self._clock = clock
        self._faults = faults
        self._forms: dict[int, Form] = {}

    def open(self, user: int, offer: Offer) -> Form:
        self._forget_old()
        number = secrets.randbits(53)
        form = self._forms[number] = Form(number=number, user=user, offer=offer, opened=self._clock.now())
        return form

    def form(self, user: int, number: int) -> Form | None:
        """None if there is no such form of this person, or not any more."""
        form = self._forms.get(number)
        return form if form is not None and form.user == user else None

    async def submit(self, form: Form) -> Json:
        """Pay: `{"outcome", "text"?, "charge_id"?}`. Nothing is charged unless the outcome is paid."""
        if form.paid is not None:
            return form.paid
        if form.waiting is None:
            if refusal := self._refusal(form):
                return refusal
            form.waiting = asyncio.get_running_loop().create_future()
            self._queries.ask(form.user, form.offer.invoice, partial(self._settle, form))
        return await asyncio.shield(form.waiting)

    def _refusal(self, form: Form) -> Json | None:
        if self._is_expired(form):
            return {"outcome": "expired", "text": "the form is older than ten minutes"}
        if problem := form.offer.problem():
            return {"outcome": "not_payable", "text": problem}
        return self._too_poor(form)

    def _too_poor(self, form: Form) -> Json | None:
        if self._charges.can_pay(form.user, form.offer.invoice.stars):
            return None
        return {"outcome": "too_poor", "text": f"{form.offer.invoice.stars} Stars are needed"}

    def _settle(self, form: Form, verdict: Verdict, text: str) -> None:
        waiting, form.waiting = form.waiting, None
        result = self._result(form, verdict, text)
        if result["outcome"] == "paid":
            form.paid = result
        if waiting is not None:
            waiting.set_result(result)

    def _result(self, form: Form, verdict: Verdict, text: str) -> Json:
        bot = form.offer.invoice.bot
        if verdict is not Verdict.APPROVED and self._faults.take_of_stars(Kind.CHARGE_ANYWAY, bot):
            verdict = Verdict.APPROVED
        if verdict is Verdict.TIMEOUT:
            return {"outcome": "timeout", "text": "the bot did not answer within ten seconds"}
        if verdict is Verdict.REFUSED:
            return {"outcome": "refused", "text": text}
        return self._too_poor(form) or {"outcome": "paid", "charge_id": self._charge(form)}

    def _charge(self, form: Form) -> str:
        invoice = form.offer.invoice
        if invoice.period:
            return self._subscriptions.start(form.user, invoice)
        return self._charges.take(Sale(user=form.user, invoice=invoice, message=form.offer.message))

    def _is_expired(self, form: Form) -> bool:
        return self._clock.now() - form.opened > FORM_SECONDS

    def _forget_old(self) -> None:
        for number, form in list(self._forms.items()):
            if form.waiting is not None or not self._is_expired(form):
                return
            del self._forms[number]
