"""The hash that operators keep elsewhere is printed whole."""

from __future__ import annotations

from hashlib import sha256

from control.cli.diagnosis_remote import in_groups
from domain.redaction import redacted


def test_a_hash_in_groups_is_not_covered_as_a_key():
    digest = sha256(b"the last act").hexdigest()
    line = f"the last hash is {in_groups(digest)}"
    assert redacted(line) == line
    assert line.endswith(digest[-8:])
