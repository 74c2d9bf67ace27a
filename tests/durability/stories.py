"""Stories: what people do in a history. Processes may crash after `begins`."""

from __future__ import annotations

import asyncio

from domain.model.content import FileRef, Media, MediaKind
from tests.durability.history import RED, History
from tests.durability.telegram import Phone

PICTURE = Media(kind=MediaKind.PHOTO, file=FileRef(bot=RED, id=1, access_hash=2, reference=b"\x00\xff", unique_id="p"))


async def meeting(town: History) -> None:
    town.begins()
    await meet(town)


async def meet(town: History) -> None:
    town.anna.commands("find")
    await town.anna.hears("searching")
    town.boris.commands("find")
    await town.boris.hears("matched")
    await town.anna.hears("matched")
    await town.rests()


async def talking(town: History) -> None:
    await meet(town)
    town.begins()
    for number in range(3):
        town.anna.says(f"from anna {number}")
    town.boris.says("from boris")
    await town.boris.hears("from anna 2")
    await town.anna.hears("from boris")


async def stopping(town: History) -> None:
    await meet(town)
    town.begins()
    town.anna.says("goodbye")
    town.anna.commands("stop")
    await town.boris.hears("partner-left")


async def reporting(town: History) -> None:
    await meet(town)
    town.boris.says("you idiot")
    await town.anna.hears("you idiot")
    await town.rests()
    chat = await town.chat()
    town.begins()
    town.anna.presses(f"report:insult:{chat}:")
    await town.boris.hears("partner-gone")
    await town.anna.hears("report-booked")


async def blocking(town: History) -> None:
    await meet(town)
    chat = await town.chat()
    town.begins()
    town.anna.presses(f"block:{chat}")
    await town.boris.hears("partner-gone")
    await town.anna.hears("blocked")


async def going_on(town: History) -> None:
    await meet(town)
    town.begins()
    town.anna.says("goodbye")
    town.anna.commands("next")
    await town.boris.hears("partner-next")
    await town.anna.hears("searching", times=2)
    town.carla.commands("find")
    await town.carla.hears("matched")
    await town.anna.hears("matched", times=2)
    town.carla.says("hello")
    await town.anna.hears("hello")


async def cancelling(town: History) -> None:
    town.begins()
    town.anna.commands("find")
    await town.anna.hears("searching")
    town.anna.commands("cancel")
    await town.anna.hears("search-cancelled")
    town.boris.commands("find")
    await town.boris.hears("searching")


async def losing(town: History) -> None:
    """Boris' account is gone. The worker learns that when the next message cannot be sent to him."""
    await meet(town)
    town.begins()
    town.boris.blocked = True
    town.anna.says("are you there?")
    await town.anna.hears("partner-gone")


async def editing(town: History) -> None:
    await meet(town)
    town.begins()
    greeting = town.anna.says("helo")
    town.anna.edits(greeting, "hello")
    await town.boris.hears("helo", "hello")


async def being_stuck(town: History) -> None:
    """Nothing can be sent to Boris for a while. Anna's messages wait; after a crash their updates come again."""
    await meet(town)
    town.boris.stuck = True
    town.begins()
    texts = [f"from anna {number}" for number in range(3)]
    for text in texts:
        town.anna.says(text)
    await town.boris.has_waiting(*texts)
    town.anna.says("last from anna")
    town.boris.flows()
    await town.boris.hears("last from anna")


async def losing_the_stuck(town: History) -> None:
    """Nothing can be sent to Boris for a while, and then his account is gone."""
    await meet(town)
    town.boris.stuck = True
    town.begins()
    town.anna.says("are you there?")
    await town.boris.has_waiting("are you there?")
    town.boris.blocked = True
    town.boris.flows()
    await town.anna.hears("partner-gone")


async def conversing(town: History) -> None:
    """Replies, an edit and a picture, one after the other."""
    await meet(town)
    town.begins()
    greeting = town.anna.says("hello")
    await town.boris.hears("hello")
    await town.rests()
    town.boris.says("hi", reply_to=next(each.message for each in town.boris.shown if each.text == "hello"))
    await town.anna.hears("hi")
    town.anna.edits(greeting, "hello!")
    await town.rests()
    town.anna.sends(PICTURE)
    await town.boris.hears("Media")
    town.anna.says("that was me")
    await town.boris.hears("that was me")


async def editing_later(town: History) -> None:
    await meet(town)
    greeting = town.anna.says("helo")
    await town.boris.hears("helo")
    await town.has_kept_maps()
    town.begins()
    town.anna.edits(greeting, "hello")
    await town.boris.hears("hello")
    town.boris.says("hello yourself", reply_to=town.boris.shown[-1].message)
    await town.anna.hears("hello yourself")
    assert town.anna.shown[-1].reply_to == greeting


async def a_whole_evening(town: History) -> None:
    """Whoever is told that the pool has lost the search begins it again."""
    town.begins()
    town.anna.commands("find")
    await town.anna.hears("searching")
    town.boris.commands("find")
    await asyncio.gather(_finds(town.anna), _finds(town.boris))
    town.anna.says("hello")
    await town.boris.hears("hello")
    town.boris.says("goodbye")
    town.boris.commands("stop")
    await town.boris.hears("you-left", "stopped", "not-in-chat")


async def _finds(seeker: Phone) -> None:
    await seeker.hears("matched", "search-lost")
    if "matched" not in seeker.shows:
        seeker.commands("find")
        await seeker.hears("matched")
