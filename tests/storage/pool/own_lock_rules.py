"""What a lock forbids, written anew and without a look at `domain/matching/lock_rules.py`. Times are whole milliseconds."""

from __future__ import annotations

from dataclasses import dataclass, field

from domain.matching.locks import LockChat, Locked, NotLocked
from domain.matching.requests import Decision, Find, Leave, Separate
from domain.model.chat import Chat, ChatEnd
from domain.model.ids import ChatId, LockId, UserId


def ms(seconds: float) -> int:
    return round(seconds * 1000)


@dataclass(frozen=True, slots=True)
class Paid:
    """A lock that stands."""

    lock: LockId
    chat: ChatId
    owner: UserId
    until: int


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a chat may have ended."""

    by: UserId
    why: ChatEnd
    wish: bool
    """Whether a member merely wished for somebody else."""


@dataclass(slots=True)
class LockRecord:
    """What a test noted of all locks itself."""

    standing: list[Paid] = field(default_factory=list)
    """Of live chats; the end is not told yet."""
    said: dict[LockId, tuple[object, ...]] = field(default_factory=dict)
    """What was answered first."""
    finished: list[LockId] = field(default_factory=list)
    """Whose end in time was told, or which were handed over with the end of their chat."""

    def keeps_in(self, user: UserId, chat: ChatId, now: float) -> bool:
        return any(paid.chat == chat and paid.owner != user and paid.until > ms(now) for paid in self.standing)

    def note(self, asked: LockChat, chat: Chat | None, now: float) -> tuple[object, ...]:
        """What has to be answered; `chat` is the owner's."""
        if asked.lock not in self.said:
            self.said[asked.lock] = self._decided(asked, chat, ms(now))
        return self.said[asked.lock]

    def _decided(self, asked: LockChat, chat: Chat | None, now: int) -> tuple[object, ...]:
        owner = asked.address.user
        if chat is None or chat.id != asked.chat:
            return ("not locked", "over")
        mine = [paid.until for paid in self.standing if paid.chat == chat.id and paid.owner == owner and paid.until > now]
        since = max([now, *mine])
        until = since + ms(asked.seconds)
        if until - now > ms(asked.longest):
            return ("not locked", "too_long")
        self.standing.append(Paid(asked.lock, chat.id, owner, until))
        return ("locked", since, until, bool(mine))

    def void(self, lock: LockId) -> bool:
        """Asked what became of a lock: whether it was set. If not it never will be."""
        return self.said.setdefault(lock, ("not locked", "void"))[0] == "locked"

    def chat_ended(self, chat: ChatId, now: float) -> set[LockId]:
        """The locks of which something is left."""
        gone = [paid for paid in self.standing if paid.chat == chat]
        self.standing = [paid for paid in self.standing if paid.chat != chat]
        unused = {paid.lock for paid in gone if paid.until > ms(now)}
        self.finished += unused
        return unused

    def time_is_over(self, now: float) -> set[tuple[ChatId, UserId]]:
        """Whose locks have come to their end: those of one owner in one chat all together."""
        last: dict[tuple[ChatId, UserId], int] = {}
        for paid in self.standing:
            last[paid.chat, paid.owner] = max(paid.until, last.get((paid.chat, paid.owner), 0))
        over = {whose for whose, until in last.items() if until <= ms(now)}
        self.finished += [paid.lock for paid in self.standing if (paid.chat, paid.owner) in over]
        self.standing = [paid for paid in self.standing if (paid.chat, paid.owner) not in over]
        return over


def cause_of(request: Decision, chat: Chat) -> Cause:
    """Of the end of that chat. Raises AssertionError where the request may end no chat."""
    me = request.asker.user
    match request:
        case Find(leaving=leaving):
            assert leaving == chat.id, f"{request} ended {chat.id}"
            return Cause(me, ChatEnd.NEXT, wish=True)
        case Leave(chat=left, why=why, silent=silent):
            assert left == chat.id, f"{request} ended {chat.id}"
            found_gone = why is ChatEnd.GONE and not silent
            return Cause(chat.partner_of(me).user if found_gone else me, why, wish=why in ("stopped", "next") and not silent)
        case Separate(why=why):
            return Cause(me, why, wish=False)
    raise AssertionError(f"{request} ended {chat.id}")


def written(answer: Locked | NotLocked) -> tuple[object, ...]:
    if isinstance(answer, NotLocked):
        return ("not locked", answer.why)
    return ("locked", ms(answer.since), ms(answer.until), answer.extended)
