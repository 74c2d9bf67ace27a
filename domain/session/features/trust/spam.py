"""A text that may be spam goes on from here, once it is known what others know of it: it is relayed, or held and told so."""

from __future__ import annotations

from dataclasses import replace

from domain.session import findings
from domain.session.context import Context, Step
from domain.session.effects import Effect, Relay, Say
from domain.session.facts import TextLookedInto
from domain.session.feature import Feature
from domain.session.notices import spam_notices
from domain.session.screens import contacts
from domain.session.screens.screen import writing_of
from domain.session.state import in_chat
from domain.trust.spam import rules
from domain.trust.spam.memory import DAY, HOUR, SaidBefore, step_of, with_step
from domain.trust.spam.rules import Rule, Verdict
from domain.trust.spam.watch import Watch


def _looked_into(context: Context, looked: TextLookedInto) -> Step:
    session, relay = context.session, looked.relay
    if not in_chat(session, relay.chat):
        return session, []
    watch = findings.watched(session)
    if looked.standing is not None:
        watch = replace(watch, standing=looked.standing)
    watch, repeated = _of_repetition(context, watch, looked.said)
    verdict = rules.graver(repeated, _of_contact(context, looked))
    if verdict is None:
        session = replace(session, spam=watch)
        return _asked(context.after(session), relay) if looked.asks else (session, [relay])
    session = replace(session, spam=findings.after(watch, verdict, context.now))
    passed: Effect = relay if not verdict.held else _told(context, looked, verdict)
    return session, [passed, *findings.told(verdict, _detail(context, looked))]


def _asked(context: Context, relay: Relay) -> Step:
    stopped = contacts.ask(context, writing_of(relay))
    return stopped.session, [*stopped.effects]


def _of_repetition(context: Context, watch: Watch, said: SaidBefore | None) -> tuple[Watch, Verdict | None]:
    if said is None:
        return watch, None
    now = context.now
    hour = said.partners(now, HOUR)
    if said.hooked:
        return watch, rules.same_advert(hour, said.partners(now, DAY), context.configuration.trust.spam_partners)
    verdict = rules.same_text(hour, step_of(watch.said, said))
    return replace(watch, said=with_step(watch.said, said, rules.same_text_step(hour))), verdict


def _of_contact(context: Context, looked: TextLookedInto) -> Verdict | None:
    trust = context.configuration.trust
    if not looked.hooked or looked.standing is None:
        return None
    hold_hours = trust.newcomer_hours if trust.newcomer_links == "hold" else 0.0
    return rules.contact(looked.standing, context.now, listed=looked.listed, newly=looked.newly, hold_hours=hold_hours)


def _told(context: Context, looked: TextLookedInto, verdict: Verdict) -> Say:
    language, standing = context.session.language, looked.standing
    if verdict.rule is Rule.NEWCOMER_CONTACT and standing is not None:
        hours = context.configuration.trust.newcomer_hours
        return Say(notice=spam_notices.held_for_now(standing, context.now, hours, language))
    return Say(notice=spam_notices.held(verdict.rule, language))


def _detail(context: Context, looked: TextLookedInto) -> str:
    if looked.said is None:
        return ""
    now = context.now
    return f"partners: {looked.said.partners(now, HOUR)} in an hour, {looked.said.partners(now, DAY)} in a day"


FEATURE = Feature(name="spam", facts={TextLookedInto: _looked_into})
