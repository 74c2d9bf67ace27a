"""Error answers: JSON under /api and /health, a page for people elsewhere."""

from __future__ import annotations

from typing import Any

from quart import Quart, render_template, request
from werkzeug.exceptions import HTTPException

from domain.errors import Unavailable

FRIENDLY = {
    404: ("Nothing here", "This page does not exist, or it has moved."),
    405: ("Not like that", "This address does not take such a request."),
    421: ("Wrong name", "The panel answers only under the name of this machine, such as 127.0.0.1."),
    500: ("Something broke", "The panel made a mistake. The log says which; the bots are not affected."),
    503: ("Nobody answers", "The supervisor cannot be reached. Try again in a moment."),
}

Answer = tuple[Any, int]


def install(app: Quart) -> None:
    @app.errorhandler(HTTPException)
    async def refused(error: HTTPException) -> Answer:
        return await _answer(error.code or 500, error.description or error.name)

    @app.errorhandler(Unavailable)
    async def unavailable(error: Unavailable) -> Answer:
        return await _answer(503, str(error))


async def _answer(code: int, reason: str) -> Answer:
    if request.path.startswith(("/api/", "/health")):
        return {"error": reason}, code
    title, text = FRIENDLY.get(code, ("That did not work", reason))
    return await render_template("problem.html", code=code, title=title, text=text), code
