"""Addresses of static files, with a digest of their content, so that browsers may keep each for ever."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from quart import Quart, g, request, url_for
from werkzeug.security import safe_join


def install(app: Quart) -> None:
    folder = Path(app.root_path) / "static"

    @cache
    def digest(name: str) -> str:
        """Empty where there is no such file."""
        path = safe_join(str(folder), name)
        if path is None or not Path(path).is_file():
            return ""
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]

    @app.template_global()
    def asset(name: str) -> str:
        return url_for("static", filename=name, v=digest(name))

    @app.before_request
    async def note_fingerprint() -> None:
        if request.endpoint == "static" and "v" in request.args:
            name = (request.view_args or {}).get("filename", "")
            g.fingerprinted = request.args["v"] == digest(name) != ""
