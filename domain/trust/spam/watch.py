"""What a session remembers of its user for the rules against spam. Made when there is something to remember."""

from __future__ import annotations

from dataclasses import dataclass, replace

from domain.model.ids import ChatId, UserId
from domain.trust.spam import rules
from domain.trust.spam.memory import SaidBefore
from domain.trust.spam.rules import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    said: tuple[SaidBefore, ...] = ()
    shown: tuple[tuple[UserId, float], ...] = ()
    """Of the last pictures and videos: to whom they were sent, and when."""
    no_pictures_until: float = 0.0
    standing: Standing | None = None
    """As it was last read."""
    hit: tuple[ChatId, float] | None = None
    """The chat that began with a contact, and when it was sent."""
    ran: tuple[float, ...] = ()
    """When chats were left right after a contact."""
    check_since: float = 0.0
    """A human check has to be passed after this time before the next search; 0: no rule asks for one."""
    human: bool = False
    """Whether it is known that no first check is due."""
    slow_until: float = 0.0
    next_search: float = 0.0
    """While slowed down: not before."""


NOTHING = Watch()
HUMAN = Watch(human=True)
"""Shared by all who need no check and of whom nothing else is remembered."""


def with_pictures(watch: Watch, partner: UserId, count: int, now: float) -> tuple[Watch, rules.Verdict | None]:
    recent = [each for each in watch.shown if 0 <= now - each[1] <= rules.PICTURE_SECONDS]
    shown = tuple(recent + [(partner, now)] * count)[-2 * rules.PICTURES :]
    verdict = rules.pictures(len(shown), len({who for who, _ in shown}))
    if verdict is None:
        return replace(watch, shown=shown), None
    return replace(watch, shown=(), no_pictures_until=now + rules.PICTURE_SECONDS), verdict


def with_hit(watch: Watch, chat: ChatId, messages: int, now: float) -> Watch:
    """A contact was said as the message of that number of its side."""
    known = watch.hit is not None and watch.hit[0] == chat
    return watch if known or messages > rules.RUN_MESSAGES else replace(watch, hit=(chat, now))


def with_end(watch: Watch, chat: ChatId, now: float) -> tuple[Watch, rules.Verdict | None]:
    """The user has left the chat."""
    hit, gone = watch.hit, replace(watch, hit=None)
    if hit is None or hit[0] != chat or not 0 <= now - hit[1] <= rules.GONE_WITHIN:
        return gone, None
    ran = (*(at for at in watch.ran if 0 <= now - at <= rules.RUN_SECONDS), now)
    verdict = rules.runs(len(ran))
    return replace(gone, ran=() if verdict else ran), verdict


def slowed(watch: Watch, now: float) -> Watch:
    return replace(watch, slow_until=now + rules.SLOW_FOR)


def wait_before_search(watch: Watch, now: float) -> float:
    """Seconds until there may be a new chat; 0 where there may be one now."""
    waits = now < watch.slow_until and now < watch.next_search <= now + rules.SLOW_PAUSE
    return watch.next_search - now if waits else 0.0
