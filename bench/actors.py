"""Compares our actors on the event loop with Pykka's on threads: speed of four jobs, and memory of an idle actor."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import pykka

from actors.runtime.actor import Actor
from actors.runtime.mailbox import Mailbox
from actors.runtime.ref import ActorRef
from actors.runtime.scheduler import TURN
from bench.harness import Bar, Figures, in_child, rss_kb, say, take_turns
from domain.ask import Ask, Response, reply

NAME = "actors"
ABOUT = "tell, ask, ring hop and start of Actor on uvloop, all counters on, against pykka.ThreadingActor"
BARS = {
    "ask_ratio": Bar(at_least=10),
    "hop_ratio": Bar(at_least=8),
    "memory_ratio": Bar(at_most=1 / 6),
    "deep_ratio": Bar(at_most=3),
}

ROUNDS = 15
RING = 100
DEEPEST = 100_000
"""Most messages waiting in one mailbox."""
TIMEOUT = 30.0
"""Seconds of every ask, because every ask of the application has a timeout."""


class Number(int, Ask[int]):
    """The message for both kinds of actors."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Follow(Ask[None]):
    following: Any


class LoopEcho(Actor[Number]):
    def on_receive(self, message: Number) -> Response:
        return reply(message, message)


class ThreadEcho(pykka.ThreadingActor):
    def on_receive(self, message: Number) -> int:
        return message


class LoopHop(Actor[Follow | int]):
    def __init__(self, arrived: asyncio.Future[None]) -> None:
        super().__init__()
        self.arrived = arrived
        self.following: ActorRef[Any] = self.actor_ref

    def on_receive(self, message: Follow | int) -> None:
        if isinstance(message, Follow):
            self.following = message.following
        elif message:
            self.following.tell(message - 1)
        else:
            self.arrived.set_result(None)


class ThreadHop(pykka.ThreadingActor):
    def __init__(self, arrived: threading.Event) -> None:
        super().__init__()
        self.arrived = arrived
        self.following: pykka.ActorRef[Any] = self.actor_ref

    def on_receive(self, message: Follow | int) -> None:
        if isinstance(message, Follow):
            self.following = message.following
        elif message:
            self.following.tell(message - 1)
        else:
            self.arrived.set()


def on_uvloop(job: Callable[[], Coroutine[Any, Any, float]]) -> Callable[[], float]:
    import uvloop

    return lambda: uvloop.run(job())


async def loop_tell(count: int = 50_000) -> float:
    ref = LoopEcho.start()
    await ref.started()
    began = perf_counter()
    for number in range(count):
        ref.tell(Number(number))
        if number % TURN == 0:
            await asyncio.sleep(0)
    await ref.ask(Number(0), timeout=None)
    rate = count / (perf_counter() - began)
    await ref.stop()
    return rate


def thread_tell(count: int = 15_000) -> float:
    ref = ThreadEcho.start()
    began = perf_counter()
    for number in range(count):
        ref.tell(Number(number))
    ref.ask(Number(0))
    rate = count / (perf_counter() - began)
    ref.stop()
    return rate


async def loop_ask(count: int = 20_000) -> float:
    ref = LoopEcho.start()
    await ref.started()
    began = perf_counter()
    for number in range(count):
        await ref.ask(Number(number), timeout=TIMEOUT)
    rate = count / (perf_counter() - began)
    await ref.stop()
    return rate


def thread_ask(count: int = 2_000) -> float:
    ref = ThreadEcho.start()
    began = perf_counter()
    for number in range(count):
        ref.ask(Number(number), timeout=TIMEOUT)
    rate = count / (perf_counter() - began)
    ref.stop()
    return rate


async def loop_hop(count: int = 50_000) -> float:
    arrived = asyncio.get_running_loop().create_future()
    ring = [LoopHop.start(arrived) for _ in range(RING)]
    for ref, following in zip(ring, ring[1:] + ring[:1], strict=True):
        await ref.ask(Follow(following), timeout=None)
    began = perf_counter()
    ring[0].tell(count)
    await arrived
    rate = count / (perf_counter() - began)
    await asyncio.gather(*(ref.stop() for ref in ring))
    return rate


