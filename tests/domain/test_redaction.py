"""What looks like a secret is hidden wherever it stands, and ordinary texts stay as they are."""

from __future__ import annotations

import base64
import random
import string
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.errors import ConfigurationError, SettingsError, Unavailable
from domain.redaction import redacted, redacted_value

TOKENS = st.builds(
    "{}:{}".format,
    st.integers(10**7, 10**12),
    st.text(string.ascii_letters + string.digits + "_-", min_size=35, max_size=35),
)
PASSWORDS = st.text(string.ascii_letters + string.digits + "!#$%&*+,-./:;=?@^_~", min_size=4, max_size=40).map("pw{}pw".format)
SCHEMES = st.sampled_from(["postgresql", "postgres", "redis", "rediss", "redis+sentinel", "mysql", "https"])
AROUND = st.sampled_from(["{}", "'{}'", '"{}"', "({})", "at {} now", "ADMIN_HOST: {} is wrong; mend it", '["{}"]'])


@given(TOKENS, AROUND)
def test_a_bots_token_is_hidden_but_for_its_id(token: str, around: str) -> None:
    bot, _, secret = token.partition(":")
    shown = redacted(around.format(token))
    assert secret not in shown
    assert bot in shown


@given(SCHEMES, PASSWORDS, AROUND)
@example("postgresql", "1/s3cret", "{}")
@example("redis", "a@b:c@d", "{}")
def test_a_password_in_an_address_is_hidden(scheme: str, password: str, around: str) -> None:
    shown = redacted(around.format(f"{scheme}://anna:{password}@db.example:5432/chats"))
    assert password not in shown
    assert "db.example:5432/chats" in shown


@given(PASSWORDS)
@example("pw00:/pw")
@example("pw00:/p:w")
def test_a_password_in_an_address_without_its_scheme_is_hidden(password: str) -> None:
    assert password not in redacted(f"anna:{password}@db.example:5432")


@given(st.sampled_from(["password", "PGPASSWORD", "sslpassword", "api_hash", "BOT_TOKENS", "ENCRYPTION_KEY"]), st.booleans())
def test_what_stands_behind_the_name_of_a_secret_is_hidden(name: str, quoted: bool) -> None:
    secret = "s3 cret" if quoted else "s3cret"
    shown = redacted(f"host=db {name}={repr(secret) if quoted else secret} port=5432")
    assert secret not in shown
    assert shown.startswith("host=db ")
    assert shown.endswith(" port=5432")


@given(st.binary(min_size=16, max_size=64), AROUND)
def test_a_key_in_hexadecimal_is_hidden(key: bytes, around: str) -> None:
    assert key.hex() not in redacted(around.format(key.hex()))


@pytest.mark.parametrize("write", [base64.b64encode, base64.urlsafe_b64encode])
def test_nearly_every_random_key_in_base64_is_hidden(write) -> None:
    """Their look is all that there is to go by."""
    seeded = random.Random(7)
    keys = [write(seeded.randbytes(32)).decode() for _ in range(5_000)]
    assert sum(redacted(key) != "***" for key in keys) <= 10


@pytest.mark.parametrize(
    "text",
    [
        "",
        "127.0.0.1:3001",
        "[::1]:3001 and http://127.0.0.1:3002/",
        "redis://127.0.0.1:6379/0",
        "postgresql://anna@db:5432/chats",
        "/tmp/pytest-of-anna/pytest-0/test_a_wrong_setting_ends_the_start_with_one_line0/var",
        "/Users/Anna/Projects2/masquerade/var/sandbox/SomeThing9",
        "BOT_TOKENS: token 2 is not a bot token; copy it whole from @BotFather, like 123456789:AbC…",
        "MASQUERADE_SUPERVISOR__RESTART_BUDGET is above MASQUERADE_MATCHING__RESCAN_SECONDS",
        "worker-1.0a1b2c3d@machine:4711:1 took bot 1 with token=5",
        "550e8400-e29b-41d4-a716-446655440000",
        "at 12:30:01 @first_bot wrote to @second_bot",
        "-1001234567890=https://t.me/joinchat/AAAAAEHbEkejzxUjAUCfYg",
        'channels.required: ["@first_news", "@second_news"]',
        "control/worker/composition.py:120 in opened_and_ready_for_everything_else",
    ],
)
def test_an_ordinary_text_stays_as_it_is(text: str) -> None:
    assert redacted(text) == text


@given(TOKENS)
def test_no_error_raised_on_purpose_shows_a_secret(token: str) -> None:
    for kind in (SettingsError, ConfigurationError, Unavailable):
        assert token not in str(kind(f"telegram.server: {token!r} is not host:port"))


@given(TOKENS)
def test_values_are_redacted_at_any_depth(token: str) -> None:
    shown = redacted_value({"a": [token, {"b": (token, 7)}], "c": None, token: 1.5})
    assert token not in str(shown)
    assert shown["c"] is None
    assert shown["a"][1]["b"][1] == 7


def test_it_takes_linear_time_on_hostile_text() -> None:
    hostile = ("x", "1", "://", ":", "123456:", "a:@", "token", "token=", "a=", "password= '", "_", "aB1", "t.", "/a+B-")
    for text in hostile:
        began = time.process_time()
        redacted(text * (1_000_000 // len(text)))
        assert time.process_time() - began < 5
