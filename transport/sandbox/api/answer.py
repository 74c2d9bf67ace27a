"""Answers of the HTTP API: JSON, and refusals as `{"error", "field"}`."""

from __future__ import annotations

from typing import Any

import orjson
from quart import Response

from transport.sandbox.world.model import Refused


def json(value: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(value), status=status, content_type="application/json")


def refusal(error: Refused) -> Response:
    return json({"error": f"{error.field}: {error.text}", "field": error.field}, error.status)
