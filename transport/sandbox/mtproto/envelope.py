"""MTProto 2.0 encryption of one packet by the server. (Clients encrypt with another part of the key.)"""

from __future__ import annotations

import os
import struct
from hashlib import sha256
from typing import NamedTuple

from pyrogram.crypto import aes, mtproto

from transport.sandbox.mtproto.framing import ProtocolError

HEAD = struct.Struct("<q8sqii")


class Envelope(NamedTuple):
    salt: int
    session_id: bytes
    msg_id: int
    seq_no: int
    body: bytes


def open_envelope(auth_key: bytes, packet: bytes) -> Envelope:
    """Decrypt what a client sent: key id (8), msg_key (16), data. Raises ProtocolError."""
    msg_key = packet[8:24]
    if len(packet) < 24 + HEAD.size or len(packet) % 16 != 8:
        raise ProtocolError("an encrypted packet of impossible size")
    data = aes.ige256_decrypt(packet[24:], *mtproto.kdf(auth_key, msg_key, True))  # noqa: FBT003 - the library's parameter
    if sha256(auth_key[88:120] + data).digest()[8:24] != msg_key:
        raise ProtocolError("msg_key does not match")
    salt, session_id, msg_id, seq_no, size = HEAD.unpack_from(data)
    if not 0 <= size <= len(data) - HEAD.size:
        raise ProtocolError("the message is longer than its packet")
    return Envelope(salt, session_id, msg_id, seq_no, data[HEAD.size : HEAD.size + size])


def seal(auth_key: bytes, key_id: bytes, envelope: Envelope) -> bytes:
    salt, session_id, msg_id, seq_no, body = envelope
    data = HEAD.pack(salt, session_id, msg_id, seq_no, len(body)) + body
    data += os.urandom(-(len(data) + 12) % 16 + 12)
    msg_key = sha256(auth_key[96:128] + data).digest()[8:24]
    return key_id + msg_key + aes.ige256_encrypt(data, *mtproto.kdf(auth_key, msg_key, False))  # noqa: FBT003 - the library's parameter
