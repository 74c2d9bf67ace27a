"""The routes of Stars: what phones pay and have, what bots have, refunds from outside, and the clock."""

from __future__ import annotations

from quart import Blueprint, Response

from transport.sandbox.api import body as take
from transport.sandbox.api.answer import json
from transport.sandbox.stars.desk import Stars
from transport.sandbox.stars.invoices import Offer
from transport.sandbox.stars.model import NANO, Peer, Transaction
from transport.sandbox.stars.payments import Form
from transport.sandbox.world.model import Json, Refused, User
from transport.sandbox.world.people import People
from transport.sandbox.world.world import World

MAX_SECONDS = 400 * 86_400.0


class StarsApi:
    def __init__(self, world: World, people: People, stars: Stars) -> None:
        self._world = world
        self._people = people
        self._stars = stars

    def routes(self) -> Blueprint:
        routes = Blueprint("stars", __name__, url_prefix="/api")
        routes.post("/users/<int:number>/pay")(self.pay)
        routes.post("/users/<int:number>/forms")(self.open_form)
        routes.get("/users/<int:number>/stars")(self.wallet)
        routes.post("/users/<int:number>/stars")(self.buy_stars)
        routes.get("/bots/<bot>/stars")(self.earnings)
        routes.post("/clock")(self.advance)
        return routes

    async def pay(self, number: int) -> Response:
        """Submit a form, or open one for an invoice and submit it at once."""
        user, body = take.user(self._world, number), await take.read_body()
        if body.get("form_id") is None:
            offer = self._offer(user, body)
            if offer is None:
                return json({"outcome": "not_payable", "text": "there is no such invoice"})
            form: Form | None = self._stars.payments.open(user.id, offer)
        else:
            form = self._stars.payments.form(user.id, take.integer(body, "form_id"))
        if form is None:
            return json({"outcome": "expired", "text": "there is no such form any more"})
        self._people.check_may_act(user, self._world.bots[form.offer.invoice.bot])
        return json(await self._stars.payments.submit(form))

    async def open_form(self, number: int) -> Response:
        user, body = take.user(self._world, number), await take.read_body()
        offer = self._offer(user, body)
        if offer is None:
            raise Refused("link" if "link" in body else "message_id", "there is no such invoice", status=404)
        form, invoice = self._stars.payments.open(user.id, offer), offer.invoice
        return json(
            {
                "form_id": form.number,
                "bot": invoice.bot,
                "title": invoice.title,
                "description": invoice.description,
                "stars": invoice.stars,
                "period": invoice.period,
                "balance": as_stars(self._stars.ledger.balance(user.id)),
            }
        )

    async def wallet(self, number: int) -> Response:
        return json(self._wallet(take.user(self._world, number)))

    async def buy_stars(self, number: int) -> Response:
        user, body = take.user(self._world, number), await take.read_body()
        added = take.integer(body, "add", low=-(10**9), high=10**9 + 1) * NANO
        if self._stars.ledger.balance(user.id) + added < 0:
            raise Refused("add", "a person cannot have fewer than 0 Stars")
        self._stars.ledger.add(user.id, self._stars.charges.new_id(), added, Peer.STORE)
        return json(self._wallet(user))

    async def earnings(self, bot: str) -> Response:
        owner = take.bot(self._world, bot).id
        return json({**self._balance(owner), "transactions": self._transactions(owner)})

    async def advance(self) -> Response:
        body = await take.read_body()
        if "advance" not in body:
            raise Refused("advance", "is missing")
        self._stars.clock.advance(take.number(body, "advance", default=0, low=0, high=MAX_SECONDS))
        return json({"now": int(self._stars.clock.now())})

    def _offer(self, user: User, body: Json) -> Offer | None:
        """The invoice that the request names. With a link, the bot may be left out."""
        if body.get("link") is None:
            return self._stars.invoices.by_message(user, take.bot(self._world, body.get("bot")), take.message(body, "message_id"))
        offer = self._stars.invoices.by_link(take.text(body, "link"))
        if offer is not None and body.get("bot") is not None and take.bot(self._world, body["bot"]).id != offer.invoice.bot:
            return None
        return offer

    def _wallet(self, user: User) -> Json:
        return {**self._balance(user.id), "transactions": self._transactions(user.id), "subscriptions": []}

    def _balance(self, owner: int) -> Json:
        nanos = self._stars.ledger.balance(owner)
        return {"balance": as_stars(nanos), "balance_nanos": nanos}

    def _transactions(self, owner: int) -> list[Json]:
        return [describe(row) for row in self._stars.ledger.listed(owner)]


def as_stars(nanos: int) -> int | float:
    """A whole number of Stars where it is one."""
    return nanos / NANO if nanos % NANO else nanos // NANO


def describe(row: Transaction) -> Json:
    who = {"user" if row.peer is Peer.PERSON else "bot": row.who} if row.who else {}
    states = {name: True for name in ("pending", "failed") if getattr(row, name)}
    return {
        "id": row.id,
        "amount": as_stars(row.nanos),
        "nanos": row.nanos,
        "refund": row.refund,
        **who,
        "date": row.date,
        "peer": row.peer.value,
        "title": row.title,
        **states,
    }
