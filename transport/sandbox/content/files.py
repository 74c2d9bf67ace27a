"""The bytes of all files, on disk. The name is a hash of the content, so the same content is stored once."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from hashlib import md5, sha256
from itertools import count
from pathlib import Path

from transport.sandbox.content.images import HEAD

FOLDER = "files"
DRAFTS = "drafts"
MAX_FILE = 100 * 1024 * 1024
UNIQUE_LENGTH = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    unique: str
    """The beginning of the content's SHA-256 in hexadecimal."""
    size: int
    head: bytes
    """The first bytes, which tell the type of an image."""


class Draft:
    """A file that is being written. It gets its name when it is complete."""

    def __init__(self, path: Path, folder: Path) -> None:
        self._path = path
        self._folder = folder
        self._file = path.open("wb", buffering=0)
        self._hash = sha256()
        self._md5 = md5(usedforsecurity=False)
        self._head = b""
        self.size = 0

    def append(self, data: bytes) -> None:
        if self._file.write(data) != len(data):
            raise OSError("a file of the sandbox cannot be written: is the disk full?")
        self._hash.update(data)
        self._md5.update(data)
        if len(self._head) < HEAD:
            self._head = (self._head + data)[:HEAD]
        self.size += len(data)

    def md5(self) -> str:
        return self._md5.hexdigest()

    def finish(self) -> Content:
        self._file.close()
        unique = self._hash.hexdigest()[:UNIQUE_LENGTH]
        place = _place(self._folder, unique)
        place.parent.mkdir(exist_ok=True)
        self._path.replace(place)
        return Content(unique=unique, size=self.size, head=self._head)

    def discard(self) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)


class Files:
    """For one process at a time, which the store ensures. Drafts of an earlier process are deleted."""

    def __init__(self, folder: Path, *, limit: int = MAX_FILE) -> None:
        self.limit = limit
        """Size of the largest accepted file, in bytes."""
        self._folder = folder / FOLDER
        self._drafts = self._folder / DRAFTS
        self._numbers = count(1)
        shutil.rmtree(self._drafts, ignore_errors=True)
        self._drafts.mkdir(parents=True, mode=0o700)

    def draft(self) -> Draft:
        return Draft(self._drafts / str(next(self._numbers)), self._folder)

    def keep(self, data: bytes) -> Content:
        draft = self.draft()
        draft.append(data)
        return draft.finish()

    def path(self, unique: str) -> Path:
        return _place(self._folder, unique)

    def read(self, unique: str, offset: int, limit: int) -> bytes:
        """Up to `limit` bytes of a content; empty at its end."""
        file = os.open(self.path(unique), os.O_RDONLY)
        try:
            return os.pread(file, limit, offset)
        finally:
            os.close(file)


def _place(folder: Path, unique: str) -> Path:
    return folder / unique[:2] / unique
