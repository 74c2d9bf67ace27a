"""Subscriptions in Stars: a clock that moves, renewals, and what ends them."""

from __future__ import annotations

import pytest

from tests.sandbox.shop import buys, earnings, invoice, linked, listed, noticed, passes, refunds, wallet
from tests.sandbox.test_messages import refused
from tests.sandbox.town import F, Person, StockBot, T, Town

MONTH = 2_592_000


async def subscribed(town: Town, period: int = MONTH, stars: int = 100) -> tuple[StockBot, Person, T.MessageActionPaymentSentMe]:
    """A bot, a person with a subscription, and the notice of its first payment."""
    bot, anna = await town.chatting()
    await buys(town, bot, anna, link=await linked(bot, invoice(stars, period=period, payload=b"plan")))
    return bot, anna, (await noticed(bot, T.MessageActionPaymentSentMe)).action


async def renewal(bot: StockBot) -> T.MessageActionPaymentSentMe:
    return (await noticed(bot, T.MessageActionPaymentSentMe)).action


async def only(town: Town, anna: Person) -> dict:
    (subscription,) = (await wallet(town, anna))["subscriptions"]
    return subscription


async def does(town: Town, anna: Person, action: str) -> dict:
    return await anna.does(f"subscriptions/{(await only(town, anna))['id']}", action=action)


async def bot_cancels(bot: StockBot, anna: Person, charge: str, *, restore: bool | None = None) -> None:
    await bot.call(bot_cancelling(bot, anna, charge, restore=restore))


def bot_cancelling(bot: StockBot, anna: Person, charge: str, *, restore: bool | None = None) -> object:
    peer = bot.peer(anna.id)
    user = T.InputUser(user_id=peer.user_id, access_hash=peer.access_hash)
    return F.payments.BotCancelStarsSubscription(user_id=user, charge_id=charge, restore=restore)


@pytest.mark.parametrize("period", [60, 300, MONTH])
async def test_it_is_renewed_when_the_clock_comes_to_its_date(town: Town, period: int) -> None:
    bot, anna, first = await subscribed(town, period)
    assert (first.recurring_init, first.recurring_used, first.payload) == (True, False, b"plan")
    told = await only(town, anna)
    assert (told["until"], told["period"], told["title"], told["over"]) == (first.subscription_until_date, period, "VIP", False)

    await passes(town, 2 * period)
    second, third = await renewal(bot), await renewal(bot)
    for before, after in ((first, second), (second, third)):
        assert after.subscription_until_date == before.subscription_until_date + period
        assert (after.recurring_init, after.recurring_used, after.payload) == (False, True, b"plan")
    assert len({one.charge.id for one in (first, second, third)}) == 3
    assert ((await wallet(town, anna))["balance"], (await earnings(town))["balance"]) == (9_700, 300)
    rows = (await listed(bot)).history
    assert [row.subscription_period for row in rows] == [period] * 3
    assert rows[2].date - rows[1].date == period


async def test_a_cancelled_one_stays_to_its_end_and_is_not_renewed(town: Town) -> None:
    bot, anna, _ = await subscribed(town)
    state = await bot.call(F.updates.GetState())
    assert (await does(town, anna, "cancel"))["canceled"] is True
    told = await bot.gets(T.UpdateBotStarsSubscription)
    assert (told.user_id, told.payload, told.canceled, told.qts) == (anna.id, b"plan", True, state.qts + 1)
    assert (await only(town, anna))["over"] is False
    await passes(town, MONTH)
    assert ((await only(town, anna))["over"], (await earnings(town))["balance"]) == (True, 100)


async def test_a_cancel_that_is_taken_back_is_told_and_renewed(town: Town) -> None:
    bot, anna, _ = await subscribed(town)
    await does(town, anna, "cancel")
    await does(town, anna, "restore")
    assert [(await bot.gets(T.UpdateBotStarsSubscription)).restored for _ in range(2)] == [False, True]
    await passes(town, MONTH)
    assert (await renewal(bot)).recurring_used


