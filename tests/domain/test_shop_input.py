"""Buttons and codes of the shop as a forged client may send them, and old ones after a flag is off."""

from __future__ import annotations

import pytest
from msgspec import structs

from domain.configuration import Configuration
from domain.model.content import Text
from domain.model.ids import MessageId, Pts
from domain.model.inbound import CommandReceived
from domain.payments.orders import Kind
from domain.session.effects import Answer, PlaceOrder, Redeem, Say
from domain.session.facts import Ordered
from domain.session.notices import shop_notices
from tests.domain.stories import CHATTING, IDLE, ME, RULES, step
from tests.domain.stories import pressed as press
from transport.texts.keyboards import MAX_DATA_BYTES

LONGEST_PLAN, LONGEST_CHAT = "p" * 16, "c" * 32
FORGED = [
    *("plan", "plan:", "plan:" + "p" * 17, "plan:week:more", "plan:WEEK", "plan:🎁", "plan:week\n"),
    *("pack", "pack:", "pack:" + "p" * 17, "pack:small:more", "pack:SMALL", "pack:🎁", "pack:small\n"),
    *("gift:" + "c" * 33, "gift:' OR 1=1", "gift:a:b", "gift:\x00"),
    *("give", "give:", "give::ours", "give:week:" + "c" * 33, "give:week:a:b", "give:🎁:ours"),
    *("accept", "accept:vip", "accept:free:week:", "accept:credits::", "accept:gift:week:" + "c" * 33, "accept:vip::"),
    *("trial:1", "wish:gender:none", "wish:band:1", "wish:band:x", "wishes:1"),
]


def answers(effects) -> list[str]:
    return [effect.press.text for effect in effects if isinstance(effect, Answer)]


def command(name: str, argument: str) -> CommandReceived:
    text = f"/{name} {argument}"
    return CommandReceived(user=ME.user, pts=Pts(5), message=MessageId(5), name=name, argument=argument, content=Text(text=text))


def told(effects) -> list[str]:
    return [effect.notice.text for effect in effects if isinstance(effect, Say)]


@pytest.mark.parametrize("data", FORGED)
def test_forged_data_is_the_button_of_no_message(data):
    _, effects = step(IDLE, press(data))
    assert (answers(effects), len(effects)) == (["old-button"], 1)


def test_the_longest_ids_fit_into_the_data_of_every_button_that_follows():
    plans = tuple(structs.replace(plan, id=LONGEST_PLAN) for plan in RULES.vip.plans)
    asked = shop_notices.gift_plans(plans, LONGEST_CHAT, "en")
    wanted = [PlaceOrder(kind=kind, plan=LONGEST_PLAN, chat=LONGEST_CHAT) for kind in Kind]
    notices = [asked, *(shop_notices.accept_terms(order, "en") for order in wanted)]
    data = [button.data for notice in notices for row in notice.buttons for button in row]
    assert max(map(len, data)) <= MAX_DATA_BYTES
    for each in data:
        _, effects = step(CHATTING, press(each))
        assert [effect for effect in effects if isinstance(effect, PlaceOrder)], each


@pytest.mark.parametrize("flag", ["vip", "stars_payments"])
@pytest.mark.parametrize("data", ["plan:week", "gift:", "gift:ours", "give:week:", "give:week:ours", "accept:vip:week:"])
def test_old_buttons_say_so_where_nothing_is_sold_any_more(flag, data):
    off = Configuration(features=structs.replace(RULES.features, **{flag: False}))
    _, effects = step(IDLE, press(data), configuration=off)
    assert (answers(effects), len(effects)) == (["pay-off"], 1)


def test_packs_are_not_sold_where_stars_are_off_and_without_vip_they_are():
    off = Configuration(features=structs.replace(RULES.features, stars_payments=False))
    without_vip = Configuration(features=structs.replace(RULES.features, vip=False))
    for data in ("pack:small", "accept:credits:small:"):
        _, effects = step(CHATTING, press(data), configuration=off)
        assert (answers(effects), len(effects)) == (["pay-off"], 1)
        _, effects = step(CHATTING, press(data), configuration=without_vip)
        assert [each.kind for each in effects if isinstance(each, PlaceOrder)] == [Kind.CREDITS]


@pytest.mark.parametrize("data", ["trial", "wishes", "wish:any", "wish:gender:female"])
def test_old_buttons_of_vip_do_nothing_where_it_is_off(data):
    off = Configuration(features=structs.replace(RULES.features, vip=False), vip=structs.replace(RULES.vip, trial_days=3))
    _, effects = step(IDLE, press(data), configuration=off)
    assert (answers(effects), len(effects)) == (["old-button"], 1)


@pytest.mark.parametrize("argument", ["_tgr_abc", "_tgr_gift_abc", "gift", "GIFT_abc", "ref_abc"])
def test_other_arguments_of_start_begin_as_without_one(argument):
    assert step(IDLE, command("start", argument)) == step(IDLE, command("start", ""))


@pytest.mark.parametrize("code", ["", "x" * 65, "x" * 10_000, "🎁" * 64, "a b", "../..", "a\x00b", "%s", "'--"])
def test_what_cannot_be_the_code_of_a_gift_is_not_looked_up_and_the_bot_begins_all_the_same(code):
    session, effects = step(IDLE, command("start", f"gift_{code}"))
    begun = step(IDLE, command("start", ""))
    assert (session, effects[:-1], told(effects)[-1:]) == (*begun, ["gift-link-unknown"])


def test_a_gift_opened_while_vip_is_off_stays_good():
    off = Configuration(features=structs.replace(RULES.features, vip=False))
    _, effects = step(IDLE, command("start", "gift_" + "x" * 64), configuration=off)
    assert told(effects)[-1] == "pay-off"
    assert Redeem(code="x" * 64, gift=True) in step(IDLE, command("start", "gift_" + "x" * 64))[1]


@pytest.mark.parametrize("code", ["", "   ", "x" * 10_000, "ß" * 64, "a\x00b", "a\nb"])
def test_what_cannot_be_a_promo_code_is_not_looked_up(code):
    assert told(step(IDLE, command("promo", code))[1]) == ["promo-how"]


def test_an_odd_promo_code_is_looked_up_as_it_is():
    assert step(IDLE, command("promo", " 🎁spring "))[1] == [Redeem(code="🎁SPRING", gift=False)]


def test_a_refusal_of_an_order_is_said_and_terms_are_asked_for():
    order = PlaceOrder(kind=Kind.VIP, plan="week")
    assert told(step(IDLE, Ordered(order=order, refusal="pay-banned"))[1]) == ["pay-banned"]
    assert told(step(IDLE, Ordered(order=order, refusal="pay-terms"))[1]) == ["payment-terms"]
