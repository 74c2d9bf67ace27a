"""`supervisor.py referrals` on the records of a house that does not run, on both databases."""

from __future__ import annotations

import pytest

from domain.model.ids import UserId
from tests.control.cli.office import Office

OTHERS = [UserId(7_000_000_011), UserId(7_000_000_012), UserId(7_000_000_013)]


@pytest.fixture(autouse=True)
def _three_came_by_annas_invitation(office: Office) -> None:
    """The first is rewarded, and two wait."""
    office.invites(*OTHERS)


def test_what_waits_is_listed_with_who_came_by_whom(office: Office, anna: str):
    code, text = office.says("referrals", "list", "--held")
    assert code == 0
    assert [line.split()[0] for line in text.splitlines()] == ["3", "2"]
    assert f"held  user {OTHERS[2]} came by user {anna}  ! waits" in text
    assert [each["state"] for each in office.reads("referrals", "list", "--user", anna)] == ["held", "held", "rewarded"]
    assert office.says("referrals", "list", "--user", str(OTHERS[0])) == (0, "No invitations.\n")


def test_an_approval_rewards_and_tells_the_inviter_once(office: Office):
    assert office.owed().count("invite-rewarded") == 1
    code, text = office.says("referrals", "approve", "2", "--by", "root")
    assert (code, text) == (0, "Approved.\n")
    assert office.owed().count("invite-rewarded") == 2
    code, text = office.says("referrals", "approve", "2", "--by", "somebody else")
    assert (code, "it is rewarded by root" in text) == (1, True), text
    assert office.owed().count("invite-rewarded") == 2


def test_a_rejection_brings_nothing_and_cannot_be_taken_back(office: Office):
    assert office.reads("referrals", "reject", "3", "--by", "root")["state"] == "rejected"
    code, text = office.says("referrals", "approve", "3")
    assert (code, "it is rejected by root" in text) == (1, True), text
    assert office.owed().count("invite-rewarded") == 1
    assert "rejected" in office.says("referrals", "list")[1]


@pytest.mark.parametrize("words", [["approve", "9"], ["reject", "9"]])
def test_what_does_not_exist_is_said(office: Office, words: list[str]):
    code, text = office.says("referrals", *words)
    assert (code, "no invitation 9" in text) == (2, True), text


def test_what_was_rewarded_at_once_cannot_be_decided(office: Office):
    code, text = office.says("referrals", "reject", "1")
    assert (code, "it is rewarded; nothing was changed" in text) == (1, True), text


def test_nobody_is_rewarded_for_an_inviter_who_had_their_data_deleted(office: Office, anna: str):
    assert office.is_deleted()
    code, text = office.says("referrals", "approve", "2")
    assert (code, "nobody is rewarded" in text) == (0, True), text
    code, text = office.says("referrals", "list")
    assert (anna in text, "came by somebody who had their data deleted" in text) == (False, True)
