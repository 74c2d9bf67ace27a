"""The catalogues and how texts are rendered from them: `transport/texts/catalogue.py`."""

import ast as python
import re
import unicodedata
from pathlib import Path

import pytest
from fluent.syntax import FluentParser, ast
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from domain.configuration import Features, LiveConfiguration
from domain.model.content import Entity, Text
from domain.model.outgoing import Menu
from domain.model.profile import AgeBand, Gender
from domain.session.typed import normal_form
from domain.session.vocabulary import vocabulary
from transport.texts.catalogue import LOCALE, Texts, marked_up
from transport.texts.earlier_labels import EARLIER
from transport.texts.entities import utf16_length

TEXTS = Texts(strict=True)
PRODUCT = [Path(__file__).parents[2] / floor for floor in ("domain", "actors", "transport", "storage", "control")]
ANYTHING = "[a-z0-9-]+"
MATCHED = {"gender": Gender.FEMALE, "band": AgeBand.FROM_25, "vip": 0}


@pytest.fixture
def catalogues(tmp_path):
    """English, Portuguese and Brazilian Portuguese, each later one with fewer texts."""
    labels = "\n".join(f"{label} = {label}" for label in vocabulary().labels)
    files = {
        "en": f"apology = Sorry.\nhi = Hi\nbye = Bye\nthanks = Thanks\n{labels}",
        "pt": "hi = Olá\nbye = Adeus\nmenu-find = Procurar",
        "pt-BR": "hi = Oi",
    }
    for name, text in files.items():
        (tmp_path / f"{name}.ftl").write_text(text + "\n", encoding="utf-8")
    return tmp_path


def parsed(path):
    return FluentParser().parse(path.read_text(encoding="utf-8")).body


def message_ids(path):
    return [entry.id.name for entry in parsed(path) if isinstance(entry, ast.Message)]


def text_patterns(path):
    """Regular expressions for what the strings of a Python file may be, where they may be the id of a text."""
    for node in python.walk(python.parse(path.read_text(encoding="utf-8"))):
        pattern = "".join(map(part_pattern, node.values if isinstance(node, python.JoinedStr) else [node]))
        if re.search(r"[a-z]", pattern.replace(ANYTHING, "")):
            yield pattern


def part_pattern(part):
    match part:
        case python.Constant(value=str(text)):
            return re.escape(text)
        case python.FormattedValue(value=python.IfExp(body=one, orelse=other)):
            return f"(?:{part_pattern(one)}|{part_pattern(other)})"
        case python.FormattedValue():
            return ANYTHING
        case _:
            return ""


@pytest.mark.parametrize("path", sorted(LOCALE.glob("*.ftl")), ids=lambda path: path.stem)
def test_every_catalogue_can_be_parsed(path):
    assert [entry.content for entry in parsed(path) if isinstance(entry, ast.Junk)] == []
    ids = message_ids(path)
    assert len(ids) == len(set(ids)), "a text is there twice"
    assert set(ids) <= set(message_ids(LOCALE / "en.ftl")), "English lacks a text that this language has"


@pytest.mark.parametrize("text_id", message_ids(LOCALE / "en.ftl"))
def test_every_text_can_be_rendered_in_full(text_id):
    named = re.findall(r"\$(\w+)", (LOCALE / "en.ftl").read_text(encoding="utf-8"))
    text = TEXTS.render(text_id, dict.fromkeys(named, 5))
    assert text.strip()
    assert "**" not in text
    assert not re.search(r"[{}\u2068\u2069]", text)


def test_every_text_is_used():
    """By its id, by an f-string that makes it, or by another text."""
    catalogue = (LOCALE / "en.ftl").read_text(encoding="utf-8")
    used = {name for folder in PRODUCT for path in folder.rglob("*.py") for name in text_patterns(path)}
    patterns = re.compile("|".join([*used, *map(re.escape, re.findall(r"\{ ([a-z][a-z0-9-]*) \}", catalogue))]))
    assert [text_id for text_id in message_ids(LOCALE / "en.ftl") if not patterns.fullmatch(text_id)] == []


@pytest.mark.parametrize("gender", Gender)
@pytest.mark.parametrize("band", AgeBand)
def test_a_match_names_gender_and_age_range_only(gender, band):
    text = TEXTS.render("matched", {"gender": gender, "band": band, "vip": 0})
    assert "Partner found" in text
    assert gender.value.capitalize() in text
    assert TEXTS.render(f"band-{['minor', 18, 25, 35, 45, 55][band]}") in text


