"""The Quart application of the sandbox: routes, error answers, and the check that requests come from this machine."""

from __future__ import annotations

import logging
from pathlib import Path
from urllib.parse import urlsplit

from quart import Blueprint, Quart, Response, request, send_from_directory, websocket
from werkzeug.exceptions import HTTPException

from transport.sandbox.api.answer import json, refusal
from transport.sandbox.world.model import Refused
from transport.sandbox.world.turn import Turn

log = logging.getLogger(__name__)
PHONES = Path(__file__).parent.parent / "phones"
MAX_BODY = 140 * 1024 * 1024
"""Bytes: the largest file in base64, and the rest of its request."""
LOCAL = {"127.0.0.1", "localhost", "::1"}
FOREIGN = Refused("host", "only pages and names of this machine are answered", status=403)


def create_app(turn: Turn, blueprints: list[Blueprint]) -> Quart:
    app = Quart(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    for blueprint in blueprints:
        app.register_blueprint(blueprint)

    @app.before_request
    async def check_origin() -> Response | None:
        return None if is_local(request.host, request.headers.get("Origin")) else refusal(FOREIGN)

    @app.before_websocket
    async def check_socket_origin() -> Response | None:
        return None if is_local(websocket.host, websocket.headers.get("Origin")) else refusal(FOREIGN)

    @app.after_request
    async def store_first(response: Response) -> Response:
        turn.finish()
        return response

    @app.errorhandler(Refused)
    async def refuse(error: Refused) -> Response:
        return refusal(error)

    @app.errorhandler(HTTPException)
    async def explain(error: HTTPException) -> Response:
        field = "body" if error.code == 413 else "path"
        return json({"error": f"{error.name}: {request.method} {request.path}", "field": field}, error.code or 400)

    @app.get("/")
    async def phones() -> Response:
        return await send_from_directory(PHONES, "index.html")

    @app.get("/phones/<path:name>")
    async def phones_file(name: str) -> Response:
        return await send_from_directory(PHONES, name)

    return app


def is_local(host: str, origin: str | None) -> bool:
    """Whether host and origin are of this machine. A foreign name that resolves to this machine and a foreign page are not."""
    try:
        name = urlsplit(f"//{host}").hostname
        return name in LOCAL and (origin is None or urlsplit(origin).netloc == host)
    except ValueError:
        return False
