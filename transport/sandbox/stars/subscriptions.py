"""Subscriptions: the first payment, the renewals when the clock comes to their dates, and what ends them."""

from __future__ import annotations

import secrets
from functools import partial

import msgspec

from transport.sandbox.faults import Faults, Kind
from transport.sandbox.stars.charges import Charges, Sale
from transport.sandbox.stars.clock import Clock
from transport.sandbox.stars.model import Invoice, Recurring, Subscription
from transport.sandbox.stars.queries import Queries, Verdict
from transport.sandbox.world.model import Refused, User
from transport.sandbox.world.store import Store
from transport.sandbox.world.updates import UpdateLog
from transport.sandbox.world.world import World

NOT_IN_THIS_STATE = "the subscription is not in a state for that"


class Subscriptions:
    def __init__(
        self,
        *,
        store: Store,
        world: World,
        clock: Clock,
        charges: Charges,
        queries: Queries,
        updates: UpdateLog,
        faults: Faults,
    ) -> None:
        self._store = store
        self._world = world
        self._clock = clock
        self._charges = charges
        self._queries = queries
        self._updates = updates
        self._faults = faults
        self._all: dict[str, Subscription] = {}
        self._by_charge: dict[str, Subscription] = {}
        for (body,) in store.query("SELECT body FROM subscriptions"):
            subscription = msgspec.json.decode(body, type=Subscription)
            self._remember(subscription)
            self._schedule(subscription)

    def of(self, user: int) -> list[Subscription]:
        return [one for one in self._all.values() if one.user == user]

    def by_charge(self, charge: str) -> Subscription | None:
        """By the id of any of its payments."""
        return self._by_charge.get(charge)

    def is_over(self, subscription: Subscription) -> bool:
        return subscription.until <= self._clock.now()

    def start(self, user: int, invoice: Invoice) -> str:
        """Charge for the first period. Returns the id of the charge."""
        subscription = Subscription(id=secrets.token_urlsafe(16), user=user, invoice=invoice, until=0, charges=[])
        return self._charge(subscription, Recurring.FIRST, int(self._clock.now()) + invoice.period)

    # What the person does

    def cancel(self, subscription: Subscription) -> None:
        """It stays until its end, and is not renewed then."""
        if subscription.canceled or self.is_over(subscription):
            raise Refused("action", NOT_IN_THIS_STATE, status=409)
        subscription.canceled = True
        self._save(subscription)
        self._tell(subscription, "canceled")

    def restore(self, subscription: Subscription) -> None:
        if not subscription.canceled or subscription.bot_canceled or self.is_over(subscription):
            raise Refused("action", NOT_IN_THIS_STATE, status=409)
        subscription.canceled = False
        self._save(subscription)
        self._tell(subscription, "restored")

    def fulfil(self, subscription: Subscription) -> None:
        """Pay for one that is over: it goes on from now."""
        if not self.is_over(subscription) or subscription.bot_canceled:
            raise Refused("action", NOT_IN_THIS_STATE, status=409)
        if not self._charges.can_pay(subscription.user, subscription.invoice.stars):
            raise Refused("action", f"{subscription.invoice.stars} Stars are needed", status=409)
        subscription.canceled = subscription.failed = False
        self._charge(subscription, Recurring.RENEWAL, int(self._clock.now()) + subscription.invoice.period)

    # What the bot does

    def set_bot_canceled(self, subscription: Subscription, *, canceled: bool) -> None:
        """If the bot takes its cancelling back, the person is not charged by that alone."""
        subscription.bot_canceled = canceled
        self._save(subscription)

    # Renewals

    def _schedule(self, subscription: Subscription) -> None:
        if not subscription.failed:
            self._clock.at(subscription.until, partial(self._renew, subscription, subscription.until))

    def _renew(self, subscription: Subscription, due: int) -> None:
        user: User = self._world.users[subscription.user]
        if subscription.until != due or user.deleted:
            return
        canceled = subscription.canceled or subscription.bot_canceled
        if canceled and not self._faults.take_of_stars(Kind.RENEWAL_AFTER_CANCEL, subscription.invoice.bot):
            return
        if not self._charges.can_pay(user.id, subscription.invoice.stars):
            self._fail(subscription)
        elif self._faults.take_of_stars(Kind.RENEWAL_QUERY, subscription.invoice.bot):
            self._queries.ask(user.id, subscription.invoice, partial(self._renew_if_approved, subscription))
        else:
            self._prolong(subscription)

    def _renew_if_approved(self, subscription: Subscription, verdict: Verdict, _: str) -> None:
        if verdict is Verdict.APPROVED:
            self._prolong(subscription)
        else:
            self._fail(subscription)

    def _prolong(self, subscription: Subscription) -> None:
        self._charge(subscription, Recurring.RENEWAL, subscription.until + subscription.invoice.period)

    def _fail(self, subscription: Subscription) -> None:
        """Nobody tries again: the person may fulfil it later."""
        subscription.failed = True
        self._save(subscription)
        self._tell(subscription, "payment_failed")

    def _charge(self, subscription: Subscription, recurring: Recurring, until: int) -> str:
        subscription.until = until
        sale = Sale(
            user=subscription.user,
            invoice=subscription.invoice,
            recurring=recurring,
            until=until,
            subscription=subscription.id,
        )
        charge = self._charges.take(sale)
        subscription.charges.append(charge)
        self._remember(subscription)
        self._save(subscription)
        self._schedule(subscription)
        return charge

    def _tell(self, subscription: Subscription, change: str) -> None:
        bot = self._world.bots[subscription.invoice.bot]
        self._updates.subscription_changed(bot, subscription.user, subscription.invoice.payload, change)

    def _remember(self, subscription: Subscription) -> None:
        self._all[subscription.id] = subscription
        for charge in subscription.charges:
            self._by_charge[charge] = subscription

    def _save(self, subscription: Subscription) -> None:
        self._store.put("subscriptions", (subscription.id, msgspec.json.encode(subscription)))
