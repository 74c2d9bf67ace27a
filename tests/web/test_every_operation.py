"""Whatever is sent to any operation: no 5xx, and no answer that the document does not have."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from domain.panel.roles import ACTS
from tests.web.served import ServedPanel

OWNER = {"Authorization": "Bearer owner"}
SHAPES = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def panel(tmp_path_factory) -> Iterator[ServedPanel]:
    served = ServedPanel(tmp_path_factory.mktemp("panel")).start()
    yield served
    served.stop()


@pytest.fixture(params=["panel", "toys"])
def found(request, panel) -> Mapping[str, Any]:
    return described(panel) if request.param == "panel" else panel.toys


def described(panel: ServedPanel) -> dict[str, Any]:
    return httpx.get(f"{panel.url}/openapi.json", headers=OWNER).json()


@pytest.mark.parametrize("mode", GenerationMode)
def test_every_operation_does_as_the_document_says(panel, found, mode):
    """Of what it takes, and of what it does not."""
    schema = schemathesis.openapi.from_dict(found)
    schema.config.update(base_url=panel.url)
    # Each request has a token that is known. U+0000 is refused in every text: `test_bodies.py`.
    schema.config.generation.update(with_security_parameters=False, allow_x00=False)
    rejection = schema.config.checks.negative_data_rejection
    rejection.expected_statuses = [*rejection.expected_statuses, "413"]  # of a wrong shape, and too large to be looked at
    asked: set[int] = set()
    beyond = [] if found is panel.toys else [positive_data_acceptance]  # rules that no schema has also answer 422
    for each in (result.ok() for result in schema.get_all_operations()):
        if mode is GenerationMode.NEGATIVE and not (each.path_parameters or each.query or each.body):
            continue

        @given(each.as_strategy(generation_mode=mode))
        @SHAPES
        def holds(case):
            asked.add(case.call_and_validate(headers=OWNER, excluded_checks=beyond).status_code)

        holds()
    assert {200} <= asked if mode is GenerationMode.POSITIVE else {422} <= asked


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


def test_the_page_of_the_document_shows_every_operation(panel):
    page, found = httpx.get(f"{panel.url}/admin/api", headers=OWNER).text, described(panel)
    for path, methods in found["paths"].items():
        for method in methods:
            assert f"{method.upper()} {path}" in page
    for name in found["components"]["schemas"]:
        assert f'id="schema-{name}"' in page


@pytest.mark.parametrize(
    "raw",
    [
        b"GET /api/\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /api/%ff%00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /api/overview HTTP/1.1\r\nHost: \xff\r\n\r\n",
        b"GET /api/overview HTTP/1.1\r\n\r\n",
        b"GET http://evil.example/api/overview HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /api/overview HTTP/1.1\r\nHost: localhost\r\nCookie: masquerade=\xff\xfe\r\n\r\n",
        b"GET /api/overview HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \xff\r\n\r\n",
        b"POST /api/toys/7 HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"POST /api/toys/7 HTTP/1.1\r\nHost: localhost\r\nContent-Type: \xff\r\nContent-Length: 0\r\n\r\n",
        b"GET /api/overview?\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\x00\x01\x02\r\n\r\n",
    ],
)
def test_bytes_that_are_no_request_get_a_4xx_and_the_panel_goes_on(panel, raw):
    with socket.create_connection(("127.0.0.1", int(panel.url.rpartition(":")[2])), timeout=10) as line:
        line.sendall(raw)
        line.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: line.recv(65536), b""))
    assert re.match(rb"HTTP/1\.1 4\d\d ", answer), answer[:200]
    assert httpx.get(f"{panel.url}/health").status_code == 200


@pytest.mark.parametrize(
    "path",
    ["//api/toys", "/%2fapi/toys", "///api/toys", "/api//toys", "/./api/toys", "/x/../api/toys", "/api/toys/", "/api/toys;x"],
)
def test_no_spelling_of_an_address_gets_data_for_a_foreign_page(panel, path):
    theirs = "Cookie: masquerade=owner\r\nSec-Fetch-Site: cross-site\r\nConnection: close\r\n\r\n"
    asked = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{theirs}"
    with socket.create_connection(("127.0.0.1", int(panel.url.rpartition(":")[2])), timeout=10) as line:
        line.sendall(asked.encode())
        answer = b"".join(iter(lambda: line.recv(65536), b""))
    assert re.match(rb"HTTP/1\.1 40[34] ", answer), answer[:200]


def test_there_are_no_websockets(panel, caplog):
    asked = b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    asked += b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    for path in (b"/api/overview", b"/nowhere"):
        with socket.create_connection(("127.0.0.1", int(panel.url.rpartition(":")[2])), timeout=10) as line:
            line.sendall(b"GET " + path + b" HTTP/1.1\r\nHost: localhost\r\n" + asked)
            answer = line.recv(65536)
        assert re.match(rb"HTTP/1\.1 400 ", answer), answer[:200]
        assert b"content-security-policy: default-src 'none'" in answer
    assert "Traceback" not in caplog.text


def test_the_document_is_sent_once_and_then_by_its_tag(panel):
    plain = httpx.get(f"{panel.url}/openapi.json", headers={**OWNER, "Accept-Encoding": "identity"})
    packed = httpx.get(f"{panel.url}/openapi.json", headers={**OWNER, "Accept-Encoding": "gzip"})
    assert (packed.headers["Content-Encoding"], packed.json()) == ("gzip", plain.json())
    assert int(packed.headers["Content-Length"]) * 5 < int(plain.headers["Content-Length"])
    assert plain.headers["Cache-Control"] == "private, no-cache"
    again = httpx.get(f"{panel.url}/openapi.json", headers={**OWNER, "If-None-Match": plain.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = httpx.get(f"{panel.url}/openapi.json", headers={**OWNER, "If-None-Match": '"other"'})
    assert other.json() == plain.json()
    stranger = httpx.get(f"{panel.url}/openapi.json", headers={"If-None-Match": plain.headers["ETag"]})
    assert (stranger.status_code, stranger.headers["Cache-Control"]) == (401, "no-store")
