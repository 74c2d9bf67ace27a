"""Adverts and decent texts per language. Each advert is disguised in several ways; decent texts are made from lists of parts."""

from __future__ import annotations

import random
from collections.abc import Callable

ADVERTS = {
    "en": (
        "Hello dear! Hot girls are waiting for you, the first hour is free. Write to our manager at t.me/hotgirls_24 right now",
        "Earn 500 dollars a day from your phone without any investment, ask me how in telegram @easy_money_team",
        "Buy cheap followers and likes for your page, best price on the market, visit www.best-followers.com today",
        "I sell my private photos and videos, only ten dollars for the whole album, my snapchat is lola.sweet99",
        "Best crypto signals with ninety percent success, join the group https://t.me/+AbCdEf123456 before it is full",
        "Hi, I am Kate and I am alone tonight, look at my page on onlyfans kate_official_77 and write me there",
    ),
    "ru": (
        "Привет! Заработок от 5000 рублей в день без вложений, подробности в телеграм @rabota_doma_24 пиши прямо сейчас",
        "Девочки интим услуги в твоём городе, цены низкие, звони или пиши на номер +7 912 345-67-89 круглосуточно",
        "Продаю свои фото и видео, недорого, полный архив за триста рублей, пиши мне в вк или в телегу t.me/sladkaya_katya",
        "Ставки на спорт, проходимость девяносто процентов, вступай в наш канал https://t.me/+stavki_vip пока есть места",
        "Накрутка подписчиков и лайков дешевле всех на рынке, заходи на сайт nakrutka-top.ru и получи скидку",
    ),
    "fa": (
        "سلام عزیزم، برای دیدن عکس و فیلم های خصوصی من به کانال تلگرام بیا @nazi_khosgele منتظرت هستم",
        "کسب درآمد روزانه پانصد هزار تومان بدون سرمایه، برای اطلاعات بیشتر به واتساپ من پیام بده ۰۹۱۲۳۴۵۶۷۸۹",
        "فروش فالوور و لایک اینستاگرام با کمترین قیمت، همین حالا به سایت www.follower-arzan.ir سر بزنید",
        "دوست دختر می خواهی؟ عضو گروه ما شو و با دخترهای شهر خودت آشنا شو t.me/doostyabi_tehran همین امشب",
    ),
    "es": (
        "Hola guapo, vendo mis fotos y videos muy baratos, escríbeme al whatsapp +34 612 345 678 y te mando una muestra gratis",
        "Gana dinero desde casa sin invertir nada, más de cien euros al día, entra en t.me/dinero_facil_es ahora mismo",
        "Chicas calientes en tu ciudad te están esperando esta noche, regístrate gratis en www.citas-rapidas.com",
        "Señales de apuestas deportivas con noventa por ciento de acierto, únete al canal @apuestas_vip_oro antes que se llene",
    ),
    "pt": (
        "Oi gato, vendo meu pack de fotos e vídeos bem baratinho, me chama no zap 11 98765-4321 que eu mando uma prévia",
        "Ganhe dinheiro em casa trabalhando só duas horas por dia, entra no grupo t.me/renda_extra_br e começa hoje",
        "Compre seguidores e curtidas com o menor preço do mercado, acesse www.seguidores-top.com.br agora",
        "Meninas da sua cidade querem te conhecer hoje à noite, faz o cadastro grátis no site encontros-ja.com",
    ),
    "ar": (
        "مرحبا حبيبي، ابيع صوري وفيديوهاتي الخاصة بسعر رخيص، تواصل معي على الواتساب +966 50 123 4567 الان",
        "اربح خمسين دولار يوميا من البيت بدون راس مال، ادخل القناة t.me/arba7_online وابدأ اليوم",
        "زيادة متابعين ولايكات بارخص سعر في السوق، زوروا الموقع www.mutabeen-plus.com واحصلوا على خصم",
        "بنات من مدينتك يبحثن عن تعارف جاد هذه الليلة، انضم الينا على تلغرام @taaruf_jad قبل اكتمال العدد",
    ),
}

