"""Encrypts what must not be read from a stolen copy of the database. Whoever has a bot's auth key controls the bot.

AES-256-GCM. The ciphertext is bound to a context (the bot that it belongs to), so that rows cannot be exchanged. It names its
key, so that a wrong key can be told from a damaged row, and keys can be changed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.errors import SettingsError

KEY_BYTES = 32
NONCE_BYTES = 12
FILE = "encryption.key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    key_id: str
    blob: bytes
    """The nonce, then the ciphertext with its tag."""


class Secrets:
    """The first key encrypts; all keys decrypt. `source` says in error texts where the keys come from."""

    def __init__(self, keys: Sequence[bytes], *, source: str) -> None:
        self._ciphers = {key_id(key): AESGCM(key) for key in keys}
        self._current = key_id(keys[0])
        self._source = source
        self._oldest = keys[-1]

    def seal(self, plain: bytes, *, context: str) -> Sealed:
        nonce = os.urandom(NONCE_BYTES)
        blob = nonce + self._ciphers[self._current].encrypt(nonce, plain, context.encode())
        return Sealed(key_id=self._current, blob=blob)

    def derived(self, purpose: str) -> bytes:
        """32 bytes that are the same in every process, and stay the same as long as the oldest key is kept."""
        return derive(self._oldest, purpose)

    def require(self, key: str, context: str) -> None:
        """Raises `SettingsError` where `key` is the id of none of our keys."""
        if key not in self._ciphers:
            raise SettingsError(
                f"stores.encryption_key: {context} was encrypted with another key ({key}) than the one from {self._source}; "
                f"set ENCRYPTION_KEY to that key or bring back the file {FILE} that held it"
            )

    def open(self, sealed: Sealed, *, context: str) -> bytes:
        """Raises `SettingsError` for an unknown key and for a row that was changed."""
        self.require(sealed.key_id, context)
        cipher = self._ciphers[sealed.key_id]
        try:
            return cipher.decrypt(sealed.blob[:NONCE_BYTES], sealed.blob[NONCE_BYTES:], context.encode())
        except (InvalidTag, ValueError):
            raise SettingsError(
                f"database: the encrypted row of {context} is damaged; delete it, and a new one is made"
            ) from None


def derive(key: bytes, purpose: str) -> bytes:
    """32 bytes, from which the key cannot be found."""
    return hmac.digest(key, f"masquerade {purpose}".encode(), "sha256")


def load_secrets(setting: str, folder: Path) -> Secrets:
    """From the setting `stores.encryption_key`: keys in base64, separated by commas, the current one first. Without it from a
    file in `folder`, which is made where it is missing and which only its owner may read.
    """
    if setting:
        source = "stores.encryption_key"
        return Secrets([parse_key(text, source) for text in setting.split(",")], source=source)
    path = folder / FILE
    return Secrets([read_key(path)], source=str(path))


def key_id(key: bytes) -> str:
    """A short name of a key, from which the key cannot be found."""
    return hashlib.sha256(b"masquerade key id" + key).hexdigest()[:12]


def parse_key(text: str, source: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise SettingsError(f"{source}: not {KEY_BYTES} bytes in base64; make a key with: openssl rand -base64 {KEY_BYTES}")
    return key


def read_key(path: Path) -> bytes:
    try:
        if not path.exists():
            make_key(path)
        mode, text = path.stat().st_mode, path.read_text("ascii", errors="replace")
    except OSError as error:
        raise SettingsError(f"data: cannot keep the encryption key in {path}: {error.strerror}") from error
    if mode & 0o077:
        raise SettingsError(f"{path}: others may read this key; run: chmod 600 {path}")
    return parse_key(text, str(path))


def make_key(path: Path) -> None:
    """Writes the whole file or none, and never over an existing one. Several programs may do so at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(base64.b64encode(os.urandom(KEY_BYTES)) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        return  # another program's key, made in the same moment, is as good
    finally:
        draft.unlink()
