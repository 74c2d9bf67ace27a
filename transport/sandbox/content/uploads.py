"""Uploads of bots in parts. A part that is early waits in memory. A restart loses uploads that were not sent in a message."""

from __future__ import annotations

from dataclasses import dataclass, field

from transport.sandbox.content.files import Content, Draft, Files
from transport.sandbox.mtproto.tl import TL
from transport.sandbox.world.model import RpcError

MAX_PART = 512 * 1024
PART_STEP = 1024
KEPT = 256
"""How many uploads of all bots are remembered: an upload may be used in several messages, or again after a failed send."""
AHEAD = 64
"""How many parts may wait for a missing one."""


@dataclass(slots=True)
class Upload:
    draft: Draft
    count: int = 0
    """Number of parts written, which is the number of the next part."""
    part_size: int = 0
    last_size: int = 0
    waiting: dict[int, bytes] = field(default_factory=dict)
    content: Content | None = None
    """The complete file, once it was used."""

    def take(self, part: int, data: bytes) -> None:
        """Take a part. One that is there already is ignored as a repeat."""
        if self.content is not None or part < self.count:
            return
        if len(self.waiting) >= AHEAD and part != self.count:
            raise RpcError(400, f"FILE_PART_{self.count}_MISSING")
        self.waiting[part] = data
        while self.count in self.waiting:
            self._write(self.waiting.pop(self.count))

    def _write(self, data: bytes) -> None:
        if self.count == 0:
            self.part_size = len(data)
        elif self.last_size != self.part_size or len(data) > self.part_size:
            raise RpcError(400, "FILE_PART_SIZE_CHANGED")
        self.draft.append(data)
        self.last_size = len(data)
        self.count += 1

    def finish(self, parts: int, checksum: str) -> Content:
        if self.content is not None:
            return self.content
        if self.count < parts:
            raise RpcError(400, f"FILE_PART_{self.count}_MISSING")
        if self.count > parts or self.waiting:
            raise RpcError(400, "FILE_PARTS_INVALID")
        if parts > 1 and (self.part_size % PART_STEP or MAX_PART % self.part_size):
            raise RpcError(400, "FILE_PART_SIZE_INVALID")
        if checksum and checksum.lower() != self.draft.md5():
            raise RpcError(400, "MD5_CHECKSUM_INVALID")
        self.content = self.draft.finish()
        return self.content


class Uploads:
    def __init__(self, files: Files) -> None:
        self._files = files
        self._known: dict[tuple[int, int], Upload] = {}

    def take(self, bot: int, number: int, part: int, data: bytes) -> None:
        if not data:
            raise RpcError(400, "FILE_PART_EMPTY")
        if len(data) > MAX_PART:
            raise RpcError(400, "FILE_PART_TOO_BIG")
        if part < 0 or part * PART_STEP > self._files.limit:
            raise RpcError(400, "FILE_PART_INVALID")
        upload = self._known.get((bot, number)) or self._begin(bot, number)
        if upload.draft.size + len(data) > self._files.limit:
            raise RpcError(400, "FILE_PARTS_INVALID")
        upload.take(part, data)

    def finish(self, bot: int, file: TL) -> Content:
        upload = self._known.get((bot, getattr(file, "id", 0)))
        if upload is None:
            raise RpcError(400, "FILE_PART_0_MISSING")
        return upload.finish(file.parts, getattr(file, "md5_checksum", ""))

    def close(self) -> None:
        for upload in self._known.values():
            upload.draft.discard()

    def _begin(self, bot: int, number: int) -> Upload:
        if len(self._known) >= KEPT:
            self._known.pop(next(iter(self._known))).draft.discard()
        upload = self._known[bot, number] = Upload(self._files.draft())
        return upload
