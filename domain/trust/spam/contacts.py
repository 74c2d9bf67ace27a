"""Who has sent one contact to strangers: several accounts that are days old, with one address, are one advertiser."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

from domain.trust.spam.memory import DAY

YOUNG = 7 * DAY
"""Seconds since an account was first seen. Older ones are not counted, and are not held by the list."""
ACCOUNTS = 4
"""So many young accounts list a contact."""
LISTED = 7 * DAY
"""Seconds for which a contact stays listed."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What is remembered of one contact."""

    accounts: tuple[tuple[int, float], ...] = ()
    """Hashes of young accounts that have sent it, and when last; those of a day, the oldest first."""
    listed_until: float = 0.0


def sent_by(shared: Shared, account: int, now: float) -> Shared:
    """A young account has sent it."""
    accounts = {who: at for who, at in shared.accounts if now - at <= DAY} | {account: now}
    several = len(accounts) >= ACCOUNTS
    listed = now + LISTED if several and not is_listed(shared, now) else shared.listed_until
    newest = sorted(accounts.items(), key=lambda each: each[1])[-ACCOUNTS:]
    return Shared(tuple(newest), listed)


def is_listed(shared: Shared, now: float) -> bool:
    return now < shared.listed_until


def hash_of(name: str, key: bytes = b"") -> int:
    """64 bits, the same in every process."""
    return int.from_bytes(blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8, key=key).digest(), "big", signed=True)
