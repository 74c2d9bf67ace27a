"""Which way a session's messages take to the partner: straight to a session of this process, or by the partner's event stream.

*Invariant*: a message never overtakes an earlier one that went the other way. Bots move from process to process while people
talk, so the way changes in the middle of a chat.
"""

from __future__ import annotations

from asyncio import Future, get_running_loop
from collections.abc import Callable

from actors.session.unit_of_work import UnitOfWork
from domain.model.outgoing import Outcome

STRAIGHT, BY_STREAM = True, False
Carry = Callable[[bool], None]
"""Told which."""


class Route:
    __slots__ = ("_appending", "_held", "_straight", "_streamed")

    def __init__(self) -> None:
        self._straight = 0
        """How many are on their way straight: whether they arrive, or have to take the stream as well, is open."""
        self._appending = 0
        self._streamed = float("-inf")
        self._held: list[tuple[Carry, Future[None]]] | None = None
        """What waits until nothing is on its way straight."""

    @property
    def streamed(self) -> float:
        """When the last message was in the stream, by the loop's clock; infinite while one is on its way there."""
        return float("inf") if self._appending else self._streamed

    def way(self, *, together: bool) -> bool | None:
        """`STRAIGHT` or `BY_STREAM`; None for what has to wait, by `hold`.

        `together`: it may go straight for all that went by the stream.
        """
        if together and not self._held:
            return STRAIGHT
        return None if self._straight else BY_STREAM

    def hold(self, unit: UnitOfWork, carry: Carry) -> Future[None]:
        """Until nothing is on its way straight any more. Done once it is carried."""
        carried: Future[None] = get_running_loop().create_future()
        unit.wait_for(carried)
        self._held = [*(self._held or ()), (carry, carried)]
        return carried

    def goes(self, outcome: Future[Outcome] | Future[None], *, straight: bool) -> None:
        """Call this once everything else has been told to watch the outcome."""
        if straight:
            self._straight += 1
            outcome.add_done_callback(self._came_straight)
        else:
            self._appending += 1
            outcome.add_done_callback(self._appended)

    def _came_straight(self, _outcome: Future[Outcome] | Future[None]) -> None:
        self._straight -= 1
        if not self._straight:
            held, self._held = self._held, None
            for carry, carried in held or ():
                carry(BY_STREAM)
                carried.set_result(None)

    def _appended(self, _outcome: Future[Outcome] | Future[None]) -> None:
        self._appending -= 1
        self._streamed = get_running_loop().time()
