"""A question about a payment, from a phone to the operators' channel and back as a refund."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from domain.payments.updates import hashed
from tests.system.house import House
from tests.system.people import Person, Town

pytestmark = [pytest.mark.timeout(120), pytest.mark.asyncio(loop_scope="module")]
CHANNEL = 2_300_000_002
"""The number of the first channel that is added to a new sandbox."""
ADMIN = 8_100_000_001
"""The id of the first person."""
WEEK, WEEK_STARS = "7 days · 100 ⭐", 100


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    folder = tmp_path_factory.mktemp("support")
    house = House(folder, ADMIN_CONTROL_CHAT_ID=f"-100{CHANNEL}", ADMIN_TELEGRAM_IDS=str(ADMIN))
    try:
        await house.start()
        admins = [bot["username"] for bot in (await house.http.get("/api/bots")).json()]
        answer = await house.http.post("/api/channels", json={"title": "Operators", "admins": admins})
        assert answer.json() == {"id": CHANNEL}
        yield house
    finally:
        await house.close()


async def post(house: House, text: str) -> dict[str, Any]:
    """The newest post of the channel that contains the text."""
    posts: list[dict[str, Any]] = []

    async def there(_status: Any) -> bool:
        nonlocal posts
        posts = (await house.http.get(f"/api/channels/{CHANNEL}/posts")).json()["posts"]
        return any(text in each["text"] for each in posts)

    while not await there(None):
        await house.status()
    return [each for each in posts if text in each["text"]][-1]


async def pays(house: House, person: Person) -> str:
    """VIP for a week, with the terms accepted by /terms. The charge's id."""
    await person.says("/terms")
    await person.presses("Accept ✅", (await person.hears("Telegram Stars"))["id"])
    await person.hears("accepted the terms")
    await person.says("/vip")
    await person.presses(WEEK, (await person.hears("⭐"))["id"])
    invoice = await person.sees("invoice")
    body = {"bot": person.bot, "message_id": invoice["id"]}
    paid = (await house.http.post(f"/api/users/{person.id}/pay", json=body, timeout=15)).json()
    assert paid["outcome"] == "paid", paid
    await person.hears("You are VIP")
    return str(paid["charge_id"])


async def presses(house: House, person: Person, found: dict[str, Any]) -> str:
    """Press Refund under a post. What the bot answers."""
    button = found["keyboard"]["rows"][0][0]["text"]
    body = {"channel": CHANNEL, "message_id": found["id"], "button": button}
    answer = await house.http.post(f"/api/users/{person.id}/press", json=body)
    assert answer.status_code == 200, answer.text
    while True:
        await person.listens(1.0)
        said = [event["text"] for event in person.events if event["type"] == "answer" and event["bot"] == CHANNEL]
        if said:
            return str(said[-1])


async def test_a_question_reaches_the_channel_and_an_admin_gives_the_stars_back(house: House):
    town = Town(house)
    admin, anna = await town.person(), await town.registered()
    assert admin.id == ADMIN
    charge = await pays(house, anna)
    await anna.says("/paysupport")
    await anna.hears("What is your question")
    await anna.says("I did not mean to buy this")
    await anna.hears("number 1")
    ticket = await post(house, "I did not mean to buy this")
    assert f"user {anna.id}" in ticket["text"]
    assert f"100 ⭐ · vip week · {hashed(charge)}" in ticket["text"]
    assert charge not in ticket["text"]
    assert "Only admins" in await presses(house, anna, ticket)
    assert "Asked for" in await presses(house, admin, ticket)
    await anna.hears("refunded to you")
    assert hashed(charge) in (await post(house, "refunded."))["text"]
    assert (await house.http.get(f"/api/users/{anna.id}/stars")).json()["balance"] == 10_000
    code, listed = await house.command("payments", "tickets")
    assert (code, "I did not mean to buy this" in listed) == (0, True)
    logs = "".join(path.read_text() for path in (house.folder / "logs").glob("*.log"))
    assert hashed(charge) in logs
    assert charge not in logs
    assert "--Paid 100 Stars-->" in (house.folder / "logs" / "payments.log").read_text()
    assert "--Granted-->" in (house.folder / "logs" / "vip.log").read_text()
