"""Invitations from phone to phone, with the real supervisor, worker and sandbox: a link, its picture, rewards, shares."""

from __future__ import annotations

import json
import re

import pytest
import pytest_asyncio

from tests.system.embedded.test_vip import has_accepted, invoice, pays
from tests.system.house import House
from tests.system.people import Person, Town
from tests.transport import qr_reader
from transport.media.qr import BORDER, SCALE

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def anna(town: Town) -> Person:
    return await town.registered()


async def link(person: Person, command: str = "/invite") -> str:
    """Of the picture, which is the same as that of the text."""
    await person.says(command)
    return await shown(person)


async def shown(person: Person) -> str:
    said = re.search(r"https://\S+", (await person.hears("Invite friends"))["text"])
    drawn = qr_reader.read(await person.sees_content(await person.sees("photo")), scale=SCALE, border=BORDER)
    assert said is not None
    assert said.group() == drawn
    return drawn


async def comes_by(person: Person, link: str) -> None:
    """A phone opens a link: it sends /start with what follows it."""
    await person.says(f"/start {link.rpartition('start=')[2]}")
    await person.presses("Male", (await person.hears("gender"))["id"])
    await person.hears("old are you")
    await person.says("25")
    await person.hears("Saved")


async def counts(person: Person) -> str:
    await person.says("/invite")
    return str((await person.hears("Invited:"))["text"])


async def test_a_friend_comes_by_the_link_and_the_inviter_is_told_and_has_vip_and_credits(town: Town, anna: Person):
    found = await link(anna)
    assert f"https://t.me/{anna.bot}?start=ref_" in found
    friend = await town.person()
    await friend.says(f"/start {found.rpartition('start=')[2]}")
    question = await friend.hears("gender")
    assert "Invited: 0 · Rewarded: 0 · Pending: 1" in await counts(anna)
    await friend.presses("Male", question["id"])
    await friend.hears("old are you")
    await friend.says("25")
    await friend.hears("Saved")
    assert "3 days of VIP and 5 credits" in (await anna.hears("came by your invitation"))["text"]
    await anna.says("/vip")
    await anna.hears("You are VIP until")
    await anna.says("/credits")
    assert "5" in (await anna.hears("credits"))["text"]
    assert "Invited: 1 · Rewarded: 1 · Pending: 0 · Rewards today: 1 of 20" in await counts(anna)
    await friend.says("/find")
    await friend.hears("Looking")


async def test_a_link_counts_at_another_bot_and_from_the_menu(town: Town, anna: Person):
    found = await link(anna, "🤝 Invite friends")
    friend = await town.person(bot=1)
    await comes_by(friend, found)
    await anna.hears("came by your invitation")


async def test_an_old_user_who_opens_a_link_goes_on_and_counts_for_nobody(town: Town, anna: Person):
    found = await link(anna)
    old = await town.registered()
    await old.says(f"/start {found.rpartition('start=')[2]}")
    await old.hears("Welcome back")
    await anna.says(f"/start {found.rpartition('start=')[2]}")
    await anna.hears("Welcome back")
    assert "Invited: 0 · Rewarded: 0 · Pending: 0" in await counts(anna)


@pytest.mark.parametrize("argument", ["ref_" + "🎁x" * 32, "ref_000000000000", "_tgr_ABCDEFGH1234", "ref_"])
async def test_a_code_that_is_nobodys_lets_the_person_go_on(town: Town, argument: str):
    await comes_by(await town.person(), f"start={argument}")


async def test_a_new_link_ends_the_old_one(town: Town, anna: Person):
    old = await link(anna)
    await anna.presses("🔄 New link")
    new = await shown(anna)
    assert new != old
    await comes_by(await town.person(), old)
    assert "Invited: 0" in await counts(anna)
    await comes_by(await town.person(), new)
    await anna.hears("came by your invitation")


async def test_a_refund_takes_the_share_of_a_payment_back(house: House, town: Town, anna: Person):
    friend = await town.person()
    await comes_by(friend, await link(anna))
    await anna.hears("came by your invitation")
    await has_accepted(friend)
    paid = await pays(house, friend, (await invoice(friend))["id"])
    await friend.hears("You are VIP")
    assert await credits_of(house, anna) == 5 + 5
    answer = await house.http.post("/api/stars/refund", json={"charge_id": paid["charge_id"], "by": "owner"})
    assert answer.status_code == 200, answer.text
    await friend.hears("refunded to you")
    assert await credits_of(house, anna) == 5


async def credits_of(house: House, person: Person) -> int:
    code, text = await house.command("credits", "show", str(person.id), "--json")
    assert code == 0, text
    return int(json.loads(text)["credits"])


async def test_somebody_who_had_their_data_deleted_counts_for_nobody(town: Town, anna: Person):
    found, friend = await link(anna), await town.registered()
    await friend.says("/delete_me")
    await friend.presses("🗑 Delete my data", (await friend.hears("Delete your data?"))["id"])
    await friend.hears("Your data is deleted")
    await comes_by(friend, found)
    assert "Invited: 0 · Rewarded: 0 · Pending: 0" in await counts(anna)


async def test_a_burst_waits_until_an_operator_approves_it(house: House, town: Town, anna: Person):
    await house.command("config", "set", "referrals.burst_people", "1")
    try:
        found = await link(anna)
        for _ in range(2):
            await comes_by(await town.person(), found)
        await anna.hears("came by your invitation")
        assert "Invited: 2 · Rewarded: 1 · Pending: 1" in await counts(anna)
        code, listed = await house.command("referrals", "list", "--held", "--user", str(anna.id), "--json")
        [held] = json.loads(listed)
        code, said = await house.command("referrals", "approve", str(held["number"]))
        assert (code, said.strip()) == (0, "Approved."), said
        await anna.hears("came by your invitation")
        assert "Invited: 2 · Rewarded: 2 · Pending: 0" in await counts(anna)
    finally:
        await house.command("config", "unset", "referrals.burst_people")


async def test_a_switch_refuses_at_once(house: House, town: Town, anna: Person):
    found = await link(anna)
    await house.command("config", "set", "features.referrals", "false")
    try:
        await anna.says("/invite")
        await anna.hears("not available")
        await comes_by(await town.person(), found)
    finally:
        await house.command("config", "set", "features.referrals", "true")
    assert "Invited: 0 · Rewarded: 0 · Pending: 0" in await counts(anna)
