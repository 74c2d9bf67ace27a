"""Whatever is sent to any operation: no 5xx, and no answer that the document does not have."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from quart import Quart

from domain.panel.roles import ACTS
from tests.web.doubles import CountingLimits, FixedFigures, KnownPeople
from tests.web.supervisors import RecordingSupervisor, healthy_status
from tests.web.toy import Toys
from web.access.admission import Admission
from web.api.openapi import document
from web.api.operation import Api
from web.app import Dependencies, create_app

OWNER = {"Authorization": "Bearer owner"}
SHAPES = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def panel() -> Quart:
    """Its streams end at once."""
    stopping = asyncio.Event()
    stopping.set()
    return create_app(
        Dependencies(
            supervisor=RecordingSupervisor(healthy_status()),
            signs=KnownPeople(),
            limits=CountingLimits(),
            figures=FixedFigures(),
            stopping=stopping,
        )
    )


def described(app: Quart) -> dict[str, Any]:
    async def read() -> Any:
        answer = await app.test_client().get("/openapi.json", headers=OWNER)
        return await answer.get_json()

    return asyncio.run(read())


def toys_of(app: Quart) -> dict[str, Any]:
    toys = Toys()
    toys.gate.set()
    api = Api(app, Admission(KnownPeople(), CountingLimits()))
    api.add(toys)
    return document(api.operations, "1")


PANEL, TOYS = panel(), panel()
THE_PANELS, THE_TOYS = described(PANEL), toys_of(TOYS)
panels = schemathesis.openapi.from_dict(THE_PANELS)
toys = schemathesis.openapi.from_dict(THE_TOYS)
for schema, app in ((panels, PANEL), (toys, TOYS)):
    schema.app = app
    schema.config.generation.update(with_security_parameters=False)  # each request has a token that is known


@panels.parametrize()
@SHAPES
def test_the_panels_operations_do_as_the_document_says(case):
    case.call_and_validate(headers={**OWNER, "Host": "localhost"})


@toys.parametrize()
@SHAPES
def test_operations_of_every_form_do_as_the_document_says(case):
    case.call_and_validate(headers={**OWNER, "Host": "localhost"})


@pytest.mark.parametrize("found", [THE_PANELS, THE_TOYS], ids=["panel", "toys"])
def test_the_document_is_complete(found):
    assert found["openapi"] == "3.1.0"
    for path, methods in found["paths"].items():
        for method, it in methods.items():
            place = f"{method} {path}"
            assert it["summary"].endswith("."), place
            assert re.fullmatch(r"Act: `[\w.]+`\.", it["description"]), place
            assert {each["name"] for each in it["parameters"] if each["in"] == "path"} == set(re.findall(r"\{(\w+)\}", path)), (
                place
            )
            assert ({"401", "403"} <= it["responses"].keys()) == (it["description"][6:-2] in ACTS), place
            assert "500" in it["responses"], place


@pytest.mark.parametrize("found", [THE_PANELS, THE_TOYS], ids=["panel", "toys"])
def test_whatever_comes_in_has_bounds(found):
    for place, schema in incoming(found):
        kinds = [schema.get("type")] if isinstance(schema.get("type"), str) else schema.get("type", [])
        if {"integer", "number"} & set(kinds):
            assert {"minimum", "exclusiveMinimum"} & schema.keys(), place
            assert {"maximum", "exclusiveMaximum"} & schema.keys(), place
        if "string" in kinds and "enum" not in schema:
            assert "maxLength" in schema, place
        if "array" in kinds:
            assert "maxItems" in schema, place
        if "object" in kinds:
            assert schema.get("additionalProperties") is False, place


def incoming(found: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every schema of a parameter or a body, with those inside."""
    for path, methods in found["paths"].items():
        for it in methods.values():
            for each in it["parameters"]:
                yield from inside(found, each["schema"], f"{path} {each['name']}", ())
            if "requestBody" in it:
                yield from inside(found, it["requestBody"]["content"]["application/json"]["schema"], f"{path} body", ())


def inside(found: Any, schema: Any, place: str, seen: tuple[str, ...]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    reference = schema.get("$ref")
    if reference in seen:
        return
    if reference:
        yield from inside(found, found["components"]["schemas"][reference.rpartition("/")[2]], place, (*seen, reference))
        return
    yield place, schema
    for each in schema.get("anyOf", ()):
        yield from inside(found, each, place, seen)
    for name, each in schema.get("properties", {}).items():
        yield from inside(found, each, f"{place}.{name}", seen)
    if isinstance(schema.get("items"), dict):
        yield from inside(found, schema["items"], f"{place}[]", seen)


async def test_the_page_of_the_document_shows_every_operation(client):
    page = await (await client.get("/admin/api")).get_data(as_text=True)
    for path, methods in THE_PANELS["paths"].items():
        for method in methods:
            assert f"{method.upper()} {path}" in page
    for name in THE_PANELS["components"]["schemas"]:
        assert f'id="schema-{name}"' in page