def thread_hop(count: int = 6_000) -> float:
    arrived = threading.Event()
    ring = [ThreadHop.start(arrived) for _ in range(RING)]
    for ref, following in zip(ring, ring[1:] + ring[:1], strict=True):
        ref.ask(Follow(following))
    began = perf_counter()
    ring[0].tell(count)
    arrived.wait()
    rate = count / (perf_counter() - began)
    for ref in ring:
        ref.stop()
    return rate


async def loop_start(count: int = 5_000) -> float:
    began = perf_counter()
    refs = [LoopEcho.start() for _ in range(count)]
    await refs[-1].started()
    rate = count / (perf_counter() - began)
    for ref in refs:
        ref.kill()
    return rate


def thread_start(count: int = 200) -> float:
    began = perf_counter()
    refs = [ThreadEcho.start() for _ in range(count)]
    refs[-1].ask(Number(0))
    rate = count / (perf_counter() - began)
    for ref in refs:
        ref.stop()
    return rate


def loop_kb(count: int = 50_000) -> float:
    """Memory in kB of an idle actor that has handled a message."""

    async def measure() -> float:
        await asyncio.gather(*(LoopEcho.start().ask(Number(0), timeout=None) for _ in range(100)))
        before = rss_kb()
        refs = [LoopEcho.start() for _ in range(count)]
        for ref in refs:
            await ref.ask(Number(0), timeout=None)
        return (rss_kb() - before) / count

    return on_uvloop(measure)()


def thread_kb(count: int = 1_000) -> float:
    warm = [ThreadEcho.start() for _ in range(10)]
    before = rss_kb()
    refs = [ThreadEcho.start() for _ in range(count)]
    for ref in refs:
        ref.ask(Number(0))
    used = (rss_kb() - before) / count
    for ref in warm + refs:
        ref.stop()
    return used


def drained(count: int) -> Callable[[], float]:
    """Measures the seconds per message to empty a mailbox with `count` messages."""

    def measure() -> float:
        mailbox = Mailbox(count)
        rounds = DEEPEST // count
        took = 0.0
        for _ in range(rounds):
            for number in range(count):
                mailbox.put((number, None))
            began = perf_counter()
            for _ in range(count):
                mailbox.take()
            took += perf_counter() - began
        return took / (rounds * count)

    return measure


def deep_ratio() -> float:
    """The cost of taking a message from a mailbox with 100,000 messages, divided by that from one with 10."""
    return take_turns({"deep": drained(DEEPEST), "shallow": drained(10)}, rounds=ROUNDS).ratio("deep", "shallow")


def run() -> Figures:
    jobs: dict[str, Callable[[], float]] = {
        "tell": on_uvloop(loop_tell),
        "thread_tell": thread_tell,
        "ask": on_uvloop(loop_ask),
        "thread_ask": thread_ask,
        "hop": on_uvloop(loop_hop),
        "thread_hop": thread_hop,
        "start": on_uvloop(loop_start),
        "thread_start": thread_start,
    }
    series = take_turns(jobs, rounds=ROUNDS)
    say("memory, in processes of their own")
    actor, thread = in_child("bench.actors", "loop_kb"), in_child("bench.actors", "thread_kb")
    figures: Figures = {f"{job}_per_s": round(series.median(job)) for job in jobs}
    for job in ("tell", "ask", "hop", "start"):
        figures[f"{job}_ratio"] = round(series.ratio(job, f"thread_{job}"), 2)
    figures["deep_ratio"] = round(deep_ratio(), 2)
    return {**figures, "actor_kb": round(actor, 2), "thread_kb": round(thread, 2), "memory_ratio": round(actor / thread, 4)}
