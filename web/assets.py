"""Addresses of static files, with a digest of their content, so that browsers may keep each for ever; and icons."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

from markupsafe import Markup
from quart import Quart, g, request, url_for
from werkzeug.security import safe_join

COMMENT = re.compile(r"<!--.*?-->\s*", re.DOTALL)
CLASS = re.compile(r'class="[^"]*"')


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

    @app.template_global()
    @cache
    def icon(name: str) -> Markup:
        """A file of `vendor/lucide/` as an element. It is hidden from screen readers, so words stand beside it."""
        text = (folder / "vendor" / "lucide" / f"{name}.svg").read_text(encoding="utf-8")
        return Markup(CLASS.sub('class="icon" aria-hidden="true"', COMMENT.sub("", text), count=1))  # noqa: S704 - our own file

    @app.before_request
    async def note_fingerprint() -> None:
        if request.endpoint == "static" and "v" in request.args:
            name = (request.view_args or {}).get("filename", "")
            g.fingerprinted = request.args["v"] == digest(name) != ""
