"""`supervisor.py credits` on the records of a house that does not run, on both databases."""

from __future__ import annotations

import pytest

from tests.control.cli.office import NOBODY, Office


def test_credits_that_are_given_add_up_are_told_and_audited(office: Office, anna: str):
    assert office.reads("credits", "show", anna) == {"user": int(anna), "credits": 0, "history": []}
    assert office.reads("credits", "give", anna, "5", "--reason", "Sorry for the outage", "--by", "olga") == {"credits": 5}
    assert office.reads("credits", "give", anna, "4", "--reason", "A prize") == {"credits": 9}
    shown = office.reads("credits", "show", anna)
    assert (shown["credits"], [(each["amount"], each["kind"], each["note"]) for each in shown["history"]]) == (
        9, [(4, "given", "A prize"), (5, "given", "Sorry for the outage")],
    )  # fmt: skip
    assert office.owed() == ["credits-given", "credits-given"]
    acts = office.reads("users", "show", anna)["acts"]
    assert [(act["act"], act["who"]) for act in acts][-1] == ("credits", "olga")


def test_the_page_has_the_balance_and_the_entries(office: Office, anna: str):
    office.says("credits", "give", anna, "5", "--reason", "A prize")
    code, text = office.says("credits", "show", anna)
    assert (code, "5 credits" in text, "+5  given: A prize" in text) == (0, True, True)


def test_the_limit_leaves_out_the_oldest(office: Office, anna: str):
    for amount in ("1", "2", "3"):
        office.says("credits", "give", anna, amount, "--reason", "x")
    assert [each["amount"] for each in office.reads("credits", "show", anna, "--limit", "2")["history"]] == [3, 2]


@pytest.mark.parametrize(
    "words",
    [
        ["credits", "show", NOBODY],
        ["credits", "show", "anna"],
        ["credits", "give", NOBODY, "5", "--reason", "x"],
        ["credits", "give", "7000000001", "0", "--reason", "x"],
        ["credits", "give", "7000000001", "--reason", "x", "--", "-5"],
        ["credits", "give", "7000000001", "1.5", "--reason", "x"],
        ["credits", "give", "7000000001", "99999999999999999999", "--reason", "x"],
        ["credits", "give", "7000000001", "5"],
        ["credits", "give", "7000000001", "5", "--reason", "  "],
        ["credits", "give", "7000000001", "5", "--reason", "x" * 501],
        ["credits", "give", "7000000001", "5", "--reason", "\udcff"],
    ],
    ids=lambda words: ascii(" ".join(words)),
)
def test_what_makes_no_sense_is_refused_in_words_and_gives_nothing(office: Office, anna: str, words: list[str]):
    code, text = office.says(*words)
    assert (code, bool(text.strip()), "Traceback" in text) == (2, True, False)
    assert office.reads("credits", "show", anna)["credits"] == 0
