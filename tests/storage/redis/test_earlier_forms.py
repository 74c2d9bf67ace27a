"""What edited messages said before lies in Redis sealed, and goes with the message map of its chat."""

from __future__ import annotations

import pytest

from domain.configuration import LiveConfiguration
from domain.model.ids import ChatId, MessageId, UserId
from storage.redis.earlier_forms import KEPT, RedisEarlierForms
from storage.redis.keys import Keys
from storage.redis.message_maps import RedisMessageMaps
from storage.secrets import KEY_BYTES, Secrets

CHAT, OTHER = ChatId("chat-1"), ChatId("chat-2")
KEYS = Keys("town")
ANNA, BORIS = UserId(7_000_000_001), UserId(2)
SECRETS = Secrets((b"k" * KEY_BYTES,), source="the test")


@pytest.fixture
def forms(client):
    return RedisEarlierForms(client, KEYS, SECRETS, seconds=60)


async def test_each_recipients_copies_are_told_apart_and_kept_in_order(forms):
    await forms.keep(CHAT, BORIS, MessageId(5), "first")
    await forms.keep(CHAT, ANNA, MessageId(5), "hers")
    await forms.keep(CHAT, BORIS, MessageId(5), "second \ud800")
    await forms.keep(OTHER, BORIS, MessageId(5), "of another chat")
    assert await forms.load(CHAT) == {(BORIS, 5): ("first", "second \ud800"), (ANNA, 5): ("hers",)}
    assert await forms.load(ChatId("never")) == {}


async def test_the_last_of_a_chat_are_kept(forms):
    for number in range(KEPT + 5):
        await forms.keep(CHAT, BORIS, MessageId(number), f"text {number}")
    assert list(await forms.load(CHAT)) == [(BORIS, number) for number in range(5, KEPT + 5)]


async def test_no_text_is_there_in_the_clear_and_none_passes_for_anothers(client, forms):
    await forms.keep(CHAT, BORIS, MessageId(5), "a marked word")
    ((_, fields),) = await client.xrange(KEYS.earlier(CHAT))
    assert b"marked" not in b"".join(fields.values())
    await client.xadd(KEYS.earlier(OTHER), fields)
    assert await forms.load(OTHER) == {}


async def test_what_a_dropped_key_has_sealed_is_left_out_and_the_rest_is_found(client, forms):
    await forms.keep(CHAT, BORIS, MessageId(5), "sealed with the old key")
    after = RedisEarlierForms(client, KEYS, Secrets((b"n" * KEY_BYTES,), source="the test"), seconds=60)
    await after.keep(CHAT, BORIS, MessageId(6), "sealed with the new key")
    assert await after.load(CHAT) == {(BORIS, 6): ("sealed with the new key",)}


async def test_they_expire_and_sooner_once_the_chat_is_over(client, forms):
    await forms.keep(CHAT, BORIS, MessageId(5), "before")
    assert 50_000 < await client.pttl(KEYS.earlier(CHAT)) <= 60_000
    maps = RedisMessageMaps(client, KEYS, LiveConfiguration(), seconds=60)
    maps.over(CHAT)
    await maps.flush()
    assert 3_500_000 < await client.pttl(KEYS.earlier(CHAT)) <= 3_600_000
