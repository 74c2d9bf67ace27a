"""The data centre's RSA key pair: created once and stored in the sandbox's folder. Clients get the public key."""

from __future__ import annotations

import os
from dataclasses import dataclass
from hashlib import sha1
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

PRIVATE = "server.pem"
PUBLIC = "public.pem"


@dataclass(frozen=True, slots=True)
class Keypair:
    modulus: int
    exponent: int
    secret: int

    @property
    def fingerprint(self) -> int:
        return fingerprint(self.modulus, self.exponent)

    def decrypt(self, block: bytes) -> bytes:
        """Raw RSA without padding, as MTProto needs it: 256 bytes in, 256 bytes out."""
        return pow(int.from_bytes(block, "big"), self.secret, self.modulus).to_bytes(256, "big")


def fingerprint(modulus: int, exponent: int) -> int:
    digest = sha1(_tl_bytes(modulus) + _tl_bytes(exponent)).digest()
    return int.from_bytes(digest[-8:], "little", signed=True)


def load_keypair(folder: Path) -> Keypair:
    """Read the key pair. Create it first if there is none."""
    path = folder / PRIVATE
    if not path.exists():
        _make(folder)
    # The file is our own. To prove that its numbers are primes would take 40 ms of each start.
    key = serialization.load_pem_private_key(path.read_bytes(), password=None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError(f"{path} holds no RSA key; delete it and a new one is made")
    numbers = key.private_numbers()
    return Keypair(numbers.public_numbers.n, numbers.public_numbers.e, numbers.d)


def _make(folder: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = serialization.Encoding.PEM
    public = key.public_key().public_bytes(pem, serialization.PublicFormat.PKCS1)
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    write_atomically(folder / PUBLIC, public)
    write_atomically(folder / PRIVATE, private)


def write_atomically(path: Path, data: bytes) -> None:
    """Write the file completely or not at all. Only the owner can read it."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    draft.replace(path)


def _tl_bytes(number: int) -> bytes:
    """Length, big-endian value, padding to a multiple of four."""
    value = number.to_bytes((number.bit_length() + 7) // 8, "big")
    head = bytes((len(value),)) if len(value) < 254 else b"\xfe" + len(value).to_bytes(3, "little")
    return head + value + bytes(-(len(head) + len(value)) % 4)