async def test_changes_are_in_the_difference_together_with_stops(town: Town) -> None:
    bot, anna, _ = await subscribed(town)
    state = await bot.call(F.updates.GetState())
    await does(town, anna, "cancel")
    await anna.does("block", bot=town.bots[0])
    await does(town, anna, "restore")
    missed = await bot.call(F.updates.GetDifference(pts=state.pts, date=0, qts=state.qts))
    assert [type(one) for one in missed.other_updates] == [
        T.UpdateBotStarsSubscription,
        T.UpdateBotStopped,
        T.UpdateBotStarsSubscription,
    ]
    assert [one.qts - state.qts for one in missed.other_updates] == [1, 2, 3]
    assert missed.state.qts == state.qts + 3


async def test_a_renewal_without_stars_is_told_once_and_can_be_fulfilled_later(town: Town) -> None:
    bot, anna, _ = await subscribed(town)
    await anna.does("stars", add=-9_900)
    await passes(town, 3 * MONTH)
    assert (await bot.gets(T.UpdateBotStarsSubscription)).payment_failed
    assert ((await only(town, anna))["failed"], (await earnings(town))["balance"]) == (True, 100)
    assert (await anna.post(f"subscriptions/{(await only(town, anna))['id']}", action="fulfil")).status_code == 409
    await anna.does("stars", add=150)
    assert (await does(town, anna, "fulfil"))["failed"] is False
    again = await renewal(bot)
    now = (await town.http.get("/api/clock")).json()["now"]
    assert again.recurring_used
    assert again.subscription_until_date == pytest.approx(now + MONTH, abs=600)
    await passes(town, MONTH)
    assert (await bot.gets(T.UpdateBotStarsSubscription)).payment_failed


async def test_a_bot_cancels_by_any_charge_and_may_take_it_back(town: Town) -> None:
    bot, anna, first = await subscribed(town)
    await passes(town, MONTH)
    second = await renewal(bot)
    await bot_cancels(bot, anna, first.charge.id)
    assert (await only(town, anna))["bot_canceled"] is True
    twice = bot_cancelling(bot, anna, second.charge.id)
    assert await refused(bot, twice) == (400, "SUBSCRIPTION_NOT_MODIFIED")
    await bot_cancels(bot, anna, second.charge.id, restore=True)
    await passes(town, MONTH)
    third = await renewal(bot)
    await bot_cancels(bot, anna, third.charge.id)
    await passes(town, MONTH)
    assert (await earnings(town))["balance"] == 300
    assert (await anna.post(f"subscriptions/{(await only(town, anna))['id']}", action="fulfil")).status_code == 409


async def test_a_bot_cancels_only_what_is_its_own(town: Town) -> None:
    bot, anna, first = await subscribed(town)
    boris = await town.person("Boris")
    await boris.says(town.bots[0], "/start")
    assert await refused(bot, bot_cancelling(bot, anna, "stxnothing")) == (400, "CHARGE_ID_INVALID")
    assert await refused(bot, bot_cancelling(bot, boris, first.charge.id)) == (400, "CHARGE_ID_INVALID")
    nobody = F.payments.BotCancelStarsSubscription(user_id=T.InputUser(user_id=5, access_hash=0), charge_id=first.charge.id)
    assert await refused(bot, nobody) == (400, "USER_ID_INVALID")


async def test_a_deleted_account_is_not_charged_again(town: Town) -> None:
    _, anna, _ = await subscribed(town)
    await town.http.delete(f"/api/users/{anna.id}")
    await passes(town, 2 * MONTH)
    assert (await earnings(town))["balance"] == 100


async def test_a_person_may_have_two_of_one_bot(town: Town) -> None:
    bot, anna, _ = await subscribed(town)
    await buys(town, bot, anna, link=await linked(bot, invoice(period=60)))
    assert [one["period"] for one in (await wallet(town, anna))["subscriptions"]] == [MONTH, 60]


async def test_actions_that_do_not_fit_are_refused(town: Town) -> None:
    _, anna, _ = await subscribed(town)
    path = f"subscriptions/{(await only(town, anna))['id']}"
    for action in ("restore", "fulfil"):
        assert (await anna.post(path, action=action)).status_code == 409
    assert (await anna.post(path, action="eat")).json()["field"] == "action"
    await anna.does(path, action="cancel")
    assert (await anna.post(path, action="cancel")).status_code == 409


async def test_a_refund_leaves_the_subscription_alone(town: Town) -> None:
    bot, anna, first = await subscribed(town)
    await refunds(bot, anna, first.charge.id)
    await passes(town, MONTH)
    assert (await renewal(bot)).recurring_used
