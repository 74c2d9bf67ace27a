"""Questions and alerts reach the operators' chat, once, and its Refund buttons do what `payments refund` does."""

from __future__ import annotations

import asyncio
import time

import pytest
from msgspec import structs

from actors.payments.messages import DescribeTrouble, OpenTicket
from domain.model.ids import Address, Pts, UserId
from domain.model.inbound import OPERATOR, OperatorPressed
from domain.model.outgoing import AnswerPress, NotSent, Send, Why
from domain.model.profile import DAY
from domain.payments.calls import ReadTransactions, RefundCharge, RefundOutcome
from domain.payments.transactions import Page
from domain.payments.updates import NANO, Refund, RefundReceived, hashed
from domain.ports.payments import CONTROL, StarList
from storage.secrets import Secrets
from storage.sql.review.appeals import SqlAppeals
from storage.sql.trust.review import SqlReview
from tests.actors.payments.desk import ADMIN, ANNA, BOT, CHAT, a_desk, charged


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    from actors.payments import alerts, chores, control_chat, refunds

    for chore in (alerts.look, control_chat.send_due, refunds.carry_out):
        monkeypatch.setitem(chores.PERIODS, chore, 0.05)
    monkeypatch.setattr("actors.payments.actor.CHORES_SECONDS", 0.05)


@pytest.fixture
async def desk(tmp_path):
    async with a_desk(tmp_path) as desk:
        yield desk


@pytest.fixture
async def lonely(tmp_path):
    """Without a chat for operators."""
    async with a_desk(tmp_path, chat=UserId(0)) as desk:
        yield desk


async def asked(desk, text="Where are my Stars?") -> int:
    return await desk.payments.ask(OpenTicket(address=Address(BOT, ANNA), text=text), timeout=5)


def posted(desk, text: str) -> list:
    bodies = [each.body for each in desk.telegram.sent if isinstance(each, Send) and each.to == CHAT]
    return [body for body in bodies if body.text == text]


async def post(desk, text: str):
    await desk.telegram.until(lambda: posted(desk, text))
    return posted(desk, text)[0]


async def bought(desk, charge: str = "stx1", **changes) -> None:
    await desk.hears(charged(await desk.ordered(), charge, **changes))
    await desk.shows(ANNA, "vip-active")


async def presses(desk, data: str, user: UserId = ADMIN) -> AnswerPress:
    query = len(desk.telegram.submitted) + 100
    await desk.hears(OperatorPressed(user=user, query=query, data=data))
    found = lambda: [each for each in desk.telegram.submitted if isinstance(each, AnswerPress) and each.query == query]  # noqa: E731
    await desk.telegram.until(found)
    return found()[0]


async def trouble(desk, wanted) -> tuple[str, ...]:
    while wanted not in "".join(lines := await desk.payments.ask(DescribeTrouble(), timeout=5)):
        await desk.looks_again()
    return lines


def refunds_asked(desk) -> int:
    return len([call for call in desk.telegram.asked_stars if isinstance(call, RefundCharge)])


async def test_a_question_arrives_with_the_last_charges_and_a_button_for_each_that_can_be_given_back(desk):
    await bought(desk)
    await desk.hears(charged(await desk.ordered(id="b" * 16), "stx2", pts=8))
    await desk.hears(RefundReceived(user=ANNA, pts=Pts(9), refund=refund("stx2")))
    await desk.shows(ANNA, "payment-refunded")
    assert await asked(desk) == 1
    ticket = await post(desk, "control-ticket")
    told = ticket.arguments
    assert (told["number"], told["user"], told["question"], told["payments"]) == ("1", str(ANNA), "Where are my Stars?", 2)
    assert all(hashed(charge) in told["charges"] for charge in ("stx1", "stx2"))
    assert "100 ⭐ · vip week" in told["charges"]
    assert [button.data for row in ticket.buttons for button in row] == [f"{OPERATOR}refund:{ANNA}:{hashed('stx1')}"]
    assert "stx1" not in str(told)
    (waiting,) = await desk.records.tickets.newest(10)
    assert waiting.told_at is not None


def refund(charge: str) -> Refund:
    return Refund(bot=BOT, charge=charge, user=ANNA, amount=100 * NANO, at=time.time())


