"""What a bot keeps to send: in order, once, for whoever serves the bot and for nobody else."""

from __future__ import annotations

import pytest

from domain.content import Text
from domain.errors import Fenced
from domain.events import Carried, Delivered
from domain.outgoing import Button, Edit, Lane, Menu, Notice, Send
from domain.values import Address, BotId, ChatId, MessageId, UserId
from storage.durable_outbox import RedisDurableOutbox
from storage.event_stream import RedisEventStream
from storage.keys import Keys

BOT, OTHER = BotId(100), BotId(200)
ANNA, BORIS = UserId(1), UserId(5_000_000_001)
KEYS = Keys("town")


def said(number: int) -> Carried:
    content = Text(text=f"number {number} 👋")
    return Carried(user=BORIS, chat=ChatId("c1"), source=Address(OTHER, ANNA), message=MessageId(number), content=content)


BUTTONS = ((Button("widen", data="widen"), Button("go-to-bot", url="https://t.me/x", arguments={"n": 1, "who": "x"})),)
SENT = Send(
    to=BORIS,
    key="100:1:update 7/1",
    body=Notice(text="matched", arguments={"band": 2, "gender": "female"}, menu=Menu.CHATTING),
    lane=Lane.ANSWER,
    reply_to=MessageId(3),
    chat=ChatId("c1"),
)
EDITED = Edit(to=BORIS, message=MessageId(9), body=Notice(text="joined", buttons=BUTTONS), lane=Lane.NOTICE)
NEWS = Delivered(user=ANNA, chat=ChatId("c1"), mine=MessageId(1), theirs=MessageId(2))


@pytest.fixture(autouse=True)
async def served(client):
    await client.mset({KEYS.lease(BOT): "anna:1", KEYS.lease(OTHER): "anna:1"})


@pytest.fixture
def outbox(client):
    return RedisDurableOutbox(client, KEYS, owner="anna")


async def kept(outbox):
    return [each for _, each in await outbox.all(BOT)]


async def test_everything_comes_out_as_it_went_in_and_in_order(outbox):
    await outbox.put(BOT, "a", [said(1), SENT])
    await outbox.put(BOT, "b", [EDITED])
    assert await kept(outbox) == [said(1), SENT, EDITED]


async def test_a_step_whose_answer_was_lost_is_not_done_twice(outbox):
    ids = await outbox.put(BOT, "a", [said(1), said(2)])
    assert await outbox.put(BOT, "a", [said(1), said(2)]) == ids
    assert await kept(outbox) == [said(1), said(2)]


async def test_what_is_done_goes_and_whoever_said_it_is_told_in_the_same_step(outbox, client):
    first, second = await outbox.put(BOT, "a", [said(1), SENT])
    await outbox.done(BOT, first, (OTHER, NEWS))
    await outbox.done(BOT, second, None)
    assert await kept(outbox) == []
    [(bot, entry)] = await RedisEventStream(client, KEYS, owner="anna").read([OTHER], wait=0)
    assert (bot, entry.event) == (OTHER, NEWS)


async def test_a_former_owner_keeps_nothing_and_takes_nothing_away(outbox, client):
    [id_] = await outbox.put(BOT, "a", [said(1)])
    await client.set(KEYS.lease(BOT), "boris:2")
    with pytest.raises(Fenced):
        await outbox.put(BOT, "b", [said(2)])
    await outbox.done(BOT, id_, (OTHER, NEWS))
    assert await kept(RedisDurableOutbox(client, KEYS, owner="boris")) == [said(1)]
    assert await client.xlen(KEYS.events(OTHER)) == 0


async def test_whoever_said_it_is_told_also_where_the_server_forgot_what_was_kept(outbox, client):
    [id_] = await outbox.put(BOT, "a", [said(1)])
    await client.delete(KEYS.outbox(BOT))
    await outbox.done(BOT, id_, (OTHER, NEWS))
    assert await client.xlen(KEYS.events(OTHER)) == 1


@pytest.mark.parametrize(
    "fields", [{"v": "9", "t": "Send", "d": "{}"}, {"v": "1", "t": "Send", "d": '{"to":"x"}'}, {"v": "1", "t": "Sang", "d": "{}"}]
)
async def test_what_cannot_be_read_stays_and_holds_nothing_up(outbox, client, caplog, fields):
    await client.xadd(KEYS.outbox(BOT), fields)
    await outbox.put(BOT, "a", [said(1)])
    assert await kept(outbox) == [said(1)]
    assert "cannot be read" in caplog.text
    assert await client.xlen(KEYS.outbox(BOT)) == 2
