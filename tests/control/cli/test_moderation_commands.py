"""`supervisor.py users`, `appeals` and `reports` on the records of a house that does not run, on both databases."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

import supervisor
from domain.model.profile import DAY
from tests.control.cli.office import NOBODY, Office

# --- users


def test_a_ban_is_shown_with_who_made_it_and_lifted_again(office: Office, anna: str):
    made = office.reads("users", "ban", anna, "--hours", "5", "--reason", "Selling things", "--by", "olga")
    assert (made["reason"], made["note"], made["by"]) == ("operator", "Selling things", "olga")
    known = office.reads("users", "show", anna)
    assert known["ban"]["until"] == pytest.approx(made["until"], abs=2)
    assert [(act["act"], act["who"], act["source"]) for act in known["acts"]] == [("ban", "olga", "cli")]
    code, text = office.says("users", "show", anna)
    assert (code, "Selling things" in text, "ban by olga (cli)" in text) == (0, True, True)
    assert office.reads("users", "unban", anna) == {"lifted": True}
    assert office.reads("users", "show", anna)["ban"] is None
    assert office.owed() == ["unbanned"]
    assert office.reads("users", "unban", anna) == {"lifted": False}


def test_the_ban_of_somebody_who_was_deleted_is_lifted(office: Office, anna: str):
    office.reads("users", "ban", anna, "--permanent", "--reason", "fraud")
    assert office.is_deleted()
    assert office.reads("users", "unban", anna) == {"lifted": True}
    assert office.reads("users", "unban", anna) == {"lifted": False}
    assert "ban" not in office.buried()


def test_a_hold_is_ended_alone_and_told(office: Office, anna: str):
    office.is_held()
    assert office.reads("users", "show", anna)["standing"]["held_for"] == "marked-account"
    assert office.reads("users", "release", anna, "--by", "olga") == {"released": True}
    assert office.owed() == ["released"]
    assert office.reads("reports", "review") == []
    assert office.reads("users", "release", anna) == {"released": False}


def test_what_partners_say_of_somebody_is_shown(office: Office, anna: str):
    assert "partners say: not rated" in office.says("users", "show", anna)[1]
    office.is_rated(up=17, down=3)
    assert "partners say: 17 up, 3 down: liked by 64 % at least" in office.says("users", "show", anna)[1]
    assert office.reads("users", "show", anna)["votes"] == {"up": 17, "down": 3}


def test_a_ban_for_good_has_to_be_meant(office: Office, anna: str):
    code, text = office.says("users", "ban", anna, "--reason", "fraud")
    assert (code, "--permanent" in text) == (2, True)
    made = office.reads("users", "ban", anna, "--reason", "fraud", "--permanent")
    assert (made["until"], made["reason"], made["note"]) == ("for ever", "fraud", "")


def test_somebody_who_has_never_been_here_can_be_banned(office: Office):
    assert office.says("users", "show", NOBODY)[0] == 2
    assert office.says("users", "ban", NOBODY, "--hours", "1", "--reason", "spam")[0] == 0
    assert office.reads("users", "show", NOBODY)["person"] is None


def test_granted_days_add_up_and_are_told(office: Office, anna: str):
    first = office.reads("users", "grant", anna, "--days", "3")["vip_until"]
    assert office.reads("users", "grant", anna, "--days", "4")["vip_until"] == pytest.approx(first + 4 * DAY)
    assert office.reads("users", "show", anna)["vip_until"] == pytest.approx(first + 4 * DAY)
    assert office.owed() == ["vip-granted", "vip-granted"]
    assert office.says("users", "grant", NOBODY, "--days", "3")[0] == 2


@pytest.mark.parametrize(
    "words",
    [
        ["users", "show", "anna"],
        ["users", "show", "99999999999999999999"],
        ["users", "show", "0"],
        ["users", "ban", "7000000001", "--hours", "-1", "--reason", "x"],
        ["users", "ban", "7000000001", "--hours", "nan", "--reason", "x"],
        ["users", "ban", "7000000001", "--hours", "inf", "--reason", "x"],
        ["users", "ban", "7000000001", "--hours", "1e12", "--reason", "x"],
        ["users", "ban", "7000000001", "--hours", "1", "--permanent", "--reason", "x"],
        ["users", "ban", "7000000001", "--hours", "1", "--reason", "  "],
        ["users", "ban", "7000000001", "--hours", "1", "--reason", "x" * 501],
        ["users", "ban", "7000000001", "--hours", "1", "--reason", "\udcff"],
        ["users", "ban", "7000000001", "--hours", "1", "--reason", "x", "--by", "\udcff"],
        ["users", "grant", "7000000001", "--days", "0"],
        ["appeals", "show", "1"],
        ["appeals", "accept", "99999999999999999999"],
        ["appeals", "reject", "one"],
        ["appeals", "accept", "1", "--answer", "x" * 1001],
        ["reports", "show", "1"],
        ["reports", "uphold", "1"],
        ["reports", "reject", "x"],
        ["reports", "close", "1"],
    ],
    ids=lambda words: ascii(" ".join(words)),
)
def test_what_makes_no_sense_is_refused_in_words(office: Office, words: list[str]):
    code, text = office.says(*words)
    assert (code, bool(text.strip()), "Traceback" in text) == (2, True, False)


# --- appeals


def test_an_appeal_is_shown_and_answered_once(office: Office, anna: str):
    assert "No appeals" in office.says("appeals", "list")[1]
    office.says("users", "ban", anna, "--permanent", "--reason", "ads")
    office.appeals("It was not me")
    (waiting,) = office.reads("appeals", "list", "--waiting")
    assert (waiting["text"], waiting["ban"]["until"]) == ("It was not me", "for ever")
    assert "It was not me" in office.says("appeals", "show", "1")[1]
    answered = office.reads("appeals", "accept", "1", "--answer", "Sorry!", "--by", "olga")
    assert (answered["verdict"], answered["answered_by"], answered["answer"]) == ("accepted", "olga", "Sorry!")
    code, text = office.says("appeals", "reject", "1")
    assert (code, "accepted by olga" in text) == (1, True)
    assert office.reads("users", "show", anna)["ban"] is None
    assert office.reads("appeals", "list", "--waiting") == []
    assert office.owed() == ["appeal-accepted"]


# --- reports


def test_a_report_is_shown_with_its_evidence_and_decided_once(office: Office, anna: str):
    number = str(office.is_reported())
    (listed,) = office.reads("reports", "list", "--user", anna)
    assert (listed["number"], listed["verdict"]) == (int(number), "open")
    code, text = office.says("reports", "show", number, "--by", "olga")
    assert (code, "reported: buy  [2Jthis" in text, "reporter: no" in text) == (0, True, True)
    assert office.says("reports", "uphold", number, "--permanent", "--by", "olga")[0] == 0
    code, text = office.says("reports", "reject", number)
    assert (code, "upheld by olga" in text) == (1, True)
    known = office.reads("users", "show", anna)
    assert (known["ban"]["until"], known["ban"]["reason"]) == ("for ever", "ads")
    assert [act["act"] for act in known["acts"]] == ["uphold"]


def test_a_rejected_report_leaves_no_mark(office: Office, anna: str):
    number = str(office.is_reported())
    assert office.says("reports", "reject", number)[0] == 0
    known = office.reads("users", "show", anna)
    assert (known["ban"], known["standing"]["score"]) == (None, 0)
    assert "Nothing to look at" in office.says("reports", "review")[1]


@pytest.mark.parametrize("group", ["users", "appeals", "reports", "credits"])
def test_each_group_explains_its_commands(group: str):
    outcome = CliRunner().invoke(supervisor.app, [group, "--help"])
    assert outcome.exit_code == 0
    assert "show" in outcome.output