def test_a_badge_is_shown_for_vips_alone():
    assert "VIP" in TEXTS.render("matched", MATCHED | {"vip": 1})
    assert "VIP" not in TEXTS.render("matched", MATCHED)


@pytest.mark.parametrize(
    "text_id", ["you-left", "partner-left", "partner-gone", "partner-next", "chat-ended-idle", "chat-ended-lost"]
)
def test_every_way_a_chat_ends_has_a_text_in_plain_words(text_id):
    assert re.search(r"\b(left|ended|gone)\b", TEXTS.render(text_id))


def test_the_gender_buttons_read_exactly_as_promised():
    assert [TEXTS.render(f"gender-{gender}") for gender in ("male", "female", "other")] == ["Male", "Female", "Other"]


def test_every_label_of_the_reply_keyboards_is_a_command():
    menus = [TEXTS.menu(menu) for menu in Menu if menu is not Menu.NONE]
    shown = {TEXTS.render(label) for rows in menus for row in rows for label in row}
    assert {normal_form(label) for label in (*shown, *EARLIER)} == set(TEXTS.labels)
    assert "Find" in TEXTS.render("menu-find")


def test_the_help_names_each_command_with_what_it_does():
    lines = [f"/{name} – {what}" for name, what in TEXTS.commands()]  # noqa: RUF001 - as it is shown
    assert "/stop – leave the chat, or stop searching" in lines  # noqa: RUF001
    shown = TEXTS.render("help").splitlines()
    assert sorted(line for line in shown if line.startswith("/")) == sorted(lines)
    headings = ["Talking", "Safety", "You", "VIP, credits, friends", "Your data and the rules"]
    assert [line for line in shown if line in headings] == headings
    assert shown.index("Safety") < shown.index("/report – report your partner") < shown.index("You")  # noqa: RUF001


def test_a_switch_that_is_thrown_while_it_runs_takes_keys_from_the_next_keyboard():
    live = LiveConfiguration()
    texts = Texts(strict=True, live=live)
    assert "menu-lock" in texts.menu(Menu.CHATTING)[1]
    live.current = structs.replace(live.current, features=Features(lock_chat=False))
    assert "menu-lock" not in texts.menu(Menu.CHATTING)[1]


def test_plurals_are_chosen_by_the_number():
    assert "1 second." in TEXTS.render("too-fast", {"seconds": 1})
    assert "2 seconds." in TEXTS.render("too-fast", {"seconds": 2})


def test_the_nearest_language_is_used_and_english_for_missing_texts(catalogues):
    texts = Texts(catalogues, strict=True)
    assert [texts.render("hi", language=language) for language in ("pt-br", "pt", "pt-PT", "en-GB", "xx", "")] == [
        "Oi", "Olá", "Olá", "Hi", "Hi", "Hi",
    ]  # fmt: skip
    assert texts.render("bye", language="pt-br") == "Adeus"
    assert texts.render("thanks", language="pt-br") == "Thanks"


def test_labels_of_every_language_are_known(catalogues):
    labels = Texts(catalogues, strict=True).labels
    assert labels["procurar"] == labels["menu-find"] == "find"


def test_labels_of_earlier_releases_are_known(catalogues):
    labels = Texts(catalogues, earlier={"🔎 Search\ufe0f": "find", "Procurar": "find", "🎲 Roulette": "gone"}, strict=True).labels
    assert (labels["🔎 search"], labels["procurar"], labels["🎲 roulette"]) == ("find", "find", "gone")


@pytest.mark.parametrize("label", ["menu-find", "Procurar.", "PROCURAR", "\u200eProcurar"])
def test_a_label_with_two_meanings_is_an_error_and_the_one_that_is_shown_counts(catalogues, label):
    with pytest.raises(ValueError, match="means /find and /stop"):
        Texts(catalogues, earlier={label: "stop"}, strict=True)
    assert Texts(catalogues, earlier={label: "stop"}).labels[normal_form(label)] == "find"


def test_two_languages_may_not_use_one_label_for_two_things(catalogues):
    (catalogues / "de.ftl").write_text("menu-stop = PROCURAR\n", encoding="utf-8")
    with pytest.raises(ValueError, match="means /"):
        Texts(catalogues, strict=True)


