"""A file to which each turn's rows are appended before anything of the turn leaves; read back after a crash."""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zlib import crc32

import msgspec

HEAD = struct.Struct("<II")
"""Size and CRC-32 of the record behind it."""


class Journal:
    """One process at a time: opening one that is in use raises OSError."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            _lock(self._file)
        except OSError:
            os.close(self._file)
            raise OSError(f"{path.parent} is in use by another sandbox") from None
        self._encoder = msgspec.msgpack.Encoder()

    def append(self, rows: Any) -> None:
        data = self._encoder.encode(rows)
        record = HEAD.pack(len(data), crc32(data)) + data
        if os.write(self._file, record) != len(record):
            raise OSError("the sandbox's journal cannot be written: is the disk full?")

    def replay(self) -> Iterator[Any]:
        """Every whole record, oldest first; a last one that was cut short was never acted on."""
        data = self._read()
        position = 0
        while position + HEAD.size <= len(data):
            size, checksum = HEAD.unpack_from(data, position)
            record = data[position + HEAD.size : position + HEAD.size + size]
            if len(record) < size or crc32(record) != checksum:
                return
            yield msgspec.msgpack.decode(record)
            position += HEAD.size + size

    def clear(self) -> None:
        os.ftruncate(self._file, 0)

    def close(self) -> None:
        os.close(self._file)

    def _read(self) -> bytes:
        os.lseek(self._file, 0, os.SEEK_SET)
        with os.fdopen(os.dup(self._file), "rb") as file:
            return file.read()


def _lock(file: int) -> None:
    """Held until the file is closed, also by a kill."""
    if sys.platform != "win32":
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