async def test_an_admin_gives_a_charge_back_once_and_the_chat_reads_the_outcome(desk):
    desk.telegram.stars_answers[RefundCharge] = RefundOutcome.DONE
    await bought(desk, "x" * 140)
    data = f"refund:{ANNA}:{hashed('x' * 140)}"
    assert (await presses(desk, data)).text == "control-asked"
    assert (await post(desk, "control-refund")).arguments["outcome"] == "refunded"
    again = await presses(desk, data)
    assert (again.text, again.arguments["outcome"]) == ("control-outcome", "refunded")
    assert refunds_asked(desk) == 1
    paid = await desk.records.ledger.payment("x" * 140)
    assert (paid.refund_by, bool(paid.refunded_at)) == (f"admin {ADMIN}", True)
    assert len(posted(desk, "control-refund")) == 1


async def test_a_press_of_anybody_else_refunds_nothing(desk):
    await bought(desk)
    answer = await presses(desk, f"refund:{ANNA}:{hashed('stx1')}", user=ANNA)
    assert (answer.text, answer.alert) == ("control-admins-only", True)
    assert await desk.records.refunds.find("stx1") is None


FORGED = ("", "refund", "refund:10", "refund:²:x", "refund:10:ffffffffffff", f"refund:{'9' * 40}:x", "::")


@pytest.mark.parametrize("data", FORGED)
async def test_a_forged_press_of_an_admin_refunds_nothing(desk, data):
    await bought(desk)
    assert (await presses(desk, data)).text == "old-button"


async def test_without_a_chat_questions_wait_in_the_records_and_are_named(lonely):
    await asked(lonely)
    await asked(lonely)
    assert "2 questions about payments wait: set ADMIN_CONTROL_CHAT_ID" in "".join(await trouble(lonely, "2 questions"))
    assert await lonely.records.outbox.due(CONTROL.bot, time.time() + 60) == []


async def test_a_charge_of_which_nothing_is_known_is_told_once_and_named_until_it_is_settled(desk):
    await desk.hears(charged(await desk.ordered(), "odd", payload=b"forged"))
    alert = await post(desk, "control-unknown-payload")
    assert hashed("odd") in alert.arguments["charge"]
    assert alert.buttons
    lines = await trouble(desk, hashed("odd"))
    assert "odd " not in "".join(lines)
    await desk.records.ledger.settle("odd")
    while await desk.payments.ask(DescribeTrouble(), timeout=5):
        await desk.looks_again()
    assert len(posted(desk, "control-unknown-payload")) == 1


async def test_a_second_charge_of_one_order_is_told(desk):
    order = await desk.ordered()
    await desk.hears(charged(order, "one"))
    await desk.shows(ANNA, "vip-active")
    await desk.hears(charged(order, "two", pts=8))
    assert hashed("two") in (await post(desk, "control-second-charge")).arguments["charge"]
    await trouble(desk, hashed("two"))


async def test_a_difference_is_told_with_how_much_and_which_bot(desk, monkeypatch):
    monkeypatch.setattr("actors.payments.reconciliation.LOOK_AGAIN", 0.01)
    desk.telegram.stars_answers[ReadTransactions] = Page(rows=(), balance=-5 * NANO, end=0)
    assert (await post(desk, "control-difference")).arguments == {"bot": str(BOT), "stars": "-5"}
    await trouble(desk, f"bot{BOT}: Telegram has -5 Stars")


async def test_a_list_that_was_not_compared_for_three_hours_is_told(desk):
    async with desk.telegram.holding():
        await desk.records.star_lists.write(StarList(bot=BOT, compared_at=time.time() - 4 * 3600))
        await trouble(desk, "not compared with the ledger for 4 h")
    assert (await post(desk, "control-not-compared")).arguments["hours"] == 4


async def test_a_refund_that_telegram_refuses_is_told_and_may_be_asked_for_again(desk):
    desk.telegram.stars_answers[RefundCharge] = RefundOutcome.REFUSED
    await bought(desk)
    data = f"refund:{ANNA}:{hashed('stx1')}"
    await presses(desk, data)
    assert (await post(desk, "control-refund")).arguments["outcome"] == "Telegram refuses: refused"
    await trouble(desk, "Telegram refuses")
    desk.telegram.stars_answers[RefundCharge] = RefundOutcome.DONE
    assert (await presses(desk, data)).text == "control-asked"
    await desk.telegram.until(lambda: len(posted(desk, "control-refund")) == 2)
    assert posted(desk, "control-refund")[1].arguments["outcome"] == "refunded"