_PARTS: dict[str, tuple[tuple[str, ...], ...]] = {
    "en": (
        ("Hi, how are you?", "Hey there!", "Good evening from here.", "Hello stranger :)", "So nice to meet you,", "hiii"),
        ("I am 24 and I study medicine", "I work as a nurse at night", "I just came home from work", "I am 31, two cats, no kids",
         "I was born in 1998 and never left town", "it is 23:45 here and I cannot sleep", "my exam is on 12.05.2024, wish luck",
         "we got 1,000,000 visitors at the museum", "I ran 10 km in 52 minutes today", "I have 3 brothers and 4 sisters"),
        ("what do you do for fun?", "which music do you like?", "tell me about your day", "do you like cooking?",
         "have you seen any good movie lately?", "where does your name come from?", "I like hiking and old books.",
         "Oh snap, I forgot my tea on the stove!", "Let us talk about dreams.", "e.g. what would you do with 3.5 free days?"),
    ),
    "ru": (
        ("Привет, как дела?", "Здравствуй!", "Добрый вечер,", "Приветик :)", "Хай, кто ты?", "Всем привет"),
        ("мне 22, учусь на инженера", "я работаю учителем в школе", "только пришла с работы", "у меня две кошки и собака",
         "родился в 1995 году", "сейчас 23:15 и мне не спится", "завтра 15.06.2024 экзамен", "живу один в большом городе",
         "пробежала сегодня 8 км за 45 минут", "у меня три брата и 2 сестры"),
        ("чем занимаешься по вечерам?", "какую музыку слушаешь?", "расскажи о себе", "любишь готовить?",
         "смотрел что-нибудь хорошее?", "давай поговорим о книгах.", "люблю гулять под дождём.", "что тебе снилось сегодня?",
         "как прошёл твой день?", "о чём ты мечтаешь?"),
    ),
    "fa": (
        ("سلام، خوبی؟", "سلام دوست من", "شب بخیر", "درود بر تو", "سلام سلام"),
        ("من ۲۳ سالمه و دانشجو هستم", "من معلم هستم و شب ها بیکارم", "تازه از سر کار برگشتم", "دو تا گربه دارم",
         "متولد سال ۱۳۷۵ هستم", "الان ساعت ۲۳:۴۵ است و خوابم نمی برد", "من عاشق کوهنوردی هستم", "سه تا برادر دارم"),
        ("تو چه کار می کنی؟", "چه موسیقی دوست داری؟", "از خودت بگو", "آشپزی دوست داری؟", "فیلم خوب چی دیدی؟",
         "بیا درباره کتاب حرف بزنیم", "روزت چطور بود؟", "آرزویت چیست؟"),
    ),
    "es": (
        ("Hola, ¿cómo estás?", "Buenas noches", "¡Hola desconocido!", "Qué tal", "Encantada de conocerte,"),
        ("tengo 25 años y estudio derecho", "trabajo de noche en un hospital", "acabo de llegar a casa", "tengo dos gatos",
         "nací en 1997 en un pueblo pequeño", "son las 23:30 y no puedo dormir", "hoy corrí 10 km en 55 minutos",
         "mi examen es el 12-05-2024"),
        ("¿qué haces en tu tiempo libre?", "¿qué música te gusta?", "cuéntame de ti", "¿te gusta cocinar?",
         "¿has visto alguna película buena?", "hablemos de libros.", "¿cómo fue tu día?", "¿con qué sueñas?"),
    ),
    "pt": (
        ("Oi, tudo bem?", "Boa noite", "Olá, estranho!", "E aí, beleza?", "Prazer em te conhecer,"),
        ("tenho 26 anos e estudo direito", "trabalho à noite num hospital", "acabei de chegar em casa", "tenho dois gatos",
         "nasci em 1996 numa cidade pequena", "são 23:30 e não consigo dormir", "hoje corri 10 km em 55 minutos",
         "minha prova é dia 12/05/2024"),
        ("o que você faz no tempo livre?", "que música você gosta?", "me fala de você", "gosta de cozinhar?",
         "viu algum filme bom?", "vamos falar de livros.", "como foi seu dia?", "com o que você sonha?"),
    ),
    "ar": (
        ("مرحبا كيف حالك؟", "مساء الخير", "اهلا وسهلا", "السلام عليكم", "هلا والله"),
        ("عمري ٢٤ سنة وادرس الطب", "اعمل ممرضا في الليل", "رجعت من العمل الان", "عندي قطتان",
         "ولدت سنة ١٩٩٧ في قرية صغيرة", "الساعة ٢٣:٣٠ ولا استطيع النوم", "ركضت اليوم ١٠ كم", "عندي ثلاثة اخوة"),
        ("ماذا تفعل في وقت فراغك؟", "ما الموسيقى التي تحبها؟", "حدثني عن نفسك", "هل تحب الطبخ؟", "هل شاهدت فيلما جيدا؟",
         "لنتحدث عن الكتب", "كيف كان يومك؟", "بماذا تحلم؟"),
    ),
}  # fmt: skip

