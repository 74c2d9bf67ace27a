"""The panel has no WebSockets. Whoever asks for one is refused before anything is looked up."""

from __future__ import annotations

from hypercorn.typing import ASGIReceiveCallable, ASGISendCallable
from quart.asgi import ASGIWebsocketConnection

from web.access.headers import ALWAYS
from web.api.errors import refusal

STATUS = 400


class NoWebsockets(ASGIWebsocketConnection):
    async def __call__(self, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:  # noqa: ARG002 - as its base
        body = refusal("malformed", "The panel has no WebSockets.")
        named = {**ALWAYS, "Content-Type": "application/json", "Cache-Control": "no-store"}
        headers = [(name.lower().encode(), value.encode()) for name, value in named.items()]
        await send({"type": "websocket.http.response.start", "status": STATUS, "headers": headers})
        await send({"type": "websocket.http.response.body", "body": body, "more_body": False})
