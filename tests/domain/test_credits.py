"""Events of credits, the screen of /credits, and the packs of the configuration."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec import structs

from domain.configuration import MOST_PLANS, Configuration, check
from domain.model.ids import BotId, UserId
from domain.payments import ledger
from domain.payments.credits import (
    NotEnoughCredits,
    Why,
    given,
    is_guarded,
    lock_back,
    lock_voided,
    pack_refunded,
    pack_sold,
    person_account,
)
from domain.payments.ledger import Transfer, Unit
from domain.payments.rules import Credits, Pack
from domain.payments.updates import NANO, Charge, Refund
from domain.ports.payments import CreditEntry
from domain.session.effects import LookUpCredits, Say
from domain.session.facts import CreditsLooked
from domain.session.notices.shop_notices import SIGNS, pack_buttons
from tests.domain.stories import CHATTING, IDLE, RULES, command, step
from tests.domain.test_minors import IDLE_MINOR
from transport.texts.catalogue import Texts

BOT, ANNA, NOW = BotId(7), UserId(10), datetime(2031, 5, 17, tzinfo=UTC).timestamp()
CHARGE = Charge(bot=BOT, id="stx", user=ANNA, currency="XTR", amount=50 * NANO, payload=b"", at=NOW)
REFUND = Refund(bot=BOT, charge="stx", user=ANNA, amount=50 * NANO, payload=b"", at=NOW)


def moves(event: ledger.Event) -> list[tuple[str, str, int]]:
    return [(each.source, each.target, each.amount) for each in event.transfers if each.unit is Unit.CREDITS]


def test_only_accounts_of_people_are_guarded():
    assert is_guarded(person_account(5))
    assert not [each for each in ("sold", "given", "held", "used", "lost", "earned:referral", "telegram:7") if is_guarded(each)]


def test_a_pack_is_one_event_of_stars_and_credits():
    event = pack_sold(ledger.sale(CHARGE, None, "order"), "user:1", 10)
    assert event.key == ledger.charge_key(BOT, "stx")
    assert [each.unit for each in event.transfers] == [Unit.STARS, Unit.CREDITS]


@pytest.mark.parametrize(
    ("balance", "expected"),
    [
        (10, [("user:1", "sold", 10)]),
        (25, [("user:1", "sold", 10)]),
        (4, [("user:1", "sold", 4), ("lost", "sold", 6)]),
        (0, [("lost", "sold", 10)]),
    ],
)
def test_a_refund_takes_up_to_the_balance_and_the_rest_is_lost(balance, expected):
    assert moves(pack_refunded(ledger.refund(REFUND, ""), "user:1", 10, balance)) == expected


@pytest.mark.parametrize(
    ("owed", "expected"),
    [(0, [("user:1", 9)]), (4, [("user:1", 5), ("lost", 4)]), (9, [("lost", 9)])],
)
def test_what_comes_back_of_a_lock_goes_first_where_a_refund_found_too_little(owed, expected):
    for source, event in (
        ("used", lock_back("l", "user:1", 9, NOW, owed=owed)),
        ("held", lock_voided("l", "user:1", 9, NOW, owed=owed)),
    ):
        assert moves(event) == [(source, target, amount) for target, amount in expected]


@pytest.mark.parametrize("amount", [0, -1])
def test_no_transfer_moves_nothing_or_backwards(amount):
    with pytest.raises(ValueError, match="positive"):
        given("x", "user:1", amount, at=NOW)
    with pytest.raises(ValueError, match="positive"):
        Transfer(unit=Unit.STARS, source="a", target="b", amount=amount)


def test_too_few_credits_is_an_error_of_its_own():
    assert not issubclass(NotEnoughCredits, ValueError)


def shown(looked: CreditsLooked, configuration: Configuration = RULES, session=IDLE) -> tuple[str, list[str]]:
    _, effects = step(session, looked, configuration=configuration)
    (notice,) = (effect.notice for effect in effects if isinstance(effect, Say))
    texts = Texts(strict=True)
    labels = [texts.render(button.label, button.arguments) for row in notice.buttons for button in row]
    return texts.render(notice.text, notice.arguments), labels


@pytest.mark.parametrize("session", [IDLE, CHATTING, IDLE_MINOR], ids=["idle", "chatting", "minor"])
def test_the_command_looks_credits_up(session):
    assert step(session, command("credits"))[1] == [LookUpCredits()]


def test_the_balance_the_last_entries_and_the_packs_are_shown():
    history = (CreditEntry(amount=-5, kind=Why.LOCK_HELD, at=NOW), CreditEntry(amount=10, kind=Why.SALE, at=NOW))
    text, labels = shown(CreditsLooked(balance=5, history=history))
    assert "You have 5 credits" in text
    assert text.index("2031-05-17 · -5 🔒") < text.index("2031-05-17 · +10 ⭐")
    assert labels == ["10 credits · 50 ⭐", "25 credits · 110 ⭐", "60 credits · 240 ⭐"]


def test_without_anything_there_is_no_history():
    text, _ = shown(CreditsLooked(balance=0, history=()))
    assert "You have 0 credits" in text
    assert "came and went" not in text


def test_minors_see_what_they_have_and_are_sold_nothing():
    text, labels = shown(CreditsLooked(balance=1, history=()), session=IDLE_MINOR)
    assert "one credit" in text
    assert (labels, "buy" in text) == ([], False)


def test_where_no_stars_are_taken_there_are_no_packs():
    off = Configuration(features=structs.replace(RULES.features, stars_payments=False))
    assert pack_buttons(off) == ()
    text, labels = shown(CreditsLooked(balance=3, history=()), off)
    assert (labels, "buy" in text) == ([], False)


def test_the_buttons_of_packs_are_always_the_same_and_have_their_stars():
    assert [row[0].data for row in pack_buttons(RULES)] == ["pack:small", "pack:medium", "pack:large"]


def test_every_entry_of_somebodys_account_has_a_sign():
    assert set(SIGNS) == set(Why) - {Why.LOCK_USED, Why.DELETED}


def test_packs_with_one_id_and_too_many_are_refused():
    twice = Credits(packs=(Pack(id="a", credits=1, stars=1), Pack(id="a", credits=2, stars=2)))
    many = Credits(packs=tuple(Pack(id=str(n), credits=1, stars=1) for n in range(MOST_PLANS + 1)))
    for packs, words in ((twice, "the pack a is there twice"), (many, "have at most")):
        (fault,) = check(Configuration(credits=packs))
        assert (fault.setting, words in fault.text) == ("credits.packs", True)
