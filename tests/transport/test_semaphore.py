"""A semaphore whose limit changes while it is in use: `transport/media/semaphore.py`."""

from __future__ import annotations

import asyncio

from transport.media.semaphore import ResizableSemaphore


async def turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


class Users:
    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.inside: list[int] = []
        self.semaphore = ResizableSemaphore(lambda: self.limit)
        self.leave = [asyncio.Event() for _ in range(6)]
        self.tasks = [asyncio.create_task(self.enter(number)) for number in range(6)]

    async def enter(self, number: int) -> None:
        async with self.semaphore:
            self.inside.append(number)
            await self.leave[number].wait()
            self.inside.remove(number)


async def test_a_higher_limit_lets_waiters_in_at_once_and_a_lower_one_puts_nobody_out():
    users = Users(2)
    await turns()
    assert users.inside == [0, 1]
    users.limit = 4
    users.semaphore.fill()
    await turns()
    assert users.inside == [0, 1, 2, 3]
    users.limit = 1
    for number in range(3):
        users.leave[number].set()
    await turns()
    assert users.inside == [3]
    for event in users.leave:
        event.set()
    await asyncio.gather(*users.tasks)


async def test_a_waiter_that_is_cancelled_does_not_hold_the_semaphore():
    users = Users(1)
    await turns()
    users.tasks[1].cancel()
    users.leave[0].set()
    await turns()
    assert users.inside == [2]
    users.tasks[2].cancel()
    await turns()
    assert users.inside[-1] == 3
    for event in users.leave:
        event.set()
    await asyncio.gather(*users.tasks, return_exceptions=True)
