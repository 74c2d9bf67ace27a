"""Which MTProto server the bots use: Telegram's own, or that of the settings `telegram.server` and `telegram.public_key`."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha1
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from pyrogram.crypto import rsa
from pyrogram.raw.core.primitives import Bytes

from domain.errors import SettingsError
from domain.settings import Telegram


@dataclass(frozen=True, slots=True)
class ServerAddress:
    host: str
    port: int


def server_of(settings: Telegram) -> ServerAddress | None:
    """None for Telegram's own servers. Also makes the library trust `telegram.public_key`. Raises `SettingsError`."""
    if settings.public_key:
        trust(Path(settings.public_key))
    return parse(settings.server) if settings.server else None


def parse(text: str) -> ServerAddress:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise SettingsError(f"telegram.server: {text!r} is not HOST:PORT, as in 127.0.0.1:4430")
    return ServerAddress(host.removeprefix("[").removesuffix("]"), int(port))


def trust(pem: Path) -> None:
    """The key may be PKCS#1 ("RSA PUBLIC KEY", as Telegram publishes its own) or SubjectPublicKeyInfo ("PUBLIC KEY")."""
    key = _read(pem).public_numbers()
    rsa.server_public_keys[fingerprint(key.n, key.e)] = rsa.PublicKey(key.n, key.e)


def fingerprint(modulus: int, exponent: int) -> int:
    """The number by which a server names its public key in the handshake."""
    encoded = Bytes(_big_endian(modulus)) + Bytes(_big_endian(exponent))
    return int.from_bytes(sha1(encoded, usedforsecurity=False).digest()[-8:], "little", signed=True)


def _big_endian(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def _read(pem: Path) -> RSAPublicKey:
    try:
        key = load_pem_public_key(pem.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise SettingsError(f"telegram.public_key: {pem} holds no public key in PEM format ({error})") from error
    if not isinstance(key, RSAPublicKey):
        raise SettingsError(f"telegram.public_key: {pem} is no RSA key")
    return key
