"""The list of a bot's Stars: sales, refunds, and what befalls it from outside."""

from __future__ import annotations

from tests.sandbox.shop import (
    befalls,
    buys,
    earnings,
    invoice,
    linked,
    listed,
    noticed,
    offered,
    refunds,
    wallet,
)
from tests.sandbox.test_messages import refused
from tests.sandbox.town import F, StockBot, T, Town

SELF = T.InputPeerSelf()


def stars(amount: T.StarsAmount) -> tuple[int, int]:
    return amount.amount, amount.nanos


async def by_id(bot: StockBot, charge: str, *, refund: bool | None = None) -> T.StarsTransaction:
    query = F.payments.GetStarsTransactionsByID(peer=SELF, id=[T.InputStarsTransaction(id=charge, refund=refund)])
    (row,) = (await bot.call(query)).history
    return row


async def test_a_sale_in_the_list_says_enough_to_grant_it(town: Town) -> None:
    bot, anna, number = await offered(town)
    charge = await buys(town, bot, anna, number)
    found = await listed(bot)
    (row,) = found.history
    assert (row.id, stars(row.amount), row.peer.peer.user_id) == (charge, (50, 0), anna.id)
    assert (row.bot_payload, row.title, row.msg_id, row.refund) == (b"order 1", "VIP", 2, False)
    assert (stars(found.balance), [user.id for user in found.users], found.next_offset) == ((50, 0), [anna.id], None)


async def test_the_offset_is_a_number_of_rows(town: Town) -> None:
    bot, anna = await town.chatting()
    link = await linked(bot, invoice(3))
    charges = [await buys(town, bot, anna, link=link) for _ in range(5)]
    first = await listed(bot, limit=2)
    assert ([row.id for row in first.history], first.next_offset) == (charges[:2], "2")
    charges.append(await buys(town, bot, anna, link=link))
    rest = await listed(bot, offset="2")
    assert ([row.id for row in rest.history], rest.next_offset) == (charges[2:], None)
    newest = await listed(bot, limit=2, ascending=None)
    assert ([row.id for row in newest.history], newest.next_offset) == (charges[:3:-1], "2")
    assert not (await listed(bot, limit=0)).history
    assert not (await listed(bot, offset="99")).history
    wrong = F.payments.GetStarsTransactions(peer=SELF, offset="-1", limit=1)
    assert await refused(bot, wrong) == (400, "OFFSET_INVALID")
    foreign = F.payments.GetStarsTransactions(peer=bot.peer(anna.id), offset="", limit=1)
    assert await refused(bot, foreign) == (400, "PEER_ID_INVALID")


async def test_a_page_has_a_hundred_rows_at_most(town: Town) -> None:
    bot = await town.bot()
    for _ in range(101):
        await befalls(town, "broadcast", stars=0.1)
    page = await listed(bot, limit=1000)
    assert (len(page.history), page.next_offset) == (100, "100")


async def test_a_refund_is_a_second_row_with_the_same_id(town: Town) -> None:
    bot, anna, number = await offered(town)
    charge = await buys(town, bot, anna, number)
    await noticed(bot, T.MessageActionPaymentSentMe)
    state = await bot.call(F.updates.GetState())

    update = (await refunds(bot, anna, charge)).updates[0]
    action = update.message.action
    assert isinstance(action, T.MessageActionPaymentRefunded)
    assert (action.charge.id, action.total_amount, action.payload, action.peer.user_id) == (charge, 50, b"order 1", town.bots[0])
    assert (update.message.out, update.pts) == (True, state.pts + 1)
    (missed,) = (await bot.call(F.updates.GetDifference(pts=state.pts, date=0, qts=0))).new_messages
    assert missed.action.charge.id == charge

    rows = (await listed(bot)).history
    assert [(row.id, stars(row.amount), row.refund) for row in rows] == [(charge, (50, 0), False), (charge, (-50, 0), True)]
    assert stars((await by_id(bot, charge, refund=True)).amount) == (-50, 0)
    assert ((await wallet(town, anna))["balance"], (await earnings(town))["balance"]) == (10_000, 0)
    while "service" not in (seen := (await anna.sees())["message"]):
        pass
    assert seen["service"]["kind"] == "refunded"


async def test_a_refund_is_told_to_the_other_sessions_of_the_bot(town: Town) -> None:
    bot, anna, number = await offered(town)
    other = await town.bot()
    charge = await buys(town, bot, anna, number)
    await refunds(bot, anna, charge)
    assert (await noticed(other, T.MessageActionPaymentRefunded)).action.charge.id == charge


async def test_what_cannot_be_refunded(town: Town) -> None:
    bot, anna, number = await offered(town)
    other, boris = await town.bot(1), await town.person("Boris")
    await boris.says(town.bots[0], "/start")
    await boris.says(town.bots[1], "/start")
    await anna.says(town.bots[1], "/start")
    charge = await buys(town, bot, anna, number)

    def refund(user: int, of: str) -> F.payments.RefundStarsCharge:
        return F.payments.RefundStarsCharge(user_id=T.InputUser(user_id=user, access_hash=0), charge_id=of)

    assert await refused(bot, refund(anna.id, "")) == (400, "CHARGE_ID_EMPTY")
    assert await refused(bot, refund(anna.id, "stxnothing")) == (400, "CHARGE_NOT_FOUND")
    assert await refused(bot, refund(boris.id, charge)) == (400, "CHARGE_NOT_FOUND")
    assert await refused(bot, refund(5, charge)) == (400, "USER_ID_INVALID")
    assert await refused(other, refund(anna.id, charge)) == (400, "CHARGE_NOT_FOUND")
    await bot.call(refund(anna.id, charge))
    assert await refused(bot, refund(anna.id, charge)) == (400, "CHARGE_ALREADY_REFUNDED")
    nothing = F.payments.GetStarsTransactionsByID(peer=SELF, id=[T.InputStarsTransaction(id="stxnothing")])
    assert await refused(bot, nothing) == (400, "TRANSACTION_ID_INVALID")