async def test_alerts_that_are_off_are_named_in_the_status_alone(desk):
    features = structs.replace(desk.live.current.features, admin_alerts=False)
    desk.live.swap(structs.replace(desk.live.current, features=features), {})
    await desk.hears(charged(await desk.ordered(), "odd", payload=b"forged"))
    await trouble(desk, hashed("odd"))
    assert await desk.records.outbox.due(CONTROL.bot, time.time() + 60) == []
    await asked(desk)
    await post(desk, "control-ticket")


async def test_a_chat_that_refuses_keeps_the_question_and_is_named(desk, monkeypatch):
    monkeypatch.setattr("actors.payments.control_chat.AGAIN_SECONDS", 0.01)
    desk.telegram.outcomes[CHAT] = NotSent(why=Why.REFUSED, detail="CHAT_WRITE_FORBIDDEN")
    await asked(desk)
    await trouble(desk, "CHAT_WRITE_FORBIDDEN")
    del desk.telegram.outcomes[CHAT]
    await post(desk, "control-ticket")
    while await desk.payments.ask(DescribeTrouble(), timeout=5):
        await desk.looks_again()


async def test_the_chat_may_be_one_admin(tmp_path):
    async with a_desk(tmp_path, chat=ADMIN) as desk:
        await asked(desk)
        await desk.shows(ADMIN, "control-ticket")


# --- people to review, and appeals


async def appealed(desk, *, ago: float = 0.0) -> None:
    """A week's ban, and what Anna says against it."""
    now = time.time() - ago
    async with desk.database.connection() as connection:
        await desk.database.queries.put_ban(
            connection, user=ANNA, until=now + 7 * DAY, reason="fraud", banned_by="olga", note="", now=now
        )
    assert await SqlAppeals(desk.database, clock=lambda: now).appeal(Address(BOT, ANNA), "It was my brother") is None


async def held(desk) -> None:
    review = SqlReview(desk.database, Secrets([b"k" * 32], source="test"), desk.live)
    await review.hold(Address(BOT, ANNA), "known-picture")


async def test_an_appeal_and_one_of_days_ago_are_told_once_each(desk):
    await appealed(desk)
    told = await post(desk, "control-appeal")
    assert (told.arguments["number"], told.arguments["hours"]) == ("1", 0)
    assert any("1 appeal waits for an answer" in line for line in await desk.payments.ask(DescribeTrouble(), timeout=5))
    await desk.looks_again()
    assert len(posted(desk, "control-appeal")) == 1


async def test_an_appeal_that_waits_for_a_day_is_urgent(desk):
    await appealed(desk, ago=DAY + 60)
    assert (await post(desk, "control-appeal")).arguments["hours"] == 24


async def test_somebody_who_is_held_is_told_and_stays_in_status_until_decided(desk):
    await held(desk)
    assert (await post(desk, "control-review")).arguments["rule"] == "known-picture"
    lines = await desk.payments.ask(DescribeTrouble(), timeout=5)
    assert [line for line in lines if "urgent" in line] == [
        f"bot{BOT}: 1 urgent item waits for a review: supervisor.py reports review"
    ]
    await SqlReview(desk.database, Secrets([b"k" * 32], source="test"), desk.live).release(ANNA, "olga")
    async with asyncio.timeout(60):
        while any("urgent" in line for line in await desk.payments.ask(DescribeTrouble(), timeout=5)):
            await desk.looks_again()


async def test_without_alerts_there_is_the_line_alone(desk):
    features = structs.replace(desk.live.current.features, admin_alerts=False)
    desk.live.swap(structs.replace(desk.live.current, features=features), {})
    await held(desk)
    async with asyncio.timeout(60):
        while not any("urgent" in line for line in await desk.payments.ask(DescribeTrouble(), timeout=5)):
            await desk.looks_again()
    assert posted(desk, "control-review") == []
