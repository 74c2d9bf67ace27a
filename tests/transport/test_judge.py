"""The judge of pictures, asked by HTTP: a real server, and files that a bot downloads from the sandbox."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from msgspec import structs

from domain.configuration import Configuration, LiveConfiguration, with_overrides
from domain.errors import ConfigurationError, Unavailable
from domain.model.content import Album, Media, MediaKind, Text
from domain.model.inbound import MessageReceived
from domain.ports.judge import Judgement, NullJudge
from tests.transport.town import Town
from transport.judge.http import LARGEST_ANSWER, HttpJudge
from transport.judge.judging import LARGEST, Judging
from transport.judge.named import NamedJudge
from transport.sandbox.content.new_message import NewMessage

PICTURE = b"\xff\xd8 a picture"


class Service:
    """An HTTP service that judges by the bytes. `answer`: what it says to others."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str], bytes]] = []
        self.status = 200
        self.answer = b'{"verdict": "nothing"}'
        self.by_bytes: dict[bytes, bytes] = {}
        self.location = ""
        self.silent = threading.Event()
        """Set: it answers. Otherwise it waits."""
        self.silent.set()
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/judge?key=secret"

    @contextmanager
    def running(self) -> Iterator[Service]:
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield self
        finally:
            self.silent.set()
            server.shutdown()
            server.server_close()
            thread.join()


def _handler(service: Service) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            data = self.rfile.read(int(self.headers["Content-Length"]))
            service.asked.append((self.path, dict(self.headers), data))
            service.silent.wait()
            answer = service.by_bytes.get(data, service.answer)
            try:
                self.send_response(service.status)
                if service.location:
                    self.send_header("Location", service.location)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)
            except OSError:
                self.close_connection = True  # whoever asked has gone

        def log_message(self, *_: Any) -> None: ...

    return Handler


@pytest.fixture
def service():
    with Service().running() as running:
        yield running


def live_with(**trust: Any) -> LiveConfiguration:
    configuration = Configuration()
    return LiveConfiguration(structs.replace(configuration, trust=structs.replace(configuration.trust, **trust)))


@pytest.mark.parametrize("judgement", Judgement)
async def test_the_service_gets_the_bytes_and_their_type_and_nothing_else(service, judgement):
    service.answer = f'{{"verdict": "{judgement}", "more": 1}}'.encode()
    judge = NamedJudge(live_with(judge_url=service.url))
    assert await judge.judge(PICTURE, "image/png") is judgement
    ((path, headers, data),) = service.asked
    assert (path, headers["Content-Type"], data) == ("/judge?key=secret", "image/png", PICTURE)
    assert {name.lower() for name in headers} == {
        "host", "accept", "accept-encoding", "connection", "user-agent", "content-type", "content-length",
    }  # fmt: skip


async def test_without_a_service_nothing_speaks_against_a_picture(service):
    assert await NamedJudge(live_with()).judge(PICTURE, "image/png") is Judgement.NOTHING
    assert await NullJudge().judge(PICTURE, "image/png") is Judgement.NOTHING
    assert service.asked == []


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (500, b'{"verdict": "nothing"}'),
        (302, b'{"verdict": "nothing"}'),
        (200, b"no JSON"),
        (200, b'{"verdict": "unheard of"}'),
        (200, b'["nothing"]'),
        (200, b""),
        (200, b" " * LARGEST_ANSWER + b'{"verdict": "nothing"}'),
    ],
    ids=["error", "redirect", "no JSON", "unknown", "another form", "empty", "too long"],
)
async def test_any_other_answer_is_none(service, status, answer):
    service.status, service.answer, service.location = status, answer, service.url
    with pytest.raises(Unavailable):
        await HttpJudge(live_with(judge_url=service.url)).judge(PICTURE, "image/png")
    assert len(service.asked) == 1


async def test_a_service_that_does_not_answer_in_time_is_not_waited_for(service):
    service.silent.clear()
    with pytest.raises(Unavailable):
        await HttpJudge(live_with(judge_url=service.url, judge_seconds=0.05)).judge(PICTURE, "image/png")


async def test_a_service_that_is_away_is_unavailable_and_its_address_is_in_no_error():
    with Service().running() as gone:
        url = gone.url
    with pytest.raises(Unavailable) as caught:
        await HttpJudge(live_with(judge_url=url)).judge(PICTURE, "image/png")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "judge", "ftp://judge"])
def test_an_address_of_another_kind_is_refused(url):
    with pytest.raises(ConfigurationError, match="judge_url"):
        with_overrides(Configuration(), "trust", {"judge_url": url})


# --- with a bot


async def received(town: Town, *pictures: bytes, kind: str = "photo") -> list[Media]:
    """What a bot got of somebody who sent these."""
    life = town.lives[0] if town.lives else await town.start()
    anna, sandbox = town.person(), town.sandbox
    for picture in pictures:
        file = sandbox.catalog.add(sandbox.files.keep(picture), kind, "image/jpeg", name="")
        sandbox.people.send(anna, town.bot, [NewMessage("", media={"kind": kind, "file": file.id})])
    await life._changes.until(lambda: sum(isinstance(each, MessageReceived) for each in life.received) >= len(pictures))
    return [each.content for each in life.received if isinstance(each, MessageReceived)][-len(pictures) :]


def judging(town: Town, **trust: Any) -> Judging:
    live = live_with(**trust)
    return Judging(town.lives[0].telegram._files, NamedJudge(live), live)


async def test_a_picture_is_downloaded_for_the_judge_and_the_worst_of_an_album_counts(town, service):
    one, two, three = await received(town, b"one", b"two", b"three")
    judge = judging(town, judge_url=service.url)
    album = Album(items=(one, two, three))
    assert await judge.judge(album) is Judgement.NOTHING
    assert [data for _, _, data in service.asked] == [b"one", b"two", b"three"]
    service.by_bytes[b"two"] = b'{"verdict": "hold"}'
    assert await judge.judge(album) is Judgement.HOLD
    service.by_bytes[b"three"] = b'{"verdict": "match"}'
    assert await judge.judge(album) is Judgement.MATCH


async def test_what_is_no_picture_is_not_downloaded(town, service):
    (sound,) = await received(town, b"sound", kind="voice")
    judge = judging(town, judge_url=service.url)
    assert sound.kind is MediaKind.VOICE
    for content in (sound, Text(text="hi")):
        assert await judge.judge(content) is Judgement.NOTHING
    assert (service.asked, town.calls("upload.GetFile")) == ([], 0)


@pytest.mark.parametrize(("when_down", "judgement"), [("relay", Judgement.NOTHING), ("hold", Judgement.HOLD)])
@pytest.mark.parametrize("why", ["away", "too large", "no file"])
async def test_without_an_answer_the_operator_has_decided(town, service, when_down, judgement, why):
    (picture,) = await received(town, PICTURE)
    judge = judging(town, judge_url=service.url, judge_when_down=when_down)
    if why == "away":
        service.status = 503
    elif why == "too large":
        picture = replace(picture, file=replace(picture.file, size=LARGEST + 1))
    else:
        town.inflict("error", method="upload.getfile", code=400, text="LOCATION_INVALID", times=2)
    assert await judge.judge(picture) is judgement
    assert len(service.asked) == (1 if why == "away" else 0)
