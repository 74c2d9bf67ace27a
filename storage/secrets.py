"""Encrypts what must not be read from a stolen copy of the database. Whoever has a bot's auth key controls the bot.

AES-256-GCM. The ciphertext is bound to a context (the bot that it belongs to), so that rows cannot be exchanged. It names its
key, so that a wrong key can be told from a damaged row, and keys can be changed (`storage/sql/sealing.py`). A running process
sees a new key in the file when it seals next, or meets a row that the new key has sealed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.errors import SettingsError

KEY_BYTES = 32
NONCE_BYTES = 12
FILE = "encryption.key"
SETTING = "stores.encryption_key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    key_id: str
    blob: bytes
    """The nonce, then the ciphertext with its tag."""


class Secrets:
    """The first key encrypts; all keys decrypt. `source` says in error texts where the keys come from. `reread` answers the keys
    where they have changed since it was last asked, and None otherwise.
    """

    def __init__(
        self, keys: Sequence[bytes], *, source: str, reread: Callable[[], Sequence[bytes] | None] = lambda: None
    ) -> None:
        self._source = source
        self._reread = reread
        self._root = keys[-1]
        self._take(keys)

    @property
    def ids(self) -> tuple[str, ...]:
        """Of all keys, the one that encrypts first."""
        return tuple(self._ciphers)

    def seal(self, plain: bytes, *, context: str) -> Sealed:
        self._look()
        nonce, current = os.urandom(NONCE_BYTES), self.ids[0]
        return Sealed(key_id=current, blob=nonce + self._ciphers[current].encrypt(nonce, plain, context.encode()))

    def derived(self, purpose: str) -> bytes:
        """32 bytes that are the same in every process, whatever keys encrypt: they come from the root."""
        return derive(self._root, purpose)

    @property
    def root(self) -> bytes:
        """The last key, until `take_root`."""
        return self._root

    def take_root(self, root: bytes) -> None:
        """From now on `derived` comes from this one, which is kept in the database (`storage/sql/sealing.py`)."""
        self._root = root

    def require(self, key: str, context: str) -> None:
        """Raises `SettingsError` where `key` is the id of none of our keys."""
        if key not in self._ciphers:
            self._look()
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

    def _look(self) -> None:
        keys = self._reread()
        if keys is not None:
            self._take(keys)

    def _take(self, keys: Sequence[bytes]) -> None:
        self._ciphers = {key_id(key): AESGCM(key) for key in keys}


def derive(key: bytes, purpose: str) -> bytes:
    """32 bytes, from which the key cannot be found."""
    return hmac.digest(key, f"masquerade {purpose}".encode(), "sha256")


def load_secrets(setting: str, folder: Path) -> Secrets:
    """From the setting `stores.encryption_key`: keys in base64, separated by commas, the current one first. Without it from a
    file in `folder` with one key a line, which is made where it is missing and which only its owner may read.
    """
    if setting:
        return Secrets(parse_keys(setting), source=SETTING)
    file = KeyFile(folder / FILE)
    keys = file.changed()
    assert keys is not None
    return Secrets(keys, source=str(file.path), reread=file.changed)


class KeyFile:
    """The file of keys, and whether it has changed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[int, int, int] | None = None

    def changed(self) -> list[bytes] | None:
        """Its keys where it has changed, or was not read yet. One that is away changes nothing for whoever has read it."""
        if self._seen is not None and self._stamp() in {self._seen, None}:
            return None
        keys = read_keys(self.path)
        self._seen = self._stamp()
        return keys

    def _stamp(self) -> tuple[int, int, int] | None:
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size


def key_id(key: bytes) -> str:
    """A short name of a key, from which the key cannot be found."""
    return hashlib.sha256(b"masquerade key id" + key).hexdigest()[:12]


def parse_keys(setting: str) -> list[bytes]:
    return [parse_key(text, SETTING) for text in setting.split(",")]


def parse_key(text: str, source: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise SettingsError(f"{source}: not {KEY_BYTES} bytes in base64; make a key with: openssl rand -base64 {KEY_BYTES}")
    return key


def read_keys(path: Path) -> list[bytes]:
    try:
        if not path.exists():
            make_key(path)
        mode, text = path.stat().st_mode, path.read_text("ascii", errors="replace")
    except OSError as error:
        raise SettingsError(f"data: cannot keep the encryption key in {path}: {error.strerror}") from error
    if mode & 0o077:
        raise SettingsError(f"{path}: others may read this key; run: chmod 600 {path}")
    return [parse_key(line, str(path)) for line in text.split() or [""]]


def make_key(path: Path) -> None:
    """Writes the whole file or none, and never over an existing one. Several programs may do so at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = _draft(path, [new_key()])
    try:
        os.link(draft, path)
    except FileExistsError:
        return  # another program's key, made in the same moment, is as good
    finally:
        draft.unlink()


def write_keys(path: Path, keys: Sequence[bytes]) -> None:
    """Puts these in the file's place, all or nothing."""
    _draft(path, keys).replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def new_key() -> bytes:
    return os.urandom(KEY_BYTES)


def written(key: bytes) -> str:
    """As the file and the setting have it."""
    return base64.b64encode(key).decode()


def _draft(path: Path, keys: Sequence[bytes]) -> Path:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write("".join(f"{written(key)}\n" for key in keys))
        file.flush()
        os.fsync(file.fileno())
    return draft
