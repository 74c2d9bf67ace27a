"""A page from one function: the same admission as the API's.

    @dataclass(frozen=True, slots=True, kw_only=True)
    class QueuePages:
        queues: Queues

        @page("/admin/queues", act="queues.read")
        async def queues_page(self, viewer: Viewer) -> str:
            return await render_template("queues.html", viewer=viewer, …)

Further parameters are parts of the path, as in `web.api.operation`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, get_type_hints

from quart import Quart, request
from quart.typing import ResponseReturnValue

from web.access.admission import Admission
from web.api.bodies import read_path
from web.api.operation import GIVEN, PART

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    path: str
    act: str
    parts: Mapping[str, Any]
    takes: frozenset[str]


def page(path: str, *, act: str) -> Callable[[F], F]:
    def decorate(function: F) -> F:
        hints = get_type_hints(function, include_extras=True)
        parts = {name: kind for name, kind in hints.items() if name not in GIVEN}
        function.page = Page(path=path, act=act, parts=parts, takes=frozenset(hints))  # type: ignore[attr-defined]
        return function

    return decorate


@dataclass(frozen=True, slots=True)
class Pages:
    app: Quart
    admission: Admission

    def add(self, group: object) -> None:
        """Serves every page among the methods of `group`."""
        for name in dir(type(group)):
            found = getattr(getattr(type(group), name), "page", None)
            if isinstance(found, Page):
                self._serve(name, found, getattr(group, name))

    def _serve(self, name: str, it: Page, function: Callable[..., Any]) -> None:
        async def handle(**parts: str) -> ResponseReturnValue:
            viewer = await self.admission.admit(it.act, active="HX-Request" not in request.headers)  # what renews itself
            arguments = read_path(parts, it.parts) | ({"viewer": viewer} if "viewer" in it.takes else {})
            answer: ResponseReturnValue = await function(**arguments)
            return answer

        handle.act = it.act  # type: ignore[attr-defined]
        rule = PART.sub(r"<\1>", it.path)
        self.app.add_url_rule(rule, f"page.{name}", handle, methods=["GET"], provide_automatic_options=False)
