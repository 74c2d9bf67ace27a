"""The routes of Stars beside those of phones: a bot's list, what befalls it from outside, refunds, and the clock."""

from __future__ import annotations

from quart import Blueprint, Response

from transport.sandbox.api import body as take
from transport.sandbox.api.amounts import MAX_STARS, as_list, as_row, read_nanos
from transport.sandbox.api.answer import json
from transport.sandbox.stars.desk import Stars
from transport.sandbox.stars.model import Peer, Transaction
from transport.sandbox.stars.outside import MAX_PERMILLE
from transport.sandbox.world.model import Bot, Json, Refused
from transport.sandbox.world.world import World

MAX_SECONDS = 400 * 86_400.0
COSTS = {"broadcast": Peer.API, "ads": Peer.ADS}


class StarsApi:
    def __init__(self, world: World, stars: Stars) -> None:
        self._world = world
        self._stars = stars

    def routes(self) -> Blueprint:
        routes = Blueprint("stars", __name__, url_prefix="/api")
        routes.get("/bots/<bot>/stars")(self.list)
        routes.post("/bots/<bot>/stars")(self.befall)
        routes.post("/stars/refund")(self.refund)
        routes.get("/clock")(self.show_clock)
        routes.post("/clock")(self.advance)
        return routes

    async def list(self, bot: str) -> Response:
        return json(as_list(self._stars.ledger, take.bot(self._world, bot).id))

    async def befall(self, bot: str) -> Response:
        """Something from outside. Answers with the row of the list that it made or changed."""
        owner, body = take.bot(self._world, bot), await take.read_body()
        if body.get("kind") == "affiliate":
            permille = take.integer(body, "permille", high=MAX_PERMILLE + 1)
            self._stars.outside.set_affiliate(owner, take.user(self._world, take.integer(body, "user")).id, permille)
            return json({})
        return json(as_row(self._row(owner, body)))

    def _row(self, owner: Bot, body: Json) -> Transaction:
        outside = self._stars.outside
        match body.get("kind"):
            case "withdrawal":
                return outside.withdraw(owner, read_nanos(body, "stars"))
            case "withdrawal_done" | "withdrawal_failed" as kind:
                failed = kind == "withdrawal_failed"
                return outside.end_withdrawal(owner, take.text(body, "id"), failed=failed)
            case "broadcast" | "ads" as kind:
                return outside.cost(owner, read_nanos(body, "stars"), COSTS[kind])
            case "unknown":
                return outside.unknown(owner, read_nanos(body, "stars", low=-MAX_STARS))
        kinds = "withdrawal, withdrawal_done, withdrawal_failed, broadcast, ads, unknown, affiliate"
        raise Refused("kind", f"one of {kinds} is wanted")

    async def refund(self) -> Response:
        body = await take.read_body()
        charge, by = self._stars.ledger.charge(take.text(body, "charge_id")), take.text(body, "by")
        if by not in ("owner", "store"):
            raise Refused("by", "owner or store is wanted")
        if charge is None:
            raise Refused("charge_id", "no charge with this id", status=404)
        if by == "store":
            self._stars.outside.store_debit(charge)
        else:
            self._refund_by_owner(charge)
        return json({})

    def _refund_by_owner(self, charge: Transaction) -> None:
        if self._stars.ledger.find(charge.owner, charge.id, refund=True) is not None:
            raise Refused("charge_id", "it was refunded before", status=409)
        notice = self._stars.charges.refund(charge)
        if notice is not None:
            self._stars.notices.tell(self._world.bots[charge.owner], notice)

    async def show_clock(self) -> Response:
        return json({"now": int(self._stars.clock.now())})

    async def advance(self) -> Response:
        body = await take.read_body()
        self._stars.clock.advance(take.number(body, "advance", default=float("nan"), low=0, high=MAX_SECONDS))
        return json({"now": int(self._stars.clock.now())})
