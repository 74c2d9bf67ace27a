"""How many disguised adverts are known again, and how many decent texts are taken for adverts. Both are printed (pytest -s)."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from domain.trust.spam.normal_form import read
from domain.trust.spam.sketches import SHORTEST, alike, similarity, sketch
from tests.domain.spam.corpus import ADVERTS, DISGUISES, decent, variants

LANGUAGES = sorted(ADVERTS)
CAUGHT = 0.95
"""Of the disguised adverts of a language: known again by their sketch."""
HOOKED = 0.9
"""Of the disguised adverts: the contact is found."""


def of_text(text: str) -> bytes:
    return sketch(read(text).form)


@pytest.mark.parametrize("language", LANGUAGES)
def test_disguised_adverts_are_known_again_and_their_contacts_are_found(language, capsys):
    known = hooked = total = 0
    for number, advert in enumerate(ADVERTS[language]):
        original = of_text(advert)
        assert read(advert).hooks, advert
        for variant in variants(advert, language, number):
            total += 1
            known += alike(original, of_text(variant))
            hooked += bool(read(variant).hooks)
    with capsys.disabled():
        print(f"\n{language}: {total} disguised adverts, known again {known / total:.1%}, contact found {hooked / total:.1%}")
    assert total >= 3 * len(ADVERTS[language])
    assert known / total >= CAUGHT
    assert hooked / total >= HOOKED


@pytest.mark.parametrize("disguise", DISGUISES, ids=lambda disguise: disguise.__name__.strip("_"))
def test_no_disguise_works_well(disguise):
    rng = random.Random(7)
    adverts = [(language, advert) for language in LANGUAGES for advert in ADVERTS[language]]
    known = [alike(of_text(advert), of_text(disguise(advert, rng, language))) for language, advert in adverts]
    assert sum(known) / len(known) >= 0.9


@pytest.mark.parametrize("language", LANGUAGES)
def test_decent_texts_have_no_contacts_and_are_no_advert(language, capsys):
    texts = decent(language)
    assert len(texts) >= 300
    hits = [text for text in texts if read(text).hooks]
    adverts = [of_text(advert) for each in LANGUAGES for advert in ADVERTS[each]]
    likened = [text for text in texts if any(alike(of_text(text), advert) for advert in adverts)]
    with capsys.disabled():
        print(f"\n{language}: {len(texts)} decent texts, with a contact {len(hits)}, taken for an advert {len(likened)}")
    assert hits == []
    assert likened == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_different_adverts_are_not_alike(language):
    texts = [of_text(advert) for advert in ADVERTS[language]]
    assert max(similarity(one, other) for one, other in combinations(texts, 2)) < 0.3


def test_short_texts_are_not_compared():
    assert len(read("Hi! How are you? :)").form) < SHORTEST
