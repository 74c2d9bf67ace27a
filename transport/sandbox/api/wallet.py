"""The routes of Stars under /api/users: payments, forms, the wallet and the subscriptions of a phone."""

from __future__ import annotations

from quart import Blueprint, Response

from transport.sandbox.api import body as take
from transport.sandbox.api.amounts import as_list, as_stars
from transport.sandbox.api.answer import json
from transport.sandbox.stars.desk import Stars
from transport.sandbox.stars.invoices import Offer
from transport.sandbox.stars.ledger import new_id
from transport.sandbox.stars.model import NANO, Peer, Subscription
from transport.sandbox.stars.payments import Form
from transport.sandbox.world.model import Json, Refused, User
from transport.sandbox.world.people import People
from transport.sandbox.world.world import World

MAX_ADDED = 10**9


class WalletApi:
    def __init__(self, world: World, people: People, stars: Stars) -> None:
        self._world = world
        self._people = people
        self._stars = stars

    def routes(self) -> Blueprint:
        routes = Blueprint("wallet", __name__, url_prefix="/api/users")
        routes.post("/<int:number>/pay")(self.pay)
        routes.post("/<int:number>/forms")(self.open_form)
        routes.get("/<int:number>/stars")(self.wallet)
        routes.post("/<int:number>/stars")(self.buy_stars)
        routes.post("/<int:number>/subscriptions/<subscription>")(self.change_subscription)
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
        """Add Stars to the wallet; a negative number takes some away."""
        user, body = take.user(self._world, number), await take.read_body()
        added = take.integer(body, "add", low=-MAX_ADDED, high=MAX_ADDED + 1) * NANO
        if self._stars.ledger.balance(user.id) + added < 0:
            raise Refused("add", "a person cannot have fewer than 0 Stars")
        self._stars.ledger.add(user.id, new_id(), added, Peer.STORE)
        return json(self._wallet(user))

    async def change_subscription(self, number: int, subscription: str) -> Response:
        user, body = take.user(self._world, number), await take.read_body()
        subscriptions = self._stars.subscriptions
        found = next((one for one in subscriptions.of(user.id) if one.id == subscription), None)
        if found is None:
            raise Refused("subscription", f"no subscription {subscription}", status=404)
        actions = {"cancel": subscriptions.cancel, "restore": subscriptions.restore, "fulfil": subscriptions.fulfil}
        action = actions.get(take.text(body, "action"))
        if action is None:
            raise Refused("action", f"one of {', '.join(actions)} is wanted")
        action(found)
        return json(self._subscription(found))

    def _offer(self, user: User, body: Json) -> Offer | None:
        """The invoice that the request names. With a link, the bot may be left out."""
        bot = None if body.get("bot") is None else take.bot(self._world, body["bot"])
        if body.get("link") is None:
            return self._stars.invoices.by_message(user, bot or take.bot(self._world, None), take.message(body, "message_id"))
        offer = self._stars.invoices.by_link(take.text(body, "link"))
        return None if offer is not None and bot is not None and bot.id != offer.invoice.bot else offer

    def _wallet(self, user: User) -> Json:
        subscriptions = [self._subscription(one) for one in self._stars.subscriptions.of(user.id)]
        return {**as_list(self._stars.ledger, user.id), "subscriptions": subscriptions}

    def _subscription(self, one: Subscription) -> Json:
        return {
            "id": one.id,
            "bot": one.invoice.bot,
            "title": one.invoice.title,
            "stars": one.invoice.stars,
            "period": one.invoice.period,
            "until": one.until,
            "over": self._stars.subscriptions.is_over(one),
            "canceled": one.canceled,
            "bot_canceled": one.bot_canceled,
            "failed": one.failed,
        }
