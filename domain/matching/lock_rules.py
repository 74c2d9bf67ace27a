"""Locks of chats in the oracle (`domain/matching/rules.py`). `storage/redis/lua/lib/locks/` decides the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from domain.matching.locks import LockChat, Locked, NotLocked, Refusal
from domain.model.chat import Chat, ChatEnd
from domain.model.events import LockBroken
from domain.model.ids import ChatId, LockId, UserId
from domain.model.lock import Lock


@dataclass(slots=True)
class Locks:
    standing: dict[ChatId, list[Lock]] = field(default_factory=dict)
    """The periods whose end was not told yet, in the order in which they were bought."""
    decided: dict[LockId, tuple[Lock, bool] | Refusal] = field(default_factory=dict)
    """What became of each lock, and whether it extended another."""

    def lock(self, asked: LockChat, chat: Chat | None, now: float) -> bool:
        """Decides once; `chat` is the asker's present one. True where the lock is set by this."""
        if asked.lock in self.decided:
            return False
        if chat is None or chat.id != asked.chat:
            self.decided[asked.lock] = Refusal.OVER
            return False
        before = self.until(chat.id, asked.address.user)
        since = max(now, before)
        until = round(since + asked.seconds, 3)
        if until > round(now + asked.longest, 3):
            self.decided[asked.lock] = Refusal.TOO_LONG
            return False
        owner = chat.side_of(asked.address.user)
        lock = Lock(id=asked.lock, chat=chat.id, owner=owner, since=since, until=until)
        self.decided[asked.lock] = lock, before > now
        self.standing.setdefault(chat.id, []).append(lock)
        return True

    def answer(self, lock: LockId) -> Locked | NotLocked:
        """Without marks."""
        outcome = self.decided[lock]
        if isinstance(outcome, Refusal):
            return NotLocked(why=outcome, marks={})
        period, extended = outcome
        return Locked(since=period.since, until=period.until, extended=extended, marks={})

    def settle(self, locks: Sequence[LockId]) -> dict[LockId, Lock | Refusal]:
        outcomes = {lock: self.decided.setdefault(lock, Refusal.VOID) for lock in locks}
        return {lock: outcome if isinstance(outcome, Refusal) else outcome[0] for lock, outcome in outcomes.items()}

    def until(self, chat: ChatId, owner: UserId) -> float:
        """The end of the member's lock of the chat; 0 where there is none."""
        return max((lock.until for lock in self.standing.get(chat, []) if lock.owner.user == owner), default=0.0)

    def end_due(self, now: float) -> list[tuple[ChatId, UserId]]:
        """(chat, owner) of the locks whose time is over, in the order of their ends."""
        due = sorted((end, f"{chat}:{owner}", chat, owner) for (chat, owner), end in self.ends().items() if end <= now)
        for _, _, chat, owner in due:
            self._keep(chat, [lock for lock in self.standing[chat] if lock.owner.user != owner])
        return [(chat, owner) for _, _, chat, owner in due]

    def ends(self) -> dict[tuple[ChatId, UserId], float]:
        """(chat, owner) → the end of that member's lock."""
        owners = {(chat, lock.owner.user) for chat, locks in self.standing.items() for lock in locks}
        return {(chat, owner): self.until(chat, owner) for chat, owner in owners}

    def break_off(self, chat: ChatId, now: float, why: ChatEnd, by: UserId) -> list[LockBroken]:
        """The chat has ended."""
        broken = [lock for lock in self.standing.pop(chat, []) if lock.until > now]
        return [LockBroken(user=lock.owner.user, lock=lock, ended=now, why=why, by=by) for lock in broken]

    def _keep(self, chat: ChatId, locks: list[Lock]) -> None:
        if locks:
            self.standing[chat] = locks
        else:
            del self.standing[chat]
