"""Links in what people write: who may send them, and that none is hidden. `domain/trust/links.py`, `screens/links.py`."""

from dataclasses import replace
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from domain.model.content import Entity, FileRef, Media, MediaKind, Poll, Text
from domain.session.effects import Relay
from domain.session.typed import utf16_length
from domain.trust.links import unfolded
from tests.domain.stories import ADULT, KNOWN, RULES, edited, of, said, step, texts
from tests.domain.stories import CHATTING as NEWCOMER

CHATTING = replace(NEWCOMER, spam=KNOWN)
EVIL = "https://evil.example/x?id=1"


def link(shown, address=EVIL, before="", after="", more=()):
    at = utf16_length(before)
    return Text(text=before + shown + after, entities=(Entity("text_url", at, utf16_length(shown), address), *more))


def covered(text):
    units = text.text.encode("utf-16-le", "surrogatepass")
    parts = (units[2 * e.offset : 2 * (e.offset + e.length)] for e in text.entities)
    return [(e.kind, part.decode("utf-16-le", "surrogatepass")) for e, part in zip(text.entities, parts, strict=True)]


def with_links(policy):
    return structs.replace(RULES, trust=structs.replace(RULES.trust, links=policy))


def test_a_hidden_address_is_written_out():
    assert unfolded(link("here", before="👍 click ", after=" now")).text == f"👍 click here ({EVIL}) now"


def test_the_address_of_another_site_is_written_out_too():
    assert unfolded(link("https://bank.example")).text == f"https://bank.example ({EVIL})"


@pytest.mark.parametrize(
    "shown", ["https://evil.example/x?id=1", "evil.example/x?id=1", "www.EVIL.example/x?id=1", "HTTP://evil.example/x?id=1/"]
)
def test_a_link_whose_text_is_its_address_stays(shown):
    assert unfolded(link(shown)) == link(shown)


def test_formatting_around_and_behind_a_link_covers_the_same_text():
    bold, behind = Entity("bold", 0, 12), Entity("italic", 12, 3)
    text = Text(text="see here now ok!", entities=(Entity("text_url", 4, 4, EVIL), bold, behind))
    assert covered(unfolded(text)) == [("bold", f"see here ({EVIL}) now"), ("italic", " ok")]


def test_captions_and_the_solution_of_a_quiz_have_no_hidden_links_either():
    file = FileRef(bot=1, id=1, access_hash=1, reference=b"", unique_id="x")
    media = unfolded(Media(kind=MediaKind.PHOTO, file=file, caption=link("here")))
    poll = unfolded(Poll(question=Text(text="?"), options=(), solution=link("here")))
    assert isinstance(media, Media)
    assert isinstance(poll, Poll)
    assert media.caption.text == poll.solution.text == f"here ({EVIL})"


PIECES = st.lists(
    st.tuples(
        st.text(alphabet="ab 👍é", min_size=1, max_size=4), st.sampled_from(["", "text_url", "bold", "spoiler", "text_url+bold"])
    ),
    min_size=1,
    max_size=6,
)


@given(PIECES, st.text(alphabet="x👍/.:", max_size=8))
def test_every_other_formatting_covers_what_it_covered_and_no_link_is_hidden(pieces, path):
    """Pieces side by side, each a link, formatted, both, or plain; and one formatting around all of them."""
    address, text, entities = f"https://e.example/{path}", "", []
    for shown, kinds in pieces:
        at, length = utf16_length(text), utf16_length(shown)
        entities += [Entity(kind, at, length, address if kind == "text_url" else "") for kind in filter(None, kinds.split("+"))]
        text += shown
    whole = Entity("italic", 0, utf16_length(text))
    written = Text(text=text, entities=(whole, *entities))
    result = unfolded(written)
    assert isinstance(result, Text)
    assert [each for each in result.entities if each.kind == "text_url"] == []
    others = [
        (each.kind, part)
        for each, (_, part) in zip(written.entities, covered(written), strict=True)
        if each.kind not in {"text_url", "italic"}
    ]
    assert [each for each in covered(result) if each[0] != "italic"] == others
    addresses = sum("text_url" in kinds for _, kinds in pieces)
    assert result.text.count(f" ({address})") >= addresses
    assert result.text.replace(f" ({address})", "") == text.replace(f" ({address})", "")
    end = next(each.offset + each.length for each in result.entities if each.kind == "italic")
    ends_with_link = "text_url" in pieces[-1][1]
    assert end == utf16_length(result.text) - (utf16_length(f" ({address})") if ends_with_link else 0)


def test_what_is_relayed_is_written_out_and_what_was_written_is_remembered():
    _, effects = step(CHATTING, replace(said(""), content=link("here")))
    (relay,) = of(Relay, effects)
    assert relay.content.text == f"here ({EVIL})"
    assert relay.written == link("here")


def test_a_text_that_is_too_long_with_its_links_is_refused():
    _, effects = step(CHATTING, replace(said(""), content=link("here", after="x" * 4090)))
    assert (texts(effects), of(Relay, effects)) == (["refuse-links-too-long"], [])


def test_no_more_is_written_into_a_text_than_could_be_passed_on():
    links = tuple(Entity("text_url", place, 1, f"https://a.example/{'x' * 4000}") for place in range(100))
    assert len(unfolded(Text(text="y" * 100, entities=links)).text) < 10_000


PLAIN = Text(text="see example.org", entities=(Entity("url", 4, 11),))


@pytest.mark.parametrize("content", [PLAIN, link("here")])
@pytest.mark.parametrize(
    ("policy", "profile", "refusal"),
    [
        ("allow", ADULT, None),
        ("refuse", ADULT, "refuse-links"),
        ("refuse", replace(ADULT, vip_until=inf), "refuse-links"),
        ("vip", ADULT, "refuse-links-vip"),
        ("vip", replace(ADULT, vip_until=inf), None),
        ("allow", replace(ADULT, age=16), "minors-contacts"),
        ("vip", replace(ADULT, age=16, vip_until=inf), "minors-contacts"),
    ],
)
def test_who_may_send_links_is_a_setting_and_minors_may_not(content, policy, profile, refusal):
    for fact in (replace(said(""), content=content), edited(content)):
        _, effects = step(replace(CHATTING, profile=profile), fact, configuration=with_links(policy))
        assert (texts(effects), len(of(Relay, effects))) == (([refusal], 0) if refusal else ([], 1))


def test_a_text_without_links_is_relayed_under_every_policy():
    for policy in ("allow", "vip", "refuse"):
        _, effects = step(CHATTING, said("hello"), configuration=with_links(policy))
        assert len(of(Relay, effects)) == 1
