"""Names of other services as people write them, per language. Whoever names one wants to go on elsewhere, or advertises it."""

from __future__ import annotations

LONG_NAMES = (
    "whatsapp", "instagram", "telegram", "snapchat", "onlyfans", "facebook", "messenger", "youtube", "discord", "fansly",
    "chaturbate", "wechat",
    "ватсап", "вотсап", "вацап", "инстаграм", "телеграм", "тикток", "дискорд", "онлифанс", "вконтакте", "фейсбук", "снапчат",
    "واتساپ", "واتس‌اپ", "اینستاگرام", "تلگرام", "اسنپچت", "فیسبوک", "روبیکا",
    "واتساب", "انستغرام", "انستقرام", "تلغرام", "تيليجرام", "تليجرام", "سناب شات", "فيسبوك",
)  # fmt: skip
"""Found anywhere, also with spaces, points or emoji between the letters: no other words contain them."""

SHORT_NAMES = {
    "en": ("insta", "ig", "whats app", "wa me", "my snap", "ur snap", "your snap", "add my sc", "kik", "skype", "viber",
           "tik tok", "tiktok", "only fans", "cash app", "cashapp", "paypal", "of link"),
    "ru": ("инста", "инсте", "инсту", "вк", "вайбер", "вайбере", "вотс ап", "ватс ап", "тг", "телега", "телеге", "телегу",
           "тик ток", "онлик"),
    "es": ("wasap", "guasap", "wsp", "whats", "mi insta", "mi face"),
    "pt": ("zap", "zapzap", "whats", "meu insta", "meu face", "privacy com"),
    "fa": ("اینستا", "واتس", "ایمو", "تلگ"),
    "ar": ("انستا", "الانستا", "واتس", "الواتس", "سناب", "السناب", "ايمو", "فيس"),
}  # fmt: skip
"""Found as words of their own only."""
