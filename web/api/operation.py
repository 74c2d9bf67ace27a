"""An operation of the API from one typed function.

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Bans:
        bans: BansPort

        @operation("POST", "/api/users/{user}/ban", act="users.ban", rate="users", errors=("not_found",))
        async def ban(self, viewer: Viewer, user: UserNumber, body: NewBan) -> UserDetails:
            '''Ban somebody, with a term or for ever.'''

    Api(app, admission).add(Bans(bans=…))

Parameters have their meaning by name, and may be left out: `viewer` (who asks), `caller` (from where), `query`, `body`. Each
other one is a part of the path. The annotations are the schema. The result is the answer; `Reply` gives it another status. A
function that yields bytes is a stream of server-sent events. A page calls the same function with its own viewer.
"""

from __future__ import annotations

import gzip
import hashlib
import inspect
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, TypeVar, get_args, get_origin, get_type_hints

import msgspec
from quart import Quart, Response, g, request

from domain.panel.rates import DEFAULT
from domain.panel.roles import OPEN
from web.access.admission import Admission, credentials, who
from web.access.streams import Streams
from web.api.bodies import no_query, read_body, read_path, read_query
from web.api.errors import STATUSES, Failure

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")
PART = re.compile(r"\{(\w+)\}")
GIVEN = frozenset({"self", "viewer", "caller", "query", "body", "return"})
EVENTS = "text/event-stream"
VARIES = "Accept-Encoding, Cookie, Authorization"


@dataclass(frozen=True, slots=True)
class Reply(Generic[T]):
    """An answer with another status than the operation's own."""

    body: T
    status: int


class Unchanging(Generic[T]):
    """An answer that stays the same while the process lives: encoded and compressed once, told from others by its ETag."""

    def __init__(self, body: T) -> None:
        self.body = body
        self._plain = msgspec.json.encode(body)
        self._packed = gzip.compress(self._plain)
        self._tag = hashlib.sha256(self._plain).hexdigest()[:16]

    def response(self) -> Response:
        """304 without a body where the browser has it already."""
        packs = request.accept_encodings.quality("gzip") > 0
        answer = Response(self._packed if packs else self._plain, content_type="application/json", headers={"Vary": VARIES})
        if packs:
            answer.headers["Content-Encoding"] = "gzip"
        answer.set_etag(self._tag, weak=True)
        if request.if_none_match.contains_weak(self._tag):
            answer.status_code = 304
            answer.set_data(b"")
            del answer.headers["Content-Type"]
        return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    method: str
    path: str
    """As in OpenAPI: `/api/users/{user}`."""
    name: str
    act: str
    rate: str
    """Of `domain.panel.rates.RATES`; empty: not counted."""
    status: int
    summary: str
    parts: Mapping[str, Any]
    """Part of the path → its type."""
    query: Any
    body: Any
    answer: Any
    """None for a stream."""
    errors: Sequence[str]
    """Codes of `web.api.errors.STATUSES` besides those that any operation may have."""
    replies: Mapping[int, Any]
    """Other statuses that have an answer of their own → its type."""
    any_query: bool
    """Whether it takes parameters that it does not know: monitors add one, so that no cache answers."""
    unchanging: bool
    takes: frozenset[str]

    @property
    def streams(self) -> bool:
        return self.answer is None


def operation(
    method: str,
    path: str,
    *,
    act: str,
    rate: str = DEFAULT,
    status: int = 200,
    errors: Sequence[str] = (),
    replies: Mapping[int, Any] | None = None,
    any_query: bool = False,
) -> Callable[[F], F]:
    def decorate(function: F) -> F:
        hints = get_type_hints(function, include_extras=True)
        answer = hints["return"]
        function.operation = Operation(  # type: ignore[attr-defined]
            method=method,
            path=path,
            name=function.__name__,
            act=act,
            rate=rate,
            status=status,
            summary=(inspect.getdoc(function) or "").partition("\n")[0],
            parts={name: kind for name, kind in hints.items() if name not in GIVEN},
            query=hints.get("query"),
            body=hints.get("body"),
            answer=_answer(answer),
            errors=[*errors],
            replies=replies or {},
            any_query=any_query,
            unchanging=get_origin(answer) is Unchanging,
            takes=frozenset(hints),
        )
        return function

    return decorate


def _answer(hint: Any) -> Any:
    if get_origin(hint) is AsyncIterator:
        return None
    return get_args(hint)[0] if get_origin(hint) in {Reply, Unchanging} else hint


RENEWED = frozenset({"/api/queues", "/api/processes", "/api/history", "/api/answers/{reference}", "/api/operations/{number}"})
"""What open pages ask for by themselves: nobody is active by that."""


@dataclass(slots=True)
class Api:
    app: Quart
    admission: Admission
    streams: Streams = field(default_factory=Streams)
    operations: list[Operation] = field(default_factory=list)

    def add(self, group: object) -> None:
        """Serves every operation among the methods of `group`."""
        for name in dir(type(group)):
            found = getattr(getattr(type(group), name), "operation", None)
            if isinstance(found, Operation):
                self._serve(found, getattr(group, name))

    def _serve(self, it: Operation, function: Callable[..., Any]) -> None:
        async def handle(**parts: str) -> Response:
            viewer = await self.admission.admit(it.act, it.rate, active=not (it.streams or it.path in RENEWED))
            arguments: dict[str, Any] = {"viewer": viewer, "caller": g.caller} | read_path(parts, it.parts)
            if it.query is not None:
                arguments["query"] = read_query(request.args, it.query)
            elif not it.any_query:
                no_query(request.args)
            if it.body is not None:
                arguments["body"] = await read_body(request, it.body)
            arguments = {name: value for name, value in arguments.items() if name in it.takes}
            if it.streams:
                return self._stream(it, function(**arguments))
            return answered(await function(**arguments), it.status)

        handle.act = it.act  # type: ignore[attr-defined]
        rule = PART.sub(r"<\1>", it.path)
        self.app.add_url_rule(rule, f"api.{it.name}", handle, methods=[it.method], provide_automatic_options=False)
        self.operations.append(it)

    def _stream(self, it: Operation, source: AsyncIterator[bytes]) -> Response:
        """It ends with the session or the token that asked for it."""
        welcome = partial(self.admission.welcome, credentials(), it.act)
        if request.method == "HEAD":
            return Response(b"", content_type=EVENTS)
        events = self.streams.open(source, who(g.viewer, g.caller), welcome)
        answer = Response(events, content_type=EVENTS, headers={"X-Accel-Buffering": "no"})
        answer.timeout = None  # Quart's default ends a response after a minute
        return answer


def answered(result: Any, status: int) -> Response:
    if isinstance(result, Unchanging):
        return result.response()
    body, status = (result.body, result.status) if isinstance(result, Reply) else (result, status)
    return Response(msgspec.json.encode(body), status, content_type="application/json")


def statuses(it: Operation) -> Mapping[int, Any]:
    """Every status that the operation may have, other than its own → the type of that answer."""
    codes = ["invalid", "misdirected", "foreign", "internal", "unavailable", *it.errors]
    codes += ["slow_down"] if it.rate or it.streams else []
    codes += [] if it.act in OPEN else ["login", "forbidden"]
    codes += ["malformed", "too_large", "media_type", "timeout"] if it.body else []
    codes += ["not_found"] if it.parts else []
    return {STATUSES[code]: Failure for code in codes} | dict(it.replies)
