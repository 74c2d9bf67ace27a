"""What may be shown of a setting's value. Tables, `config`, the panel and JSON all ask here."""

from __future__ import annotations

import re
from typing import Any

from control.settings.loading import LEAVES, SECRET
from domain.redaction import redacted_value
from storage.redis.address import in_memory

SET = "(set)"
"""Stands for a secret."""
NAMES_OF_SECRETS = re.compile(r"token|secret|password|passphrase|key|hash|dsn|_ur[il]$", re.IGNORECASE)


def visible(key: str, value: Any) -> Any:
    """`value` of the dotted setting `key`, or `SET` for a secret. What looks like a secret in another setting is hidden.

    Of a setting that only a newer release knows, the name tells whether it is a secret.
    """
    secret = key in SECRET if key in LEAVES else bool(NAMES_OF_SECRETS.search(key))
    if secret and value and not (key == "stores.redis_url" and in_memory(value)):
        return SET
    return redacted_value(value)