async def test_a_refund_by_the_owner_is_pushed(town: Town) -> None:
    bot, anna, number = await offered(town)
    charge = await buys(town, bot, anna, number)
    refund = {"charge_id": charge, "by": "owner"}
    assert (await town.http.post("/api/stars/refund", json=refund)).status_code == 200
    notice = await noticed(bot, T.MessageActionPaymentRefunded)
    assert (notice.action.charge.id, notice.out) == (charge, True)
    assert [row["refund"] for row in (await earnings(town))["transactions"]] == [False, True]
    assert (await town.http.post("/api/stars/refund", json=refund)).status_code == 409


async def test_a_store_takes_stars_back_without_a_row_and_below_zero(town: Town) -> None:
    bot, anna, number = await offered(town)
    charge = await buys(town, bot, anna, number)
    await refunds(bot, anna, charge)
    debit = {"charge_id": charge, "by": "store"}
    assert (await town.http.post("/api/stars/refund", json=debit)).status_code == 200
    status = await bot.call(F.payments.GetStarsStatus(peer=SELF))
    assert (stars(status.balance), len(status.history)) == ((-50, 0), 2)
    assert (await earnings(town))["balance"] == -50
    assert (await town.http.post("/api/stars/refund", json=debit)).status_code == 409


async def test_costs_have_fractions_and_withdrawals_end_one_way_or_the_other(town: Town) -> None:
    bot, anna, number = await offered(town, invoice(1000))
    await buys(town, bot, anna, number)
    await befalls(town, "broadcast", stars=0.1)
    await befalls(town, "ads", stars=2)
    await befalls(town, "unknown", stars=-1.5)
    done, failed = [(await befalls(town, "withdrawal", stars=100))["id"] for _ in range(2)]
    await befalls(town, "withdrawal_done", id=done)
    pending = await by_id(bot, failed)
    await befalls(town, "withdrawal_failed", id=failed)

    rows = (await listed(bot)).history
    kinds = [type(row.peer).__name__.removeprefix("StarsTransactionPeer") for row in rows]
    assert kinds == ["", "API", "Ads", "Unsupported", "Fragment", "Fragment", "Fragment"]
    assert [stars(row.amount) for row in rows[1:4]] == [(0, -100_000_000), (-2, 0), (-1, -500_000_000)]
    assert (pending.pending, [(row.pending, row.failed, row.refund) for row in rows[4:]]) == (
        True,
        [(False, False, False), (False, True, False), (False, False, True)],
    )
    status = await bot.call(F.payments.GetStarsStatus(peer=SELF))
    assert stars(status.balance) == (896, 400_000_000)
    assert [row.id for row in status.history] == [row.id for row in reversed(rows)]
    told = await earnings(town)
    assert (told["balance"], told["balance_nanos"]) == (896.4, 896_400_000_000)
    assert [row["amount"] for row in told["transactions"]] == [1000, -0.1, -2, -1.5, -100, -100, 100]
    inbound = await listed(bot, inbound=True)
    assert [row.id for row in inbound.history] == [rows[0].id, failed]


async def test_an_affiliate_takes_a_share_of_each_sale(town: Town) -> None:
    bot, anna, number = await offered(town, invoice(7))
    boris = await town.person("Boris")
    await befalls(town, "affiliate", user=boris.id, permille=125)
    charge = await buys(town, bot, anna, number)
    row = await by_id(bot, charge)
    assert (stars(row.amount), stars(row.starref_amount)) == ((6, 125_000_000), (0, 875_000_000))
    assert (row.starref_commission_permille, row.starref_peer.user_id) == (125, boris.id)
    await refunds(bot, anna, charge)
    assert ((await wallet(town, anna))["balance"], (await earnings(town))["balance_nanos"]) == (10_000, 0)


async def test_wrong_requests_of_stars_name_their_field(town: Town) -> None:
    anna = await town.person()
    user, bot = f"/api/users/{anna.id}", f"/api/bots/{town.bots[0]}"
    wrong = (
        (f"{user}/pay", {}, "bot"),
        (f"{user}/pay", {"bot": town.bots[0]}, "message_id"),
        (f"{user}/pay", {"link": 5}, "link"),
        (f"{user}/pay", {"form_id": "x"}, "form_id"),
        (f"{user}/forms", {"bot": town.bots[0], "message_id": 9}, "message_id"),
        (f"{user}/forms", {"link": "https://t.me/$nothing"}, "link"),
        (f"{user}/stars", {}, "add"),
        (f"{user}/stars", {"add": -10_001}, "add"),
        (f"{user}/subscriptions/none", {"action": "cancel"}, "subscription"),
        (f"{bot}/stars", {"kind": "gremlins"}, "kind"),
        (f"{bot}/stars", {"kind": "withdrawal"}, "stars"),
        (f"{bot}/stars", {"kind": "withdrawal_done", "id": "x"}, "id"),
        (f"{bot}/stars", {"kind": "affiliate", "permille": 801, "user": anna.id}, "permille"),
        ("/api/stars/refund", {"by": "store"}, "charge_id"),
        ("/api/stars/refund", {"charge_id": "x", "by": "store"}, "charge_id"),
        ("/api/stars/refund", {"charge_id": "x", "by": "me"}, "by"),
        ("/api/clock", {}, "advance"),
        ("/api/clock", {"advance": -1}, "advance"),
    )
    for path, body, field in wrong:
        answer = await town.http.post(path, json=body)
        assert (path, body, answer.status_code // 100, answer.json()["field"]) == (path, body, 4, field)
