"""Every name in Redis. All of a pool's keys carry its hash tag, so that a cluster keeps them on one node and one script may touch
them all; an ACL user limited to `{pool}*` suffices. Scripts derive theirs from the tag in KEYS[1] by the same names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from domain.model.bot import Lease
from domain.model.ids import BotId, ChatId, UserId

NAMES = {
    "user": "hash, by user: where they stand, their ban, the marks of their bots (lib/users/user.lua)",
    "queue": "zset, by scope and bucket: who waits since when (lib/queue/queue.lua)",
    "heads": "zset, by partition: buckets that exist and the score of their head (lib/queue/bucket_index.lua)",
    "narrow": "zset, by scope, own and wished gender and age: buckets with narrow wishes (lib/queue/bucket_index.lua)",
    "halls": "set: the partitions, each a scope and an age of consent, that have buckets",
    "chats": "hash: every live chat (lib/chats/chat.lua)",
    "active": "zset: live chats by when something was last said, or they began (touch.lua)",
    "watched": "hash: since when and when last somebody looked for silent chats (idle.lua)",
    "recent": "string, by two users: until when they must not meet again; expires",
    "apart": "hash, by user: whom they blocked (1), who blocked them (2) or both (3)",
    "generation": "string: set once live chats were put back; gone when the server lost its memory",
    "housekeeper": "string: the worker that does what one does for all (housekeeping_lease.lua); expires",
    "lease": "string, by bot: '<owner>:<token>'; expires",
    "leases": "hash: bot to its last known owner",
    "worker": "string, by owner: '<ms> <JSON of Member>', when it was last seen and what it could serve; expires",
    "workers": "set: the owners in the roster",
    "fence": "string: the last fencing token that was given out",
    "events": "stream, by bot: what crosses processes (event_stream.py)",
    "sequence": "string, by writer: number of the last event that it appended (events_append.lua); expires",
    "parked": "stream, by bot: entries that this release cannot read (events_aside.py)",
    "outbox": "stream, by bot: what an earlier release kept to send (events_collect.lua takes it over)",
    "news": "stream: what every process has to hear (news.py)",
    "streams": "hash, by bot: how near its streams are to their limits, and what was lost (events_watch.lua)",
    "file": "string, by bot and unique id: that bot's own ids of a file that it got from another; expires",
    "never": "never there: see scripts.py",
    "map": "string, by chat: which message of one side is which of the other's (maps_keep.lua); expires",
}


@dataclass(frozen=True, slots=True)
class Keys:
    """The names of one pool, such as `main`."""

    pool: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9_-]+", self.pool):
            raise ValueError(f"a pool's name has letters, digits, '-' and '_' only, not {self.pool!r}")

    @property
    def tag(self) -> str:
        return f"{{{self.pool}}}"

    @property
    def generation(self) -> str:
        return f"{self.tag}:generation"

    @property
    def leases(self) -> str:
        return f"{self.tag}:leases"

    @property
    def workers(self) -> str:
        return f"{self.tag}:workers"

    @property
    def news(self) -> str:
        return f"{self.tag}:news"

    @property
    def chats(self) -> str:
        return f"{self.tag}:chats"

    @property
    def active(self) -> str:
        return f"{self.tag}:active"

    @property
    def partitions(self) -> str:
        return f"{self.tag}:halls"

    def user(self, user: UserId) -> str:
        return f"{self.tag}:user:{user}"

    def bucket_index(self, partition: str) -> str:
        return f"{self.tag}:heads:{partition}"

    def queue(self, scope: str, bucket: str) -> str:
        return f"{self.tag}:queue:{scope}:{bucket}"

    def lease(self, bot: BotId) -> str:
        return f"{self.tag}:lease:{bot}"

    def worker(self, owner: str) -> str:
        return f"{self.tag}:worker:{owner}"

    def events(self, bot: BotId) -> str:
        return f"{self.tag}:events:{bot}"

    def sequence(self, writer: str) -> str:
        return f"{self.tag}:sequence:{writer}"

    def parked(self, bot: BotId) -> str:
        return f"{self.tag}:parked:{bot}"

    def file(self, bot: BotId, unique_id: str) -> str:
        return f"{self.tag}:file:{bot}:{unique_id}"

    def map(self, chat: ChatId) -> str:
        return f"{self.tag}:map:{chat}"


def written(lease: Lease) -> str:
    """What stands at the lease's key while it is good."""
    return f"{lease.owner}:{lease.token}"