_HOMOGLYPHS = str.maketrans("aeopcxyiABEHKMOPCTX", "аеорсхуіАВЕНКМОРСТХ")
_BACK = str.maketrans("аеорсхуіАВЕНКМОРСТХ", "aeopcxyiABEHKMOPCTX")
_EMOJI = "🔥💋💰✨😍👇"
_EXTRA = {
    "en": ("babe", "only today", "trust me"),
    "ru": ("зайка", "только сегодня", "не пожалеешь"),
    "fa": ("عزیز", "فقط امروز", "جدی"),
    "es": ("cariño", "solo hoy", "de verdad"),
    "pt": ("amor", "só hoje", "sério"),
    "ar": ("عزيزي", "اليوم فقط", "صدقني"),
}


def _look_alikes(text: str, rng: random.Random, _language: str) -> str:
    """A third of the letters as others that look the same. Addresses stay, or nobody could use them."""
    words = text.split(" ")
    return " ".join(word if _is_address(word) else _mixed(word, rng) for word in words)


def _mixed(word: str, rng: random.Random) -> str:
    return "".join(_swapped(each) if rng.random() < 0.34 else each for each in word)


def _swapped(letter: str) -> str:
    other = letter.translate(_HOMOGLYPHS)
    return other if other != letter else letter.translate(_BACK)


def _invisible(text: str, rng: random.Random, _language: str) -> str:
    return "".join(each + ("\u200b" if rng.random() < 0.2 else "") for each in text)


def _emoji(text: str, rng: random.Random, _language: str) -> str:
    return " ".join(word + (rng.choice(_EMOJI) if rng.random() < 0.4 else "") for word in text.split(" "))


def _shouted(text: str, rng: random.Random, _language: str) -> str:
    return "".join(each * 4 if each.isalpha() and rng.random() < 0.05 else each.upper() for each in text)


def _reworded(text: str, rng: random.Random, language: str) -> str:
    """Some words more, and the end of some words gone."""
    words = text.split(" ")
    for extra in rng.sample(_EXTRA[language], 2):
        words.insert(rng.randrange(len(words)), extra)
    at = next((at for at in range(len(words)) if len(words[at]) > 5 and words[at].isalpha()), 0)
    words[at] = words[at][:-1]
    return " ".join(words)


def _spaced(text: str, rng: random.Random, _language: str) -> str:
    at = rng.randrange(len(text) // 2)
    return text[:at] + " ".join(text[at : at + 12]) + text[at + 12 :]


DISGUISES: tuple[Callable[[str, random.Random, str], str], ...] = (
    _look_alikes, _invisible, _emoji, _shouted, _reworded, _spaced,
)  # fmt: skip


def variants(advert: str, language: str, seed: int) -> list[str]:
    """The advert in each disguise, and in two at once."""
    rng = random.Random(seed)
    single = [disguise(advert, rng, language) for disguise in DISGUISES]
    return [*single, _emoji(_look_alikes(advert, rng, language), rng, language)]


def decent(language: str) -> list[str]:
    """Hundreds of texts with which people begin a chat."""
    greetings, facts, questions = _PARTS[language]
    return [f"{hello} {fact} {ask}" for hello in greetings for fact in facts for ask in questions]


def _is_address(word: str) -> bool:
    return "@" in word or "/" in word or "." in word.strip(".,!?") or any(map(str.isdigit, word))
