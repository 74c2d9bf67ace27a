"""Reads from the bot's messages on a phone where its user is (free, waiting, in a chat), and tells the audit."""

from __future__ import annotations

from enum import Enum, auto
from random import Random

from bench.audit import Audit
from bench.limbo import FREE, MET, WAITING, Place

NOT_DELIVERED = ("Not delivered", "trouble right now", "something went wrong", "A little slower")
SEARCHES = ("Looking for", "already searching", "Still searching")
DESERTED = ("Your partner left",)
ENDED = ("Your partner is gone", "has ended", "search was interrupted", "Nobody right now")
LEFT = ("You left", "cancelled", "not in a chat", "not searching", "Done:")


class Sign(Enum):
    MESSAGE = auto()
    FOUND = auto()
    SEARCHES = auto()
    NOT_DELIVERED = auto()
    """A message was not delivered, or a request not done."""
    ENDED = auto()
    """The chat or search ended without the user's request."""
    LEFT = auto()
    """The chat or search ended at the user's request."""
    OTHER = auto()


_SIGNS = {
    Sign.FOUND: ("Partner found",),
    Sign.SEARCHES: SEARCHES,
    Sign.NOT_DELIVERED: NOT_DELIVERED,
    Sign.ENDED: (*DESERTED, *ENDED),
    Sign.LEFT: LEFT,
}

_ANSWERS = {
    "/stop": {Sign.FOUND, Sign.LEFT, Sign.ENDED, Sign.NOT_DELIVERED},
    "/next": {Sign.FOUND, Sign.SEARCHES, Sign.LEFT, Sign.NOT_DELIVERED},
}
"""The signs that answer each request. Any sign answers the other requests. /stop is answered by FOUND if the search had just
found somebody.
"""


class Screen:
    def __init__(self, user: int, audit: Audit) -> None:
        self.place: Place = FREE
        self.unanswered = ""
        """The command that was not answered yet."""
        self._user = user
        self._audit = audit

    @property
    def chats(self) -> bool:
        return self.place not in {FREE, WAITING}

    def asks(self, command: str) -> str:
        if command in {"/next", "/stop"}:
            self._audit.leaves(self._user)
        self.unanswered = command
        return command

    def walks(self, luck: Random) -> str:
        """The next command of somebody who comes and goes, or empty. There is none before the answer to the last command: until
        then nobody knows to which chat a message would go.
        """
        if self.unanswered:
            return ""
        may = ("/find",) if self.place == FREE else ("/stop", "") if self.place == WAITING else ("/next", "/stop", "", "")
        command = luck.choice(may)
        return self.asks(command) if command else ""

    def shows(self, text: str) -> Sign:
        speaker = self._audit.hears(self._user, text)
        if speaker is not None:
            self.place = speaker
            return Sign.MESSAGE
        sign = next((sign for sign, texts in _SIGNS.items() if any(words in text for words in texts)), Sign.OTHER)
        self._answers(sign)
        match sign:
            case Sign.FOUND:
                self.place = MET
                self._audit.meets(self._user)
            case Sign.SEARCHES | Sign.LEFT | Sign.ENDED:
                self.place = WAITING if sign is Sign.SEARCHES else FREE
                self._audit.parts(self._user, deserted=any(words in text for words in DESERTED))
        return sign

    def _answers(self, sign: Sign) -> None:
        """Note which command a sign answers. It may be the late answer to an earlier one."""
        if sign in _ANSWERS.get(self.unanswered, Sign):
            self.unanswered = ""
        if not self.unanswered and sign is not Sign.FOUND:
            self._audit.is_answered(self._user)
