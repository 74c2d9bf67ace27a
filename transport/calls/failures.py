"""What bots of this process could not send, and why: the last ones of each, without texts and people. It outlives connections."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator

from domain.model.ids import BotId
from domain.model.outgoing import Lane, NotSent, Outcome, Why
from domain.model.sending import Failure
from domain.redaction import redacted

KEPT = 50
"""Of all bots."""
FAILED = {Why.GONE: "the person has left the bot", Why.FLOOD: "flood wait longer than pacing.max_park_seconds"}
WORDS = {Why.REFUSED: "Telegram refuses it", Why.UNREACHABLE: "no answer in time"}
LANES = {Lane.ANSWER: "answer", Lane.RELAY: "relay", Lane.NOTICE: "notice", Lane.BROADCAST: "broadcast"}
CONNECTION = "connection"


class Failures:
    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._recent: deque[Failure] = deque(maxlen=KEPT)
        self._last: dict[BotId, Failure] = {}
        """Of each bot the last one that is not of a person."""

    def of_call(self, bot: BotId, lane: Lane, outcome: Outcome | Exception) -> None:
        """Notes an outcome that is a failure. What ended on purpose, such as with its chat, is none."""
        if isinstance(outcome, Exception):
            self._note(bot, LANES[lane], type(outcome).__name__)
        elif isinstance(outcome, NotSent) and outcome.why in FAILED:
            self._note(bot, LANES[lane], FAILED[outcome.why], of_person=outcome.why is Why.GONE)
        elif isinstance(outcome, NotSent) and outcome.why in WORDS:
            self._note(bot, LANES[lane], ": ".join(filter(None, (WORDS[outcome.why], outcome.detail))))

    def of_connection(self, bot: BotId, detail: str) -> None:
        self._note(bot, CONNECTION, detail)

    def newest(self) -> Iterator[Failure]:
        """Of calls. Those of connections are the state of a bot, not something that was lost."""
        return (each for each in reversed(self._recent) if each.what != CONNECTION)

    def last(self, bot: BotId) -> Failure | None:
        """The bot's last one, unless a person alone was the reason."""
        return self._last.get(bot)

    def _note(self, bot: BotId, what: str, why: str, *, of_person: bool = False) -> None:
        failure = Failure(at=self._clock(), bot=bot, what=what, why=redacted(why), of_person=of_person)
        self._recent.append(failure)
        if not of_person:
            self._last[bot] = failure


failures = Failures()
