"""The minutes of review and decision as a paper: what their page says, with lines to sign on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from assessment.documents.content.paper import Block, Heading, Paper, Sentence, Table, facts
from assessment.web.printed.answer import day, moment, paper_on, word
from assessment.web.printed.causes import causes, needs
from assessment.web.shown.minutes import TITLE, IfRow, RulingRow
from operations.templatetags.words import points, said


def minutes_paper(shown: Mapping[str, Any]) -> Paper:
    """`shown`: what the page is made of."""
    return paper_on(shown["case"], TITLE, _blocks(shown))


def _blocks(shown: Mapping[str, Any]) -> Iterator[Block]:
    yield facts(
        (
            (_("Rubric edition"), shown["edition"]["name"]),
            (_("State"), word(shown["state"])),
            (_("Result digest"), shown["digest"]),
            (word(_("as of")), moment(shown["printed_at"])),
        )
    )
    yield Heading(_("Result"))
    for sentence in shown["sentences"]:
        yield Sentence(said(sentence))
    if shown["graded"]:
        yield Heading(_("Caps and blocks"))
        yield from causes(shown["result"].consequences)
    else:
        yield from needs(shown["needs"])
    yield Heading(_("Before it is certified"))
    for condition in shown["conditions"]:
        yield Sentence(said(condition))
    yield from _rulings(shown)
    yield from _findings(shown["findings"])
    yield from _disputes(shown["disputes"])
    yield from _flags(shown.get("flagged"))
    yield from _borders(shown)
    yield from _deeds(shown)


def _rulings(shown: Mapping[str, Any]) -> Iterator[Block]:
    yield Heading(_("Figures disputed or changed"))
    if not shown["rated"]:
        yield Sentence(_("In this procedure the assessors did not rule on single indicators."))
        return
    rulings: Sequence[RulingRow] = shown["rulings"]
    if not rulings:
        yield Sentence(_("None: every ruling keeps the figure as it was measured."))
    heads = (_("Indicator"), _("Ruling"), _("Points before and after"), _("Change of the total"))
    rows = tuple(
        (
            f"{one.code} {said(one.title)}",
            f"{word(one.ruling)}{_(': ') + one.words if one.words else ''}",
            f"{points(one.before)} → {points(one.after)}",
            one.effect or "–",
        )
        for one in rulings
    )
    yield Table(heads, rows, shares=(4, 6, 3, 2))
    counted = {"accepted": shown["accepted"], "unsettled": shown["unsettled"]}
    yield Sentence(_("Accepted as measured: %(accepted)s. Still to be settled: %(unsettled)s.") % counted)


def _findings(findings: Sequence[Mapping[str, Any]]) -> Iterator[Block]:
    yield Heading(_("Findings"))
    if not findings:
        yield Sentence(_("No findings were raised."))
    rows = tuple(
        (f"{one['item'].node} {one['item'].statement}".strip(), word(one["severity"]), word(one["state"]))
        for one in findings
    )
    yield Table((_("What was found"), _("Severity"), _("State")), rows, shares=(6, 2, 2))


def _disputes(disputes: Sequence[Mapping[str, Any]]) -> Iterator[Block]:
    yield Heading(_("Complaints, appeals and objections"))
    if not disputes:
        yield Sentence(_("None was received."))
    rows = tuple(
        (
            word(one["kind"]),
            day(timezone.localdate(one["item"].lodged_at)),
            word(one["state"]),
            one["item"].answer if one["over"] else "–",
        )
        for one in disputes
    )
    yield Table((_("Kind"), _("Received"), _("State"), _("Answer")), rows, shares=(2, 2, 2, 5))


def _flags(flagged: Mapping[str, Any] | None) -> Iterator[Block]:
    if flagged is None or not flagged["count"]:
        return
    yield Heading(_("Before the score: plausibility of the evidence"))
    for copy in flagged["copies"]:
        yield Sentence(f"{_('The same file from another centre')}{_(': ')}{copy['item'].name}", listed=True)
    for one in flagged["flags"]:
        yield Sentence(f"{said(one.title)}{_(': ')}{one.flag.subject} – {said(one.flag.reason)}", listed=True)


def _borders(shown: Mapping[str, Any]) -> Iterator[Block]:
    yield Heading(_("The grade would change if…"))
    if not shown["graded"]:
        yield Sentence(_("A pre-assessment has no grade."))
        return
    heads = (_("If"), _("Score"), _("Grade"))
    for words, rows in (
        (_("It would fall; what has least to spare stands first"), shown["falls"]),
        (_("It would rise; the smallest change stands first"), shown["raises"]),
    ):
        if rows:
            yield Sentence(words)
            yield Table(heads, tuple(map(_if, rows)), shares=(7, 1, 2))
    if not shown["can_tell"]:
        yield Sentence(
            _(
                "This result dates from before all measurements were kept, "
                "and cannot be scored again with another value."
            )
        )
    elif not shown["falls"]:
        yield Sentence(_("No single measured value costs the grade."))
    if not shown["raises"] and shown["no_rise"]:
        yield Sentence(said(shown["no_rise"]))


def _if(row: IfRow) -> tuple[str, ...]:
    return ("\n".join(f"{code} {said(words)}" for code, words in row.changes), row.score, said(row.grade))


def _deeds(shown: Mapping[str, Any]) -> Iterator[Block]:
    yield Heading(_("Who did what"))
    rows = tuple(
        (
            moment(deed["at"]),
            word(deed["words"]),
            _(", ").join(filter(None, (said(deed["person"]), said(deed["part"])))),
            deed["reason"],
        )
        for deed in shown["deeds"]
    )
    yield Table((_("When"), _("Act"), _("Who"), _("Reason")), rows, shares=(3, 3, 3, 5))
    yield Heading(_("Signatures"))
    lines = tuple((word(one["part"]), said(one["person"]) or "–", "", "") for one in shown["signing"])
    yield Table(
        (_("Part in the case"), _("Full name"), _("Signature"), _("Date")), lines, shares=(2, 3, 4, 2), to_write=True
    )
