"""Helpers for the library's TL types. They have no static types, so a TL value is Any here."""

from __future__ import annotations

import struct
from io import BytesIO
from typing import Any

from pyrogram.raw.core import TLObject
from pyrogram.raw.core.primitives import BoolFalse, BoolTrue, Vector

TL = Any
RPC_RESULT = b"\x01\x6d\x5c\xf3"
CONTAINER = b"\xdc\xf8\xf1\x73"
MESSAGE_HEAD = struct.Struct("<qii")


class Written:
    """A serialised TL value as an object with `write`, which the library expects. Its vectors and Bool have none."""

    __slots__ = ("data",)

    def __init__(self, data: bytes) -> None:
        self.data = data

    def write(self) -> bytes:
        return self.data


def boolean(value: bool) -> Written:  # noqa: FBT001 - it is the value
    return Written(bytes(BoolTrue() if value else BoolFalse()))


def vector(values: list[TL]) -> Written:
    return Written(bytes(Vector(values)))


def rpc_result(msg_id: int, result: TL) -> bytes:
    return RPC_RESULT + struct.pack("<q", msg_id) + bytes(result.write())


def split_container(body: bytes) -> list[tuple[int, int, bytes]]:
    """(msg_id, seq_no, body) of each message inside. Raises ValueError if the sizes do not fit."""
    (count,) = struct.unpack_from("<i", body, 4)
    messages, position = [], 8
    for _ in range(count):
        msg_id, seq_no, size = MESSAGE_HEAD.unpack_from(body, position)
        position += MESSAGE_HEAD.size
        if not 0 <= size <= len(body) - position:
            raise ValueError("a container's message is longer than the container")
        messages.append((msg_id, seq_no, body[position : position + size]))
        position += size
    return messages


def revived(values: list[TL]) -> list[TL]:
    """The objects of a vector. At the end of a message, the library reads objects of 4 or 8 bytes as plain numbers."""
    return [_revive(value) if isinstance(value, int) else value for value in values]


def _revive(value: int) -> TL:
    size = 4 if -(1 << 31) <= value < 1 << 31 else 8
    return TLObject.read(BytesIO(value.to_bytes(size, "little", signed=True)))


def method_name(query: TL) -> str:
    return str(query.QUALNAME).partition(".")[2]
