"""One form of errors: `{"error": {"code", "message", "field"}}` for programs, a page for people."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from typing import Any

import msgspec
from quart import Quart, Response, g, redirect, render_template, request
from quart.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from domain.errors import ConfigurationError, Outdated, StaleConfiguration, Unavailable

STATUSES: Mapping[str, int] = {
    "malformed": 400,
    "login": 401,
    "forbidden": 403,
    "foreign": 403,
    "answer": 403,
    "not_found": 404,
    "method": 405,
    "timeout": 408,
    "conflict": 409,
    "too_large": 413,
    "media_type": 415,
    "misdirected": 421,
    "invalid": 422,
    "slow_down": 429,
    "internal": 500,
    "unavailable": 503,
}
"""Code of an error → status of the answer."""
CODES = {status: code for code, status in STATUSES.items() if code not in {"foreign", "answer"}}

WORDS = {
    403: ("Not for you", "Your role does not include this. An owner can change that."),
    404: ("Nothing here", "This page does not exist, or it has moved."),
    405: ("Not like that", "This address does not take such a request."),
    421: ("Wrong name", "The panel answers only under its own name, such as 127.0.0.1."),
    500: ("Something broke", "The panel made a mistake. The log says which; the bots are not affected."),
    503: ("Nobody answers", "The supervisor or the database cannot be reached. Try again in a moment."),
}
LOGIN_PAGE = "/admin/login"
SILENT = "The panel cannot answer now. Try again in a moment."

logger = logging.getLogger(__name__)


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    code: str
    message: str
    field: str
    """Which field of the request, such as `plans[0].stars`. Empty where no single one is wrong."""
    ref: str = ""
    """Of an internal error: what the log has it under."""
    now: Any = None
    """Of a conflict: how things stand now. Of `answer`: the question in Telegram."""


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    error: Problem


class Refused(Exception):  # noqa: N818 - names what happens
    """A request that is not done. `code` is one of `STATUSES`."""

    def __init__(
        self, code: str, message: str, *, field: str = "", now: Any = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = STATUSES[code]
        self.problem = Problem(code=code, message=message, field=field, now=now)
        self.headers = headers or {}


def refusal(code: str, message: str) -> bytes:
    """As programs get it, where there is no request to answer."""
    return msgspec.json.encode(Failure(error=Problem(code=code, message=message, field="")))


def install(app: Quart) -> None:
    @app.errorhandler(Refused)
    async def refused(error: Refused) -> ResponseReturnValue:
        return await _answer(error.status, error.problem, error.headers)

    @app.errorhandler(HTTPException)
    async def http(error: HTTPException) -> ResponseReturnValue:
        status = error.code or 500
        problem = Problem(code=CODES.get(status, "malformed"), message=error.description or error.name, field="")
        kept = {name: value for name, value in error.get_headers() if name != "Content-Type"}
        return await _answer(status, problem, kept)

    @app.errorhandler(Unavailable)
    async def unavailable(error: Unavailable) -> ResponseReturnValue:
        """Its text names our machines, so it is told only to whoever is logged in."""
        message = str(error) if "viewer" in g else SILENT
        return await _answer(503, Problem(code="unavailable", message=message, field=""))

    @app.errorhandler(Outdated)
    @app.errorhandler(StaleConfiguration)
    async def conflict(error: Exception) -> ResponseReturnValue:
        return await _answer(409, Problem(code="conflict", message=str(error), field=""))

    @app.errorhandler(ConfigurationError)
    async def invalid(error: ConfigurationError) -> ResponseReturnValue:
        return await _answer(422, Problem(code="invalid", message=str(error), field=error.setting))

    @app.errorhandler(Exception)
    async def internal(error: Exception) -> ResponseReturnValue:
        ref = secrets.token_hex(4)
        logger.error("%s %s failed (ref %s)", request.method, request.path, ref, exc_info=error)
        problem = Problem(code="internal", message=f"The panel made a mistake. The log has it as {ref}.", field="", ref=ref)
        return await _answer(500, problem)


async def _answer(status: int, problem: Problem, headers: Mapping[str, str] | None = None) -> ResponseReturnValue:
    if not _wants_page():
        return Response(msgspec.json.encode(Failure(error=problem)), status, dict(headers or {}), content_type="application/json")
    if status == 401:
        return _to_login(status)
    title, text = WORDS.get(status, ("That did not work", problem.message))
    text = f"{text} Reference: {problem.ref}." if problem.ref else text
    return await render_template("problem.html", code=status, title=title, text=text), status, dict(headers or {})


def _to_login(status: int) -> ResponseReturnValue:
    """A fragment cannot follow a redirect to another page, so htmx is told where to go."""
    if request.headers.get("HX-Request"):
        return "", status, {"HX-Redirect": LOGIN_PAGE}
    return redirect(LOGIN_PAGE, 303)


def _wants_page() -> bool:
    return not request.path.startswith(("/api/", "/health", "/openapi.json"))
