"""Places whose number may change while some are taken."""

from __future__ import annotations

import asyncio

from transport.media.semaphore import ResizableSemaphore


async def turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


class Garage:
    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.inside: list[int] = []
        self.places = ResizableSemaphore(lambda: self.limit)
        self.leave = [asyncio.Event() for _ in range(6)]
        self.cars = [asyncio.create_task(self.drive(number)) for number in range(6)]

    async def drive(self, number: int) -> None:
        async with self.places:
            self.inside.append(number)
            await self.leave[number].wait()
            self.inside.remove(number)


async def test_more_places_are_filled_at_once_and_fewer_put_nobody_out():
    garage = Garage(2)
    await turns()
    assert garage.inside == [0, 1]
    garage.limit = 4
    garage.places.fill()
    await turns()
    assert garage.inside == [0, 1, 2, 3]
    garage.limit = 1
    for number in range(3):
        garage.leave[number].set()
    await turns()
    assert garage.inside == [3]
    for event in garage.leave:
        event.set()
    await asyncio.gather(*garage.cars)


async def test_who_gives_up_waiting_takes_no_place():
    garage = Garage(1)
    await turns()
    garage.cars[1].cancel()
    garage.leave[0].set()
    await turns()
    assert garage.inside == [2]
    garage.cars[2].cancel()
    await turns()
    assert garage.inside[-1] == 3
    for event in garage.leave:
        event.set()
    await asyncio.gather(*garage.cars, return_exceptions=True)
