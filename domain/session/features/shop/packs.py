"""Credits: /credits shows what somebody has, what came and went, and the packs that are sold. Minors are sold none."""

from __future__ import annotations

import re

from domain.model.inbound import ButtonPressed, CommandReceived
from domain.payments.orders import Kind
from domain.session.buying import place, refused
from domain.session.context import Context, Step
from domain.session.effects import LookUpCredits, PlaceOrder, Say
from domain.session.facts import CreditsLooked
from domain.session.feature import Button, Command, Feature, Heading, Passes
from domain.session.notices import shop_notices as notices

PACK = re.compile(r"[a-z0-9-]{1,16}")


def _credits(context: Context, _command: CommandReceived) -> Step:
    return context.session, [LookUpCredits()]


def _looked(context: Context, looked: CreditsLooked) -> Step:
    packs = () if refused(context, Kind.CREDITS) else notices.pack_buttons(context.configuration)
    return context.session, [Say(notice=notices.credits_state(looked, packs, context.session.language))]


def _pack_pressed(context: Context, pressed: ButtonPressed, pack: str) -> Step:
    return place(context, pressed, PlaceOrder(kind=Kind.CREDITS, plan=pack))


def _pack_id(rest: str) -> str | None:
    return rest if PACK.fullmatch(rest) else None


FEATURE = Feature(
    name="credits",
    heading=Heading.SHOP,
    commands=(Command(name="credits", handler=_credits, help="command-credits", passes=frozenset({Passes.ELSEWHERE})),),
    buttons=(Button(prefix="pack", parse=_pack_id, handler=_pack_pressed),),
    facts={CreditsLooked: _looked},
)
