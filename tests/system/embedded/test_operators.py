"""What operators decide by commands reaches the people of a running house, and of one that was down meanwhile."""

from __future__ import annotations

import json

import pytest

from tests.system.house import House
from tests.system.people import Town

pytestmark = [pytest.mark.timeout(180), pytest.mark.asyncio(loop_scope="session")]


async def operator(house: House, *words: str | int) -> str:
    code, text = await house.command(*map(str, words))
    assert code == 0, text
    return text


async def test_a_ban_ends_the_chat_is_appealed_against_and_lifted(town: Town):
    house = town.house
    anna, boris = await town.chatting()
    await operator(house, "users", "ban", boris.id, "--hours", 200, "--reason", "You sold things")
    told = (await boris.hears("You are banned until"))["text"]
    assert "Why: You sold things." in told
    assert "/appeal" in told
    await boris.listens(5.0)
    assert sum("You are banned" in text for text in boris.said_to) == 1, "by the session or by the outbox, not by both"
    await anna.hears("gone")
    await boris.says("/appeal")
    await boris.hears("Why should your ban be lifted")
    await boris.says("It was my brother")
    await boris.hears("A person reads your appeal")
    await boris.says("/find")
    await boris.hears("You are banned until")
    (waiting,) = json.loads(await operator(house, "appeals", "list", "--waiting", "--json"))
    assert waiting["text"] == "It was my brother"
    await operator(house, "appeals", "accept", waiting["number"], "--answer", "Say hello to him")
    await boris.hears("Say hello to him")
    await boris.says("/find")
    await boris.hears("Looking")
    logs = (house.folder / "logs" / "admin.log").read_text()
    assert "--Appealed-->" in logs
    assert str(boris.id) not in logs


async def test_whoever_is_idle_is_told_of_a_ban_at_once(town: Town):
    emma = await town.registered()
    await operator(town.house, "users", "ban", emma.id, "--hours", 2, "--reason", "spam")
    assert "Why: spam." in (await emma.hears("You are banned until"))["text"]


async def test_granted_vip_is_told_and_counts_at_once(town: Town):
    house = town.house
    carla = await town.registered()
    await operator(house, "users", "grant", carla.id, "--days", 3)
    await carla.hears("You were given 3 days of VIP")
    await carla.says("/vip")
    await carla.hears("VIP until")


async def test_what_was_decided_while_the_house_was_down_holds_when_it_is_back(town: Town):
    house = town.house
    dora = await town.registered()
    assert await house.stop() == 0
    await operator(house, "users", "ban", dora.id, "--permanent", "--reason", "fraud")
    await house.start()
    told = (await dora.hears("You are banned for good"))["text"]
    assert "fraud" in told
    await operator(house, "users", "unban", dora.id)
    await dora.hears("Your ban was lifted")
    await dora.says("/find")
    await dora.hears("Looking")
