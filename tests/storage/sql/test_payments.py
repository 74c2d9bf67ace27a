"""Orders, the ledger and grants: each charge is booked once, whoever tells of it, and its goods with it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from domain.model.ids import Address, BotId, MessageId, UserId
from domain.model.profile import DAY
from domain.payments.orders import MONTH, Kind, OpenInvoice, Order, OrderState
from domain.payments.payload import read_payload, write_payload
from domain.payments.sales import SECOND_CHARGE, UNKNOWN_PAYLOAD, Owed
from domain.payments.transactions import Move, Moved, Peer, Transaction
from domain.payments.updates import NANO, Charge, Refund, SubscriptionChange
from domain.ports.payments import CONTROL, REFUSED, NotRedeemed, RefundRequest, StarList
from storage.sql.payments.grants import SqlGrants
from storage.sql.payments.ledger import SqlLedger
from storage.sql.payments.orders import SqlOrders
from storage.sql.payments.outbox import SqlOutbox
from storage.sql.payments.refunds import SqlRefunds
from storage.sql.payments.star_lists import SqlStarLists
from storage.sql.payments.subscriptions import SqlSubscriptions
from storage.sql.payments.tickets import SqlTickets
from tests.entitlements import SqlEntitlements

BOT, ANNA, BORIS = BotId(77), UserId(7_000_000_001), UserId(7_000_000_002)
NOW = 1_900_000_000.0
SECRET = b"k" * 32
LONG_ID = "stx" + "A" * 137


def order(**changes) -> Order:
    fields = {"id": "0123456789abcdef", "bot": BOT, "user": ANNA, "kind": Kind.VIP, "plan": "week", "quantity": 7}
    return Order(**{**fields, "stars": 100, "created": NOW, "expires": NOW + 1800, **changes})


def charge(of: Order, id_: str = LONG_ID, **changes) -> Charge:
    fields = {"bot": BOT, "id": id_, "user": of.user, "currency": "XTR", "amount": of.stars * NANO, "at": NOW}
    return Charge(**{**fields, "payload": write_payload(of, SECRET), **changes})


def refund(of: Charge, **changes) -> Refund:
    return Refund(bot=BOT, charge=of.id, user=of.user, amount=of.amount, payload=of.payload, at=NOW + DAY, **changes)


class Shop:
    def __init__(self, database, *, now: float = NOW) -> None:
        self.database = database
        self.orders = SqlOrders(database)
        self.ledger = SqlLedger(database, clock=lambda: now)
        self.grants = SqlGrants(database, clock=lambda: now)
        self.subscriptions = SqlSubscriptions(database, clock=lambda: now)
        self.outbox = SqlOutbox(database)
        self.vip = SqlEntitlements(database)

    async def book(self, charged: Charge):
        return await self.ledger.book_charge(charged, read_payload(charged.payload, SECRET), gift_code=f"code of {charged.id}")

    async def back(self, refunded: Refund):
        return await self.ledger.book_refund(refunded, read_payload(refunded.payload, SECRET))

    async def texts(self) -> list[str]:
        return [owed.text for owed in await self.outbox.due(BOT, NOW + 10 * DAY)]

    async def at(self, seconds: float) -> Shop:
        return Shop(self.database, now=NOW + seconds)

    async def sums_to_zero(self) -> bool:
        async with self.database.connection() as connection:
            row = await (await connection.execute("SELECT COALESCE(SUM(balance), 0) FROM ledger_balances")).fetchone()
        return row[0] == 0


@pytest.fixture
def shop(database) -> Shop:
    return Shop(database)


async def test_a_newer_order_of_the_same_kind_closes_the_older_and_names_its_invoice(shop: Shop):
    assert await shop.orders.open(order()) == ()
    await shop.orders.sent(order().id, MessageId(5))
    assert await shop.orders.open(order(id="b" * 16)) == (OpenInvoice(bot=BOT, message=MessageId(5)),)
    closed = await shop.orders.find(order().id)
    assert closed.state is OrderState.CLOSED
    assert not await shop.orders.approve(order().id, NOW)


async def test_of_two_queries_at_one_moment_one_is_approved(shop: Shop):
    await shop.orders.open(order())
    answers = await asyncio.gather(*(shop.orders.approve(order().id, NOW) for _ in range(5)))
    assert sorted(answers) == [False, False, False, False, True]
    assert await shop.orders.approve(order().id, NOW + 15)


async def test_of_two_queries_that_overtake_each_other_one_is_approved(shop: Shop):
    """Each takes the time before it reads the records; so the later one may be decided first."""
    await shop.orders.open(order())
    assert await shop.orders.approve(order().id, NOW + 0.01)
    assert not await shop.orders.approve(order().id, NOW)


async def test_a_clock_that_has_gone_back_does_not_close_an_order(shop: Shop):
    await shop.orders.open(order())
    assert await shop.orders.approve(order().id, NOW + DAY)
    assert await shop.orders.approve(order().id, NOW)


async def test_an_order_that_is_paid_between_the_look_and_the_approval_is_not_approved(shop: Shop):
    await shop.orders.open(order())
    await shop.book(charge(order()))
    assert not await shop.orders.approve(order().id, NOW + 60)


async def test_a_charge_is_booked_once_however_many_tell_of_it(shop: Shop):
    await shop.orders.open(order())
    booked = await asyncio.gather(*(shop.book(charge(order())) for _ in range(5)))
    assert [each.changed for each in booked if each is not None] == [(ANNA,)]
    assert await shop.vip.vip_until(ANNA) == NOW + 7 * DAY
    assert await shop.ledger.balance(BOT) == 100 * NANO
    assert await shop.texts() == ["vip-active"]
    assert (await shop.orders.find(order().id)).state is OrderState.PAID
    assert await shop.sums_to_zero()


async def test_an_order_that_was_lost_is_rebuilt_by_its_first_charge(shop: Shop):
    """As after a restore of the database from a copy."""
    monthly = order(plan="monthly", quantity=30, period=MONTH, stars=250)
    for month in (0, 1):
        at, until = NOW + month * MONTH, NOW + (month + 1) * MONTH
        paid = charge(monthly, f"stx{month}", at=at, subscribed_until=until)
        await shop.ledger.book_charge(paid, read_payload(paid.payload, SECRET), gift_code="", grace=DAY)
    found = await shop.orders.find(monthly.id)
    assert (found.state, found.stars, found.period, found.plan) == (OrderState.PAID, 250, MONTH, "monthly")
    assert await shop.vip.vip_until(ANNA) == NOW + 61 * DAY
    assert (await shop.ledger.payment("stx1")).flag == ""


async def test_a_second_charge_of_an_order_that_was_lost_is_flagged(shop: Shop):
    await shop.book(charge(order(), "first"))
    assert (await shop.book(charge(order(), "second"))).flag == SECOND_CHARGE


async def test_a_second_charge_of_one_order_is_granted_and_flagged(shop: Shop):
    await shop.orders.open(order())
    await shop.book(charge(order(), "first"))
    assert (await shop.book(charge(order(), "second"))).flag == SECOND_CHARGE
    assert await shop.vip.vip_until(ANNA) == NOW + 14 * DAY
    assert (await shop.ledger.payment("second")).flag == SECOND_CHARGE


async def test_a_charge_whose_order_is_gone_is_granted_by_its_payload(shop: Shop):
    assert (await shop.book(charge(order()))).changed == (ANNA,)
    assert await shop.vip.vip_until(ANNA) == NOW + 7 * DAY


async def test_a_charge_with_a_payload_of_somebody_else_is_booked_and_grants_nothing(shop: Shop):
    forged = replace(charge(order()), payload=b"0123|vip:week|7|1||forged")
    assert (await shop.book(forged)).flag == UNKNOWN_PAYLOAD
    assert await shop.vip.vip_until(ANNA) == 0
    assert await shop.ledger.balance(BOT) == 100 * NANO


async def test_a_refund_takes_back_the_unused_part_of_its_own_grant(shop: Shop):
    await shop.book(charge(order(), "first"))
    await shop.book(charge(order(id="b" * 16, quantity=30), "second"))
    later = await shop.at(2 * DAY)
    back = await asyncio.gather(*(later.back(refund(charge(order(), "first"))) for _ in range(3)))
    assert [each.changed for each in back if each is not None] == [(ANNA,)]
    assert await shop.vip.vip_until(ANNA) == NOW + 2 * DAY + 30 * DAY
    assert await shop.ledger.balance(BOT) == 100 * NANO
    assert (await shop.ledger.payment("first")).refunded_at == NOW + DAY
    assert await shop.sums_to_zero()


async def test_a_refund_that_comes_before_its_charge_leaves_no_goods(shop: Shop):
    charged = charge(order())
    assert await shop.back(refund(charged)) is not None
    assert await shop.book(charged) is None
    assert await shop.vip.vip_until(ANNA) == 0
    assert await shop.ledger.balance(BOT) == 0


async def test_a_gift_goes_to_the_partner_and_both_are_told(shop: Shop):
    gift = order(kind=Kind.GIFT, recipient=Address(BOT, BORIS))
    assert (await shop.book(charge(gift))).changed == (BORIS,)
    assert await shop.vip.vip_until(BORIS) == NOW + 7 * DAY
    assert await shop.vip.vip_until(ANNA) == 0
    assert sorted(await shop.texts()) == ["gift-given", "gift-received"]


async def test_a_gift_link_is_redeemed_once_and_taken_back_with_its_charge(shop: Shop):
    link = order(kind=Kind.GIFT_LINK)
    await shop.book(charge(link))
    (told,) = await shop.outbox.due(BOT, NOW)
    code = told.arguments["code"]
    answers = await asyncio.gather(*(shop.grants.redeem_gift(code, UserId(user), BOT) for user in range(1, 6)))
    assert sorted(map(str, answers)) == ["7", "used", "used", "used", "used"]
    winner = UserId(1 + answers.index(7))
    assert await shop.vip.vip_until(winner) == NOW + 7 * DAY
    await shop.back(refund(charge(link)))
    assert await shop.vip.vip_until(winner) == NOW
    assert await shop.grants.redeem_gift("no such code", ANNA, BOT) is NotRedeemed.UNKNOWN


async def test_a_gift_link_that_was_refunded_is_worth_nothing(shop: Shop):
    link = charge(order(kind=Kind.GIFT_LINK))
    await shop.book(link)
    (told,) = await shop.outbox.due(BOT, NOW)
    await shop.back(refund(link))
    assert await shop.grants.redeem_gift(told.arguments["code"], ANNA, BOT) is NotRedeemed.UNKNOWN


async def test_a_promo_code_works_once_a_person_and_as_often_as_it_says(shop: Shop):
    assert await shop.grants.make_promo("SPRING", 3, uses=2, until=NOW + DAY, by="admin")
    assert not await shop.grants.make_promo("SPRING", 9, uses=9, until=NOW + DAY, by="admin")
    twice = await asyncio.gather(*(shop.grants.redeem_promo("SPRING", ANNA, BOT) for _ in range(2)))
    assert sorted(map(str, twice)) == ["3", "used"]
    assert await shop.grants.redeem_promo("SPRING", BORIS, BOT) == 3
    assert await shop.grants.redeem_promo("SPRING", UserId(3), BOT) is NotRedeemed.UNKNOWN
    late = await shop.at(2 * DAY)
    assert await late.grants.redeem_promo("SPRING", UserId(4), BOT) is NotRedeemed.UNKNOWN


async def test_a_renewal_extends_and_a_change_is_told_once(shop: Shop):
    monthly = order(plan="monthly", quantity=30, period=MONTH)
    await shop.orders.open(monthly)
    await shop.book(charge(monthly, "first", subscribed_until=NOW + 30 * DAY))
    await shop.book(charge(monthly, "again", recurring=True, at=NOW + 30 * DAY, subscribed_until=NOW + 60 * DAY))
    assert await shop.vip.vip_until(ANNA) == NOW + 60 * DAY
    (known,) = await shop.subscriptions.of_user(ANNA)
    assert (known.until, known.charges, known.state) == (NOW + 60 * DAY, ("again", "first"), "alive")
    assert (await shop.orders.buyer(ANNA, NOW)).subscribed
    assert await shop.subscriptions.change(known, SubscriptionChange.CANCELLED, ())
    assert not await shop.subscriptions.change(known, SubscriptionChange.CANCELLED, ())
    assert not (await shop.orders.buyer(ANNA, NOW)).subscribed


async def test_what_moves_no_goods_is_booked_once_and_comes_back_where_it_failed(shop: Shop):
    row = Transaction(id="w1", amount=-5 * NANO, date=NOW, peer=Peer.FRAGMENT, pending=True)
    withdrawn = Moved(bot=BOT, row=row, move=Move.WITHDRAWN)
    failed = Moved(bot=BOT, row=replace(row, pending=False, failed=True), move=Move.WITHDRAWN)
    assert await shop.ledger.book_move(withdrawn)
    assert not await shop.ledger.book_move(withdrawn)
    assert not await shop.ledger.book_move(failed)
    assert await shop.ledger.balance(BOT) == -5 * NANO
    back = replace(row, pending=False, amount=5 * NANO, refund=True)
    assert await shop.ledger.book_move(Moved(bot=BOT, row=back, move=Move.WITHDRAWN))
    assert await shop.ledger.balance(BOT) == 0
    tenth = Transaction(id="a1", amount=-NANO // 10, date=NOW, peer=Peer.API)
    assert await shop.ledger.book_move(Moved(bot=BOT, row=tenth, move=Move.COSTS))
    assert await shop.ledger.balance(BOT) == -NANO // 10


async def test_a_row_that_moves_nothing_is_booked_once(shop: Shop):
    nothing = Moved(bot=BOT, row=Transaction(id="n1", amount=0, date=NOW, peer=Peer.OTHER), move=Move.UNEXPLAINED)
    assert [await shop.ledger.book_move(nothing) for _ in range(2)] == [True, False]
    assert await shop.ledger.balance(BOT) == 0


async def test_the_end_of_vip_is_told_before_and_after_once_for_each_end(shop: Shop):
    await shop.book(charge(order()))
    end = NOW + 7 * DAY
    for when in (end - 2 * DAY, end - DAY / 2, end - DAY / 3, end + 60, end + 120):
        await shop.outbox.remind(BOT, when, DAY)
    assert await shop.texts() == ["vip-active", "vip-ends-soon", "vip-ended"]


async def test_what_was_sent_is_due_no_more(shop: Shop):
    await shop.book(charge(order()))
    (owed,) = await shop.outbox.due(BOT, NOW)
    await shop.outbox.sent(owed.key, NOW)
    assert await shop.outbox.due(BOT, NOW + DAY) == []
    assert await shop.outbox.purge_before(NOW + 1) == 1


async def test_a_gift_link_that_is_redeemed_and_refunded_at_one_moment_leaves_no_vip(shop: Shop):
    for number in range(10):
        link = order(id=f"{number:016}", kind=Kind.GIFT_LINK)
        await shop.book(charge(link, f"stx{number}"))
    codes = [owed.arguments["code"] for owed in await shop.outbox.due(BOT, NOW)]
    redeemed = [shop.grants.redeem_gift(code, BORIS, BOT) for code in codes]
    refunded = [shop.back(refund(charge(order(kind=Kind.GIFT_LINK), f"stx{number}"))) for number in range(10)]
    await asyncio.gather(*(each for pair in zip(redeemed, refunded, strict=True) for each in pair))
    assert await shop.vip.vip_until(BORIS) <= NOW
    assert await shop.ledger.balance(BOT) == 0


async def test_all_that_changes_one_persons_vip_at_one_moment_is_counted_once(shop: Shop):
    """As two workers do: charges and refunds from messages and from the list, codes from two devices."""
    charges = [charge(order(id=f"{number:016}"), f"stx{number}") for number in range(8)]
    await shop.grants.make_promo("SPRING", days=3, uses=1, until=NOW + DAY, by="admin")
    await asyncio.gather(
        *(shop.book(each) for each in charges * 2),
        *(shop.back(refund(each)) for each in charges[:4] * 2),
        *(shop.grants.redeem_promo("SPRING", ANNA, BOT) for _ in range(3)),
        *(shop.grants.grant(ANNA, BOT, "trial:1", DAY) for _ in range(3)),
    )
    assert await shop.vip.vip_until(ANNA) == NOW + (4 * 7 + 3 + 1) * DAY
    assert await shop.ledger.balance(BOT) == 4 * 100 * NANO
    assert await shop.sums_to_zero()


async def test_a_flagged_charge_is_listed_until_it_is_settled_or_refunded(shop):
    odd, again = charge(order(), "odd", payload=b"forged"), charge(order(), "again")
    await shop.orders.open(order())
    await shop.book(odd)
    await shop.book(charge(order(), "first"))
    await shop.book(again)
    assert [paid.charge for paid in await shop.ledger.flagged(BOT)] == ["odd", "again"]
    assert await shop.ledger.flagged(BotId(78)) == []
    await shop.ledger.settle("odd")
    await shop.back(refund(again))
    assert await shop.ledger.flagged(BOT) == []


async def test_a_refused_refund_is_listed_until_its_charge_is_settled_or_refunded(shop):
    refunds, ids = SqlRefunds(shop.database), ("one", "two", "three")
    await shop.orders.open(order())
    for id_ in ids:
        await shop.book(charge(order(), id_))
        await refunds.ask(RefundRequest(charge=id_, bot=BOT, reason="a test", by="admin"), NOW + 5)
    for id_, outcome in zip(ids, (f"{REFUSED}: refused", f"{REFUSED}: refused", "refunded"), strict=True):
        await refunds.done(id_, outcome, NOW)
    assert {(each.charge, each.asked_at) for each in await refunds.refused(BOT)} == {("one", NOW + 5), ("two", NOW + 5)}
    await shop.ledger.settle("one")
    await shop.back(refund(charge(order(), "two")))
    assert await refunds.refused(BOT) == []


async def test_questions_wait_until_they_are_told_and_are_kept_for_a_year(database):
    tickets = SqlTickets(database)
    numbers = [await tickets.open(Address(BOT, user), "why?", NOW + user) for user in (ANNA, BORIS)]
    assert [ticket.number for ticket in await tickets.waiting(BOT)] == numbers == [1, 2]
    await tickets.told(1, NOW)
    assert [ticket.number for ticket in await tickets.waiting(BOT)] == [2]
    assert [(ticket.number, ticket.told_at) for ticket in await tickets.newest(10)] == [(2, None), (1, NOW)]
    assert await tickets.purge_before(NOW + BORIS) == 1
    assert (await tickets.find(1), (await tickets.find(2)).address) == (None, Address(BOT, BORIS))


async def test_a_list_remembers_since_when_it_differs(database):
    lists, state = SqlStarLists(database), StarList(bot=BOT, rows=3, compared_at=NOW, balance=5, difference=-2, differs_since=NOW)
    await lists.write(state)
    assert (await lists.read(BOT), await lists.all()) == (state, [state])


async def test_what_the_operators_are_told_is_kept_apart_and_added_once(shop):
    owed = Owed(key="control:x", to=CONTROL, text="control-ticket", arguments={"ticket": 1})
    await shop.outbox.add(owed, NOW)
    await shop.outbox.add(owed, NOW)
    assert await shop.outbox.due(CONTROL.bot, NOW) == [owed]
    assert await shop.texts() == []


async def test_who_asked_for_a_refund_is_noted_also_where_its_notice_was_booked_first(shop: Shop):
    charged = charge(order())
    await shop.book(charged)
    await shop.back(refund(charged))
    await shop.ledger.book_refund(refund(charged), None, reason="a test", by="admin")
    await shop.ledger.book_refund(refund(charged), None, reason="another", by="somebody else")
    paid = await shop.ledger.payment(charged.id)
    assert (paid.refund_reason, paid.refund_by) == ("a test", "admin")


async def test_of_two_charges_of_one_order_at_one_moment_one_is_flagged(shop: Shop):
    for number in range(8):
        one = order(id=f"{number:016}")
        await shop.orders.open(one)
        booked = await asyncio.gather(*(shop.book(charge(one, f"stx{number}{which}")) for which in "ab"))
        assert sorted(each.flag for each in booked) == ["", SECOND_CHARGE]


async def test_the_number_of_a_question_is_given_out_once(database):
    tickets = SqlTickets(database)
    assert await tickets.open(Address(BOT, ANNA), "why?", NOW) == 1
    await tickets.purge_before(NOW + DAY)
    assert await tickets.open(Address(BOT, ANNA), "why?", NOW + DAY) == 2
