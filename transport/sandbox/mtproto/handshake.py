"""The server's side of MTProto's Diffie-Hellman handshake, which makes an authorization key. Messages are unencrypted. No I/O."""

from __future__ import annotations

import os
import secrets
import time
from hashlib import sha1
from io import BytesIO
from typing import Any

from pyrogram import raw
from pyrogram.crypto import aes, prime
from pyrogram.raw.core import TLObject

from transport.sandbox.mtproto.framing import ProtocolError
from transport.sandbox.mtproto.keypair import Keypair

P, Q = 1_000_003, 1_000_033
"""The client must factor their product. Here it need not be hard."""
G = 3
SAFE_BITS = 2040
"""Clients check that g_a is between 2^1984 and prime - 2^1984."""


class Handshake:
    def __init__(self, keypair: Keypair) -> None:
        self._keypair = keypair
        self._nonce = 0
        self._server_nonce = secrets.randbits(127)
        self._new_nonce = b""
        self._secret = secrets.randbits(SAFE_BITS)
        self._aes: tuple[bytes, bytes] = b"", b""
        self.auth_key = b""
        self.salt = 0

    def answer(self, body: bytes) -> bytes | None:
        """The body of the answer; None if the message needs none. Raises ProtocolError."""
        try:
            query = TLObject.read(BytesIO(body))
        except KeyError as unknown:
            raise ProtocolError(f"unknown constructor {unknown} in the clear") from None
        if isinstance(query, raw.functions.ReqPqMulti | raw.functions.ReqPq):
            return self._offer(query).write()
        if isinstance(query, raw.functions.ReqDHParams):
            return self._parameters(query).write()
        if isinstance(query, raw.functions.SetClientDHParams):
            return self._finish(query).write()
        return None

    def _offer(self, query: Any) -> Any:
        self._nonce = query.nonce
        return raw.types.ResPQ(
            nonce=query.nonce,
            server_nonce=self._server_nonce,
            pq=(P * Q).to_bytes(8, "big"),
            server_public_key_fingerprints=[self._keypair.fingerprint],
        )

    def _parameters(self, query: Any) -> Any:
        block = self._keypair.decrypt(query.encrypted_data)[1:]
        inner = _read_hashed(block)
        self._new_nonce = inner.new_nonce.to_bytes(32, "little", signed=True)
        self._aes = self._temporary_key()
        data = raw.types.ServerDHInnerData(
            nonce=self._nonce,
            server_nonce=self._server_nonce,
            g=G,
            dh_prime=prime.CURRENT_DH_PRIME.to_bytes(256, "big"),
            g_a=pow(G, self._secret, prime.CURRENT_DH_PRIME).to_bytes(256, "big"),
            server_time=int(time.time()),
        ).write()
        data = sha1(data).digest() + data
        return raw.types.ServerDHParamsOk(
            nonce=self._nonce,
            server_nonce=self._server_nonce,
            encrypted_answer=aes.ige256_encrypt(data + os.urandom(-len(data) % 16), *self._aes),
        )

    def _finish(self, query: Any) -> Any:
        if not self._new_nonce:
            raise ProtocolError("the handshake's steps came out of order")
        inner = _read_hashed(aes.ige256_decrypt(query.encrypted_data, *self._aes))
        shared = pow(int.from_bytes(inner.g_b, "big"), self._secret, prime.CURRENT_DH_PRIME)
        self.auth_key = shared.to_bytes(256, "big")
        self.salt = int.from_bytes(aes.xor(self._new_nonce[:8], self._server_nonce_bytes[:8]), "little", signed=True)
        proof = sha1(self._new_nonce + b"\x01" + sha1(self.auth_key).digest()[:8]).digest()[4:20]
        return raw.types.DhGenOk(
            nonce=self._nonce,
            server_nonce=self._server_nonce,
            new_nonce_hash1=int.from_bytes(proof, "little", signed=True),
        )

    @property
    def _server_nonce_bytes(self) -> bytes:
        return self._server_nonce.to_bytes(16, "little", signed=True)

    def _temporary_key(self) -> tuple[bytes, bytes]:
        new, server = self._new_nonce, self._server_nonce_bytes
        there, back, twice = (sha1(pair).digest() for pair in (new + server, server + new, new + new))
        return there + back[:12], back[12:] + twice + new[:4]


def _read_hashed(block: bytes) -> Any:
    """Read the TL value of a block that consists of its SHA-1, the value and padding."""
    try:
        inner = TLObject.read(BytesIO(block[20:]))
    except KeyError:
        raise ProtocolError("an encrypted block does not open: does the client trust another public key?") from None
    if sha1(inner.write()).digest() != block[:20]:
        raise ProtocolError("the hash of an encrypted block is wrong")
    return inner
