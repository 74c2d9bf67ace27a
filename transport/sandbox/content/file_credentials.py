"""Access hashes and file references, which a bot must send to use a file. They are valid for one bot only."""

from __future__ import annotations

from hashlib import blake2b

from transport.sandbox.content.catalog import Catalog
from transport.sandbox.mtproto.tl import TL
from transport.sandbox.world.model import Bot, File, RpcError
from transport.sandbox.world.world import World


class FileCredentials:
    def __init__(self, world: World, catalog: Catalog, secret: bytes) -> None:
        self._world = world
        self._catalog = catalog
        self._secret = secret

    def access_hash(self, bot: int, file: int) -> int:
        return int.from_bytes(self._digest(b"file:%d:%d" % (bot, file), 8), "little", signed=True)

    def reference(self, bot: int, file: int) -> bytes:
        """The current file reference. It is valid until `expire`."""
        known = self._world.bots.get(bot)
        age = known.settings.get("references", 0) if known else 0
        return b"\x01" + self._digest(b"reference:%d:%d:%d" % (bot, file, age), 20)

    def expire(self, bot: Bot) -> None:
        """Make all references of the bot invalid. It gets new ones with its messages."""
        bot.settings["references"] = bot.settings.get("references", 0) + 1
        self._world.save_bot(bot)

    def check(self, bot: int, shown: TL, *, error: str) -> File:
        """The file named by an InputPhoto, an InputDocument or a location of one. Raises RpcError: `error` if the id or the
        access hash is not valid for this bot, FILE_REFERENCE_… if only the reference is wrong.
        """
        number = getattr(shown, "id", None)
        file = self._catalog.get(number) if isinstance(number, int) else None
        if file is None or shown.access_hash != self.access_hash(bot, file.id):
            raise RpcError(400, error)
        if not shown.file_reference:
            raise RpcError(400, "FILE_REFERENCE_EMPTY")
        if shown.file_reference != self.reference(bot, file.id):
            raise RpcError(400, "FILE_REFERENCE_EXPIRED")
        return file

    def _digest(self, what: bytes, size: int) -> bytes:
        return blake2b(what, key=self._secret, digest_size=size).digest()
