"""The routes /api/files: the bytes of files that were sent."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Self

from quart import Blueprint, Response, request
from quart.wrappers.response import ResponseBody
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from transport.sandbox.api.answer import json
from transport.sandbox.content.catalog import Catalog
from transport.sandbox.content.documents import UNKNOWN
from transport.sandbox.content.files import Files
from transport.sandbox.world.model import Refused

MIME = re.compile(r"[\w.+-]{1,100}/[\w.+-]{1,100}", re.ASCII)
"""Valid MIME types. Bots and people may have sent anything."""
PIECE = 256 * 1024


class FilesApi:
    def __init__(self, files: Files, catalog: Catalog) -> None:
        self._files = files
        self._catalog = catalog

    def routes(self) -> Blueprint:
        routes = Blueprint("files", __name__, url_prefix="/api/files")
        routes.get("")(self.limits)
        routes.get("/<unique>")(self.show)
        return routes

    async def limits(self) -> Response:
        return json({"limit": self._files.limit})

    async def show(self, unique: str) -> Response:
        """Stream a file, or the range of it that is requested. The headers prevent that a browser runs it as a page."""
        file = self._catalog.by_unique(unique)
        if file is None:
            raise Refused("file_unique_id", f"no file {unique}", status=404)
        body = Pieces(lambda offset, limit: self._files.read(unique, offset, limit), file.size)
        answer = Response(body, content_type=file.mime if MIME.fullmatch(file.mime) else UNKNOWN)
        answer.content_length = file.size
        answer.set_etag(unique)
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Content-Security-Policy"] = "sandbox"
        return await answer.make_conditional(request, accept_ranges=True, complete_length=file.size)


class Pieces(ResponseBody):
    """The body of a response: a file or a range of it, read in pieces. The file is not open between pieces."""

    def __init__(self, read: Callable[[int, int], bytes], size: int) -> None:
        self._read = read
        self._size = size
        self.begin = 0
        self.end = size

    async def make_conditional(self, begin: int, end: int | None) -> int:
        """Choose a range. A negative `begin` counts from the end. Returns the size of the whole file."""
        self.begin = begin if begin >= 0 else max(0, self._size + begin)
        self.end = self._size if end is None else min(end, self._size)
        if self.begin >= self.end:
            raise RequestedRangeNotSatisfiable
        return self._size

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing is open."""

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        data = self._read(self.begin, min(PIECE, self.end - self.begin)) if self.begin < self.end else b""
        if not data:
            raise StopAsyncIteration
        self.begin += len(data)
        return data
