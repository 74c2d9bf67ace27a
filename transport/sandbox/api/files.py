"""/api/files: the bytes of what was sent."""

from __future__ import annotations

import re

from quart import Blueprint, Response, send_file

from transport.sandbox.catalog import Catalog
from transport.sandbox.documents import UNKNOWN
from transport.sandbox.files import Files
from transport.sandbox.model import Refused

MIME = re.compile(r"[\w.+-]{1,100}/[\w.+-]{1,100}", re.ASCII)
"""Bots and people may have said anything."""


class FilesApi:
    def __init__(self, files: Files, catalog: Catalog) -> None:
        self._files = files
        self._catalog = catalog

    def routes(self) -> Blueprint:
        routes = Blueprint("files", __name__, url_prefix="/api/files")
        routes.get("/<unique>")(self.show)
        return routes

    async def show(self, unique: str) -> Response:
        """Streamed, in parts where a Range asks for one. Never run as a page: it is what somebody sent."""
        file = self._catalog.by_unique(unique)
        if file is None:
            raise Refused("file_unique_id", f"no file {unique}", status=404)
        mime = file.mime if MIME.fullmatch(file.mime) else UNKNOWN
        answer = await send_file(self._files.path(unique), mimetype=mime, conditional=True)
        answer.headers["Accept-Ranges"] = "bytes"
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Content-Security-Policy"] = "sandbox"
        return answer
