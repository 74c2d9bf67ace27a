"""The API's document in OpenAPI 3.1, from its operations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from domain.panel.roles import OPEN
from web.api.bodies import JSON
from web.api.errors import STATUSES, Failure
from web.api.operation import EVENTS, Operation, statuses

REFERENCE = "#/components/schemas/{name}"
MEANINGS = {
    400: "The body is not JSON.",
    401: "Nobody is logged in, or the token is unknown.",
    403: "The role does not include this, another site has made the request, or an answer in Telegram is needed.",
    404: "There is no such thing.",
    408: "The body did not come in time.",
    409: "It was changed meanwhile; `now` has how it stands.",
    413: "The body is larger than 64 KiB.",
    415: "The body is not application/json.",
    421: "The Host header has no name of the panel.",
    422: "A field is wrong: `field` names it.",
    429: "Too many requests: Retry-After has the seconds to wait.",
    500: "A mistake of the panel: the log has it under `ref`.",
    503: "The supervisor or the database does not answer.",
}
ABOUT = "The API of the panel. Fields and parameters that are not named here are refused, and the character U+0000 in any text."
ONE_EVENT = {"type": "object", "properties": {"event": {"type": "string"}, "data": {"type": "string"}}}
SECURITY = {
    "session": {"type": "apiKey", "in": "cookie", "name": "__Host-masquerade"},
    "token": {"type": "http", "scheme": "bearer"},
}


def document(operations: Iterable[Operation], version: str) -> dict[str, Any]:
    all_of_them = sorted(operations, key=lambda it: (it.path, it.method))
    types = _Types(all_of_them)
    paths: dict[str, Any] = {}
    for it in all_of_them:
        paths.setdefault(it.path, {})[it.method.lower()] = _described(it, types)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Masquerade", "version": version, "description": ABOUT},
        "paths": paths,
        "components": {"schemas": types.components, "securitySchemes": SECURITY},
    }


class _Types:
    """Every type once, as a schema."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        found: list[Any] = [Failure]
        for it in operations:
            found += [kind for kind in (it.query, it.body, it.answer, *it.parts.values(), *it.replies.values()) if kind]
        schemas, self.components = msgspec.json.schema_components(found, ref_template=REFERENCE)
        self._schemas = {id(kind): schema for kind, schema in zip(found, schemas, strict=True)}
        self._kept = found

    def schema(self, kind: Any) -> Mapping[str, Any]:
        return self._schemas[id(kind)]

    def content(self, kind: Any) -> Mapping[str, Any]:
        return {"content": {JSON: {"schema": self.schema(kind)}}}

    def properties(self, kind: Any) -> Iterable[tuple[str, Any, bool]]:
        """(name, schema, whether it must be given) of each field."""
        whole = self.components[str(self.schema(kind)["$ref"]).rpartition("/")[2]]
        return [(name, schema, name in whole.get("required", ())) for name, schema in whole["properties"].items()]


def _described(it: Operation, types: _Types) -> dict[str, Any]:
    own = {"content": {EVENTS: {"schema": ONE_EVENT}}} if it.streams else types.content(it.answer)
    others = statuses(it)
    parameters = [{"name": name, "in": "path", "required": True, "schema": types.schema(kind)} for name, kind in it.parts.items()]
    if it.query:
        parameters += [
            {"name": name, "in": "query", "required": required, "schema": schema}
            for name, schema, required in types.properties(it.query)
        ]
    described: dict[str, Any] = {
        "operationId": it.name,
        "summary": it.summary,
        "description": f"Act: `{it.act}`.",
        "parameters": parameters,
        "responses": {
            str(it.status): {"description": "Done.", **own},
            **{str(code): {"description": _meaning(code), **types.content(others[code])} for code in sorted(others)},
        },
        "security": [{"session": []}, {"token": []}] if it.act not in OPEN else [],
    }
    if it.unchanging:
        described["responses"]["304"] = {"description": "The same as the ETag in If-None-Match."}
    if it.body:
        described["requestBody"] = {"required": True, **types.content(it.body)}
    return described


def _meaning(code: int) -> str:
    return MEANINGS[code] if code in STATUSES.values() else "Done in part."
