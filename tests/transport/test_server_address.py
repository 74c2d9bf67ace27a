"""The settings of the server and its public key: `transport/mtproto/server_address.py`."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pyrogram.crypto import rsa as telegram_rsa

from domain.errors import SettingsError
from domain.settings import Telegram
from transport.mtproto.server_address import ServerAddress, fingerprint, parse, server_of, trust


def test_telegrams_own_servers_without_settings():
    assert server_of(Telegram()) is None


def test_host_and_port():
    assert parse("127.0.0.1:4430") == ServerAddress("127.0.0.1", 4430)
    assert parse("[::1]:443") == ServerAddress("::1", 443)
    assert parse("mtproto.example.org:443") == ServerAddress("mtproto.example.org", 443)


@pytest.mark.parametrize("text", ["127.0.0.1", "127.0.0.1:", ":4430", "127.0.0.1:0", "127.0.0.1:65536", "a:b", "1:-2"])
def test_anything_else_is_named(text):
    with pytest.raises(SettingsError, match=r"telegram\.server"):
        parse(text)


def test_the_fingerprints_of_telegrams_own_keys_come_out_as_the_library_lists_them():
    for listed, key in list(telegram_rsa.server_public_keys.items()):
        assert fingerprint(key.m, key.e) == listed


@pytest.mark.parametrize("form", [PublicFormat.PKCS1, PublicFormat.SubjectPublicKeyInfo])
def test_a_key_of_either_form_is_trusted(tmp_path: Path, form):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    pem = tmp_path / "key.pem"
    pem.write_bytes(key.public_bytes(Encoding.PEM, form))
    trust(pem)
    numbers = key.public_numbers()
    assert telegram_rsa.server_public_keys[fingerprint(numbers.n, numbers.e)].m == numbers.n


@pytest.mark.parametrize("content", [b"", b"no key at all", b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"])
def test_a_file_without_a_key_is_named(tmp_path: Path, content):
    pem = tmp_path / "key.pem"
    pem.write_bytes(content)
    with pytest.raises(SettingsError, match=r"telegram\.public_key: .*key\.pem"):
        trust(pem)


def test_a_missing_file_and_a_key_of_another_kind_are_named(tmp_path: Path):
    with pytest.raises(SettingsError, match=r"telegram\.public_key"):
        trust(tmp_path / "absent.pem")
    pem = tmp_path / "ec.pem"
    pem.write_bytes(
        ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    with pytest.raises(SettingsError, match="no RSA key"):
        trust(pem)