def test_no_label_is_a_plain_word_or_looks_like_a_command():
    """Whoever writes the same word in a chat means it as a word. Each label begins with an emoji."""
    for label in TEXTS.labels:
        assert unicodedata.category(label[0]) == "So", label
        assert len(label) <= 40, label


def test_a_broken_catalogue_raises_in_tests_and_otherwise_lacks_only_its_broken_text(catalogues, caplog):
    (catalogues / "de.ftl").write_text("hi =\nbye = Tschüss\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"de\.ftl cannot be read at: hi ="):
        Texts(catalogues, strict=True)
    texts = Texts(catalogues)
    assert [texts.render(text_id, language="de") for text_id in ("hi", "bye")] == ["Hi", "Tschüss"]
    assert "de.ftl" in caplog.text


def test_an_unknown_text_raises_in_tests():
    with pytest.raises(ValueError, match="no-such-text"):
        TEXTS.render("no-such-text")


def test_a_missing_argument_raises_in_tests():
    with pytest.raises(ValueError, match="ask-age"):
        TEXTS.render("ask-age", {"min": 13})


def test_in_production_an_error_is_logged_and_people_get_a_generic_text(caplog):
    texts = Texts()
    assert texts.render("no-such-text") == texts.render("apology")
    assert texts.render("ask-age") == texts.render("apology")
    assert "no-such-text" in caplog.text
    assert "ask-age" in caplog.text


def test_which_texts_exist_can_be_asked():
    assert "welcome" in TEXTS
    assert "no-such-text" not in TEXTS


def test_stars_in_the_catalogue_make_bold():
    assert marked_up("a **b** c") == Text(text="a b c", entities=(Entity("bold", 2, 1),))


def test_offsets_count_utf16_units():
    assert marked_up("👨‍👩‍👧 **🎉é**!").entities == (Entity("bold", 9, 3),)


@given(st.lists(st.text(alphabet=st.characters(exclude_characters="*\ue000", exclude_categories=["Cs"]), min_size=1), max_size=9))
def test_bold_parts_are_where_they_were_written(parts):
    """Every second part is bold."""
    marked = marked_up("".join(f"**{part}**" if number % 2 else part for number, part in enumerate(parts)))
    assert marked.text == "".join(parts)
    assert [cut(marked.text, entity) for entity in marked.entities] == parts[1::2]


@given(name=st.text(alphabet="*_ab👍", max_size=20))
def test_what_people_call_themselves_is_never_markup(name):
    text = TEXTS.formatted("chatting-elsewhere", {"bot": name})
    assert text.entities == ()
    assert text.text == TEXTS.render("chatting-elsewhere", {"bot": "NAME"}).replace("NAME", name)


def cut(text, entity):
    units = text.encode("utf-16-le")
    assert utf16_length(text) * 2 == len(units)
    return units[entity.offset * 2 : (entity.offset + entity.length) * 2].decode("utf-16-le")


INVITED = {
    "link": "l",
    "days": 3,
    "credits": 5,
    "commission": 5,
    "invited": 4,
    "rewarded": 2,
    "pending": 1,
    "today": 0,
    "cap": 20,
}


@pytest.mark.parametrize(
    ("brings", "said"),
    [
        ({}, "you get 3 days of VIP and 5 credits, for up to 20 people a day. When they pay, you get 5 credits for each 100 ⭐."),
        ({"credits": 0}, "you get 3 days of VIP, for"),
        ({"days": 1, "credits": 0, "cap": 1}, "you get one day of VIP, for one person a day."),
        ({"days": 0, "credits": 1}, "you get one credit, for"),
        ({"days": 0, "credits": 0, "commission": 0}, "you get our thanks, for up to 20 people a day.\n"),
    ],
)
def test_what_an_invitation_brings_is_said_as_it_is(brings, said):
    text = TEXTS.render("invite", INVITED | brings)
    assert said in text
    assert "Invited: 4 · Rewarded: 2 · Pending: 1 · Rewards today: 0 of" in text


@pytest.mark.parametrize(
    ("days", "credits_", "said"),
    [
        (3, 5, "You get 3 days of VIP and 5 credits."),
        (0, 1, "You get one credit."),
        (1, 0, "one day of VIP."),
        (0, 0, "Thank you!"),
    ],
)
def test_the_inviter_is_told_what_they_get(days, credits_, said):
    assert said in TEXTS.render("invite-rewarded", {"days": days, "credits": credits_})
