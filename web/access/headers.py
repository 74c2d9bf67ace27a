"""The headers of every answer, errors and static files too."""

from __future__ import annotations

from quart import Quart, Response, g, request

ALWAYS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HTTPS_ONLY = "max-age=31536000"
"""For a year."""
FOR_EVER = "public, max-age=31536000, immutable"


def install(app: Quart) -> None:
    @app.after_request
    async def add_headers(response: Response) -> Response:
        response.headers.update(ALWAYS)
        response.headers["Cache-Control"] = _caching(response)
        if "caller" in g and g.caller.scheme == "https":
            response.headers["Strict-Transport-Security"] = HTTPS_ONLY
        return response


def _caching(response: Response) -> str:
    """A static file whose address has a digest of its content (`web/assets.py`) is kept; without one it is asked for again, as is
    whatever else has an ETag.
    """
    if request.endpoint != "static" and "ETag" in response.headers:
        return "private, no-cache"
    if request.endpoint != "static" or response.status_code not in {200, 206, 304}:
        return "no-store"
    return FOR_EVER if g.get("fingerprinted") else "no-cache"
