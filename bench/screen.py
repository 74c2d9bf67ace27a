"""What a phone shows of where its user stands, read from what the bot says; the audit learns by it when chats begin and end."""

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
    """Or something else was not done."""
    ENDED = auto()
    """Their chat or search, and not because they said so."""
    LEFT = auto()
    """Because they said so."""
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
"""Anything answers the rest. A search that has found somebody just then is not stopped any more."""


class Screen:
    def __init__(self, user: int, audit: Audit) -> None:
        self.place: Place = FREE
        self.unanswered = ""
        """What they asked for (`asks`)."""
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
        """What somebody asks for who comes and goes; nothing before the answer to the last, for until then nobody can tell into
        which chat a word would go.
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
        """What is shown may be the late answer to something before."""
        if sign in _ANSWERS.get(self.unanswered, Sign):
            self.unanswered = ""
        if not self.unanswered and sign is not Sign.FOUND:
            self._audit.is_answered(self._user)
