"""Metadata of all files: kind, size, duration and so on. Their bytes are in `files.py`."""

from __future__ import annotations

import time
from dataclasses import asdict
from hashlib import blake2b
from typing import Any

import orjson

from transport.sandbox.content.files import Content
from transport.sandbox.content.images import dimensions
from transport.sandbox.world.model import File
from transport.sandbox.world.store import Store

UNMEASURED = {"photo": (800, 600), "video": (640, 360), "animation": (320, 240), "video_note": (240, 240), "sticker": (512, 512)}
"""(width, height) by kind, if neither the sender nor the bytes say it."""


class Catalog:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[int, File] = {}
        """All files since the start, because the newest may not be in SQLite yet."""

    def add(self, content: Content, kind: str, mime: str, **traits: Any) -> File:
        """Store a file. If the same content was sent before with the same metadata, it is the same file, as at Telegram."""
        described: dict[str, Any] = {"unique": content.unique, "size": content.size, "kind": kind, "mime": mime, **traits}
        if kind in UNMEASURED and not described.get("width"):
            described["width"], described["height"] = dimensions(content.head) or UNMEASURED[kind]
        number = _number(described)
        known = self.get(number)
        if known is not None:
            return known
        file = self._known[number] = File(id=number, date=int(time.time()), **described)
        self._store.put("files", (number, file.unique, orjson.dumps(asdict(file))))
        return file

    def get(self, number: int) -> File | None:
        if number not in self._known:
            self._learn(self._store.query_settled("SELECT body FROM files WHERE id = ?", number))
        return self._known.get(number)

    def by_unique(self, unique: str) -> File | None:
        return self._learn(self._store.query("SELECT body FROM files WHERE unique_id = ? LIMIT 1", unique))

    def _learn(self, rows: list[Any]) -> File | None:
        if not rows:
            return None
        file = File(**orjson.loads(rows[0][0]))
        return self._known.setdefault(file.id, file)


def _number(described: dict[str, Any]) -> int:
    """A file's id: a hash of its metadata, 63 bits, never 0."""
    encoded = orjson.dumps(described, option=orjson.OPT_SORT_KEYS)
    return int.from_bytes(blake2b(encoded, digest_size=8).digest(), "little") >> 1 or 1
