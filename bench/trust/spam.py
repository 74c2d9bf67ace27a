"""What reading one text for spam costs: normal form, hooks, sketch, and the comparison with the eight texts remembered."""

from __future__ import annotations

from time import perf_counter

from domain.model.ids import UserId
from domain.trust.spam.memory import SaidBefore, said_again
from domain.trust.spam.normal_form import read
from domain.trust.spam.sketches import sketch

TEXTS = (
    "Hello dear! Hot girls are waiting for you, the first hour is free. Write to our manager at t.me/hotgirls_24 right now",
    "Hi, how are you? I just came home from work and I cannot sleep. What do you do for fun?",
    "Привет! Заработок от 5000 рублей в день без вложений, подробности в телеграм @rabota_doma_24 пиши прямо сейчас",
    "Здравствуй! У меня две кошки и собака, учусь на инженера. Какую музыку слушаешь по вечерам?",
    "سلام، من معلم هستم و شب ها بیکارم. بیا درباره کتاب حرف بزنیم، چه موسیقی دوست داری؟",
    "Hola, trabajo de noche en un hospital y tengo dos gatos. ¿Qué haces en tu tiempo libre?",
    "مرحبا كيف حالك؟ رجعت من العمل الان ولا استطيع النوم، حدثني عن نفسك وماذا تفعل",
    "Oi, tudo bem? Tenho 26 anos e estudo direito, vamos falar de livros e de filmes antigos",
)  # fmt: skip
ROUNDS = 200


def spam_us_per_text() -> float:
    """Microseconds, the mean over texts of six languages. The best of five rounds: others use the machine too."""
    return min(_round() for _ in range(5))


def _round() -> float:
    remembered: tuple[SaidBefore, ...] = ()
    began = perf_counter()
    for number in range(ROUNDS):
        for text in TEXTS:
            new = SaidBefore(sketch=sketch(read(text).form), told=((UserId(number), float(number)),))
            remembered, _ = said_again(remembered, new)
    return (perf_counter() - began) / (ROUNDS * len(TEXTS)) * 1e6
