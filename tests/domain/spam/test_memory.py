"""Which text counts as said once more, to how many partners, and for how long that is remembered."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from domain.model.ids import ChatId, UserId
from domain.trust.spam import rules
from domain.trust.spam.contacts import ACCOUNTS, LISTED, Shared, is_listed, sent_by
from domain.trust.spam.memory import DAY, HOUR, REMEMBERED, SaidBefore, said_again
from domain.trust.spam.normal_form import read
from domain.trust.spam.rules import NEWCOMER_CHATS, Rule, Standing
from domain.trust.spam.sketches import sketch
from domain.trust.spam.watch import NOTHING, slowed, wait_before_search, with_end, with_hit, with_pictures

ADVERT = "Hot girls are waiting for you, the first hour is free, write to our manager right now"
OTHER = "I just came home from work and cannot sleep, tell me about the books that you love"


def said(text: str, partner: int, at: float, *, contacts: tuple[int, ...] = ()) -> SaidBefore:
    return SaidBefore(sketch=sketch(read(text).form), told=((UserId(partner), at),), hooked=bool(contacts), contacts=contacts)


def partners_after(texts: list[SaidBefore], *, within: float = HOUR) -> list[int]:
    remembered: tuple[SaidBefore, ...] = ()
    counts = []
    for each in texts:
        remembered, known = said_again(remembered, each)
        counts.append(known.partners(each.at, within))
    return counts


def test_one_text_counts_its_different_partners():
    assert partners_after([said(ADVERT, each, 1.0 * each) for each in (1, 2, 2, 3)]) == [1, 2, 2, 3]
    assert partners_after([said(ADVERT, 1, 1.0), said(OTHER, 2, 2.0), said(ADVERT + "!!", 3, 3.0)]) == [1, 1, 2]


def test_a_text_without_a_contact_is_forgotten_after_an_hour():
    assert partners_after([said(ADVERT, 1, 0.0), said(ADVERT, 2, HOUR)]) == [1, 2]
    assert partners_after([said(ADVERT, 1, 0.0), said(ADVERT, 2, HOUR + 1)]) == [1, 1]
    remembered, _ = said_again((), said(ADVERT, 1, 0.0))
    kept, _ = said_again(remembered, said(OTHER, 2, HOUR + 1))
    assert len(kept) == 1, "its sketch is not kept longer either"


def test_after_an_hour_only_the_contact_of_an_advert_is_remembered_for_a_day():
    remembered: tuple[SaidBefore, ...] = ()
    for partner in (1, 2):
        remembered, _ = said_again(remembered, said(ADVERT, partner, 0.0, contacts=(7,)))
    kept, known = said_again(remembered, said(OTHER, 3, 2 * HOUR, contacts=(7,)))
    assert (known.partners(2 * HOUR, DAY), known.partners(2 * HOUR, HOUR)) == (3, 1)
    kept, _ = said_again(remembered, said(OTHER, 3, 2 * HOUR))
    assert [each.sketch for each in kept if each.contacts] == [b""]
    kept, _ = said_again(remembered, said(OTHER, 3, DAY + 1))
    assert len(kept) == 1


def test_whoever_says_a_contact_once_in_each_of_different_texts_is_no_advertiser():
    texts = [said(text, partner, 2 * HOUR * partner, contacts=(7,)) for partner, text in enumerate((ADVERT, OTHER, ADVERT))]
    assert partners_after(texts, within=DAY) == [1, 1, 1]


@given(
    st.lists(
        st.tuples(st.sampled_from([ADVERT, OTHER, "x" * 9 + ADVERT[::-1]]), st.integers(1, 30), st.floats(0, 1e5)), max_size=40
    )
)
def test_what_is_remembered_stays_small(history):
    remembered: tuple[SaidBefore, ...] = ()
    for text, partner, at in history:
        remembered, known = said_again(remembered, said(text, partner, at, contacts=(partner,)))
        assert known in remembered
    assert len(remembered) <= REMEMBERED


def test_steps_of_an_advert():
    steps = (3, 5, 8)
    found = [rules.same_advert(count, count, steps) for count in range(1, 10)]
    assert [None if each is None else (each.held, each.ban_hours, each.review) for each in found] == [
        None, None, (True, 0.0, False), (True, 0.0, False), (True, 1.0, False), (True, 1.0, False), (True, 1.0, False),
        (True, 24.0, True), (True, 24.0, True),
    ]  # fmt: skip
    assert rules.same_advert(1, 8, steps).ban_hours == 24.0


def test_nobody_is_banned_or_held_for_a_text_without_a_contact():
    found = [rules.same_text(count, rules.same_text_step(count - 1)) for count in range(1, 100)]
    assert not any(each.held or each.ban_hours for each in found if each is not None)
    assert [count + 1 for count, each in enumerate(found) if each and each.check] == [6, 12]
    assert [count + 1 for count, each in enumerate(found) if each and each.slow][:2] == [12, 13]


def test_four_young_accounts_list_a_contact_for_a_week():
    shared = Shared()
    for account in range(ACCOUNTS - 1):
        shared = sent_by(sent_by(shared, account, float(account)), account, 5.0)
    assert not is_listed(shared, 10.0)
    listed = sent_by(shared, 99, 10.0)
    assert is_listed(listed, 10.0 + LISTED - 1)
    assert not is_listed(listed, 10.0 + LISTED)
    late = sent_by(shared, 99, DAY + 10.0)
    assert not is_listed(late, DAY + 10.0), "those of yesterday do not count"


def test_contacts_are_held_for_newcomers_and_listed_ones_for_the_young():
    now = 100 * DAY
    newcomer, young, old = (Standing(since=now - days * DAY, chats=NEWCOMER_CHATS) for days in (0.5, 3, 8))

    def verdict(standing: Standing, *, listed: bool = False, hold: float = 24.0) -> str | None:
        found = rules.contact(standing, now, listed=listed, newly=False, hold_hours=hold)
        return None if found is None else found.rule

    assert [verdict(each) for each in (newcomer, young, old)] == [Rule.NEWCOMER_CONTACT, None, None]
    assert verdict(replace(old, chats=NEWCOMER_CHATS - 1)) == Rule.NEWCOMER_CONTACT
    assert [verdict(each, listed=True) for each in (newcomer, young, old)] == [Rule.SHARED_CONTACT, Rule.SHARED_CONTACT, None]
    assert verdict(newcomer, hold=0.0) is None


def test_many_pictures_to_one_partner_are_no_shower():
    watch = NOTHING
    for number in range(100):
        watch, verdict = with_pictures(watch, UserId(number % 3), 1, 1.0 * number)
        assert verdict is None


def test_fifteen_pictures_to_four_partners_in_ten_minutes_are_one():
    watch = NOTHING
    verdicts = []
    for number in range(15):
        watch, verdict = with_pictures(watch, UserId(number % 4), 1, 30.0 * number)
        verdicts.append(verdict is not None)
    assert verdicts == [False] * 14 + [True]
    assert watch.no_pictures_until == 30.0 * 14 + rules.PICTURE_SECONDS
    slow = NOTHING
    for number in range(30):
        slow, verdict = with_pictures(slow, UserId(number % 4), 1, 60.0 * number)
        assert verdict is None


def test_hit_and_run_needs_eight_chats_in_ten_minutes():
    def hours(*, pause: float, stays: float, messages: int = 1) -> float:
        watch = NOTHING
        for number in range(rules.RUNS):
            chat, at = ChatId(f"c{number}"), number * pause
            watch, verdict = with_end(with_hit(watch, chat, messages, at), chat, at + stays)
        return verdict.ban_hours if verdict else 0.0

    assert hours(pause=60.0, stays=10.0) == 1.0
    assert hours(pause=60.0, stays=16.0) == hours(pause=100.0, stays=10.0) == hours(pause=60.0, stays=10.0, messages=3) == 0.0


def test_whoever_is_slowed_down_waits_two_minutes_between_chats_for_an_hour():
    watch = slowed(NOTHING, 0.0)
    assert wait_before_search(watch, 1.0) == 0.0
    watch = replace(watch, next_search=121.0)
    assert wait_before_search(watch, 1.0) == 120.0
    assert wait_before_search(watch, 121.0) == 0.0
    assert wait_before_search(replace(watch, next_search=rules.SLOW_FOR + 50), rules.SLOW_FOR) == 0.0


def test_a_report_right_after_a_hit_doubles_it():
    assert [rules.doubled(hours) for hours in (0.0, 1.0, 24.0)] == [1.0, 2.0, 48.0]
