"""Write-ahead journal: the rows of each loop turn are appended before its answers are sent, and read back after a crash."""

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
"""Size and CRC-32 of the record that follows."""


class Journal:
    """Raises OSError if another process has the journal open."""

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
        """Every complete record, oldest first. An incomplete last one is ignored: nothing of its turn was sent."""
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
    """The lock lasts until the file is closed or the process ends."""
    if sys.platform != "win32":
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
