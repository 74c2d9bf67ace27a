"""The names of all keys in Redis.

Each key of a pool begins with the pool's hash tag, such as `{main}:`. So a cluster keeps them on one node, one script may use
them all, and an ACL user may be limited to `{pool}*`. Scripts make the same names from the tag in KEYS[1].
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from domain.model.bot import Lease
from domain.model.ids import BotId, ChatId, UserId

NAMES = {
    "user": "hash, by user: state, ban, and a mark for each bot (lib/users/user.lua)",
    "queue": "zset, by scope and bucket: who waits (lib/queue/queue.lua)",
    "heads": "zset, by partition: its buckets, by the score of their head (lib/queue/bucket_index.lua)",
    "narrow": "zset, by scope, own and wished gender and age: buckets with narrow wishes (lib/queue/bucket_index.lua)",
    "halls": "set: the partitions that have buckets (lib/queue/queue.lua)",
    "chats": "hash: every live chat (lib/chats/pair.lua)",
    "active": "zset: live chats by when something was last said, or they began (pool/touch.lua)",
    "watched": "hash: since when, and when last, idle chats were looked for, and which had a question (pool/idle.lua)",
    "topic": "string, by chat: when it got its last question; expires (lib/chats/topic.lua)",
    "names": "string, by chat: who offers to exchange names, and the name; expires after two minutes (pool/names.lua)",
    "locks": "hash, by chat: who has locked it, since when and until when (lib/locks/periods.lua)",
    "lock_ends": "zset: by chat and owner, when the owner's last lock of it ends (lib/locks/periods.lua)",
    "lock": "string, by lock: what became of it; expires (lib/locks/outcome.lua)",
    "again": "hash, by former chat: who wishes to talk to the partner once more; expires (pool/return.lua)",
    "swept": "string: when the queue was last swept, Unix ms (pool/swept.lua)",
    "recent": "string, by two users: until when they must not meet again; expires (lib/chats/recent.lua)",
    "apart": "hash, by user: whom they never meet, because of blocks and reports (lib/users/apart.lua)",
    "generation": "string: set once live chats were put back; missing where the server has lost its memory",
    "housekeeper": "string: the worker that does the housekeeping (cluster/housekeeping_lease.lua); expires",
    "lease": "string, by bot: '<owner>:<token>'; expires",
    "leases": "hash: bot → its last known owner",
    "worker": "string, by owner: '<Unix ms> <JSON of Member>', its entry in the roster; expires",
    "workers": "set: the owners in the roster",
    "fence": "string: the last fencing token",
    "events": "stream, by bot: events from other processes and from scripts (streams/event_stream.py)",
    "sequence": "string, by writer: number of the last event that it appended; expires (streams/append.lua)",
    "parked": "stream, by bot: entries that this release cannot read (streams/parked_events.py)",
    "outbox": "stream, by bot: written by an earlier release; nothing uses it",
    "news": "stream: what every process has to hear (streams/news.py)",
    "streams": "hash, by bot: how near its streams are to their limits, and how much was lost (streams/watch.lua)",
    "file": "string, by bot and unique id: that bot's own ids of a file that it got from another; expires",
    "never": "never exists (scripts.py)",
    "earlier": "stream, by chat: what edited messages said before, sealed; expires (earlier_keep.lua)",
    "spam": "string, by kind and subject: notes of the rules against spam, sealed; expires (notes.lua)",
    "map": "string, by chat: which message of one side is which of the other's; expires (maps_keep.lua)",
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
    def locks(self) -> str:
        return f"{self.tag}:locks"

    @property
    def lock_ends(self) -> str:
        return f"{self.tag}:lock_ends"

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

    def earlier(self, chat: ChatId) -> str:
        return f"{self.tag}:earlier:{chat}"

    def spam(self, note: str) -> str:
        return f"{self.tag}:spam:{note}"

    def map(self, chat: ChatId) -> str:
        return f"{self.tag}:map:{chat}"


def written(lease: Lease) -> str:
    """The value of the lease's key while the lease is valid."""
    return f"{lease.owner}:{lease.token}"
