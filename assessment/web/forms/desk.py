"""The form of one indicator on the desk: what may be ruled on it now, by this person, and the words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import rules
from django import forms
from django.utils.translation import gettext_lazy as _

from assessment.desk_selectors import Item, Standing, levels_of
from assessment.models import Assessment, RatingState, Seat
from assessment.services.chain.table import When, holds
from assessment.services.desk.ratings import Said
from assessment.services.evaluation.conclude import is_waiting_for_reviewer
from centres.models import Person
from core.errors import UserFacingError
from core.quantity import bounded_decimal, plain, shortest
from core.text import Text, with_line_feeds
from operations.http.form_fields import WordsField
from operations.http.version_field import FormOfAVersion
from operations.templatetags.words import said

_LONGEST = 8000
WORDS = {
    "accept_figure": Text(zh="采信该数值", en="Accept the figure"),
    "dispute_figure": Text(zh="不采信（写明理由）", en="Dispute it, with the reason"),
    "rule_out": Text(zh="不适用（写明理由）", en="Not applicable, with the reason"),
    "approve_reason": Text(zh="批准不适用的理由", en="Approve the reason for not applicable"),
    "refuse_reason": Text(zh="不批准不适用的理由", en="Refuse the reason for not applicable"),
}
# Reasons our editions declare; another rubric's is shown as it is written there.
_GROUNDS = {
    "too_few_interruptions": Text(zh="中断次数过少", en="too few interruptions"),
    "too_few_incidents": Text(zh="事件数过少", en="too few incidents"),
    "too_few_tickets": Text(zh="工单数过少", en="too few tickets"),
    "no_published_reference": Text(zh="没有公开的参照结果", en="no published reference"),
    "no_card_link": Text(zh="卡间没有直连", en="no link between cards"),
    "empty_centre_has_no_queue": Text(zh="负载低，没有排队", en="an empty centre has no queue"),
    "nothing_retired": Text(zh="没有退役设备", en="nothing was retired"),
}
AGREE = Text(zh="同意所提议的等级", en="Agree to the proposed level")
_FIELDS = {"level": "ruling", "text": "text", "ground": "ground"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that may be ruled: the value its radio button sends, its words, and the key that picks it."""

    value: str
    title: str
    key: str
    help: str = ""


def choices_for(case: Assessment, item: Item, person: Person) -> tuple[Choice, ...]:
    """What this person may rule now; the services ask again."""
    if rules.has_perm("assessment.review", person) and case.state == "evaluated":
        if not is_waiting_for_reviewer(item):
            return ()
        return (Choice("approve_reason", said(WORDS["approve_reason"]), "a"),
                Choice("refuse_reason", said(WORDS["refuse_reason"]), "d"))  # fmt: skip
    if not rules.has_perm("assessment.evaluate", person) or not holds(When.EVALUATION, case):
        return ()
    if item.standing is Standing.BY_RULE or item.foreign:
        return ()
    out = Choice("rule_out", said(WORDS["rule_out"]), "n")
    if not item.judged:
        names = ("accept_figure", "dispute_figure")
        return (*(Choice(one, said(WORDS[one]), one[0]) for one in names), out)
    if not item.twice or not item.both_in:
        return (*_levels(item, "judge"), out)
    if item.standing is Standing.SETTLED:
        return _levels(item, "adjudicate") if item.adjudicated_by(person) else ()
    return _adjudicating(item, person, out)


def _adjudicating(item: Item, person: Person, out: Choice) -> tuple[Choice, ...]:
    if item.own(person) is None:
        return (*_levels(item, "adjudicate"), out)
    proposed = item.ratings.get(Seat.ADJUDICATION)
    waits = proposed is not None and proposed.state == RatingState.PROPOSED
    if waits and proposed is not None and proposed.person.natural_person != person.natural_person:
        return (Choice("agree", said(AGREE), "a"), *_levels(item, "propose"))
    return _levels(item, "propose")


def _levels(item: Item, act: str) -> tuple[Choice, ...]:
    return tuple(
        Choice(
            f"{act}:{shortest(one.level)}",
            f"{shortest(one.level)} {said(one.title)}",
            shortest(one.level),
            f"{plain(one.points)}",
        )
        for one in levels_of(item.indicator)
    )


class RulingForm(FormOfAVersion):
    """One ruling with its words and the version that was read."""

    ruling = forms.ChoiceField(
        label=_("Ruling"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you rule."), "invalid_choice": _("Choose what you rule.")},
    )
    ground = forms.ChoiceField(
        label=_("Reason the edition names"),
        required=False,
        help_text=_("For not applicable only: with one of these no approval is needed."),
    )
    text = WordsField(
        label=_("Reason or rationale"),
        required=False,
        max_length=_LONGEST,
        strip=False,
        error_messages={"required": _("Write down why.")},
        help_text=_("It is kept as you type, for you alone, until you save. Accepting a figure needs no words."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, data: Any = None, *, item: Item, choices: tuple[Choice, ...], initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.choices = choices
        ruling, ground = self.fields["ruling"], self.fields["ground"]
        assert isinstance(ruling, forms.ChoiceField)  # noqa: S101  (for the type checker)
        assert isinstance(ground, forms.ChoiceField)  # noqa: S101  (likewise)
        ruling.choices = [(one.value, one.title) for one in choices]
        if item.judged and not any(one.value in ("agree", "approve_reason") for one in choices):
            self.fields["text"].required = True
            self.fields["text"].help_text = _("It is kept as you type, for you alone, until you save.")
        reasons = item.indicator.not_applicable_reasons
        if reasons and any(one.value == "rule_out" for one in choices):
            ground.choices = [("", _("none of them")), *((one, said(ground_words(one))) for one in reasons)]
        else:
            del self.fields["ground"]

    @property
    def act(self) -> str:
        return str(self.cleaned_data["ruling"]).partition(":")[0]

    @property
    def said(self) -> Said:
        level = str(self.cleaned_data["ruling"]).partition(":")[2]
        return Said(
            level=bounded_decimal(level),
            ground=self.cleaned_data.get("ground", "") if self.act == "rule_out" else "",
            text=self.cleaned_data["text"],
        )

    def refuse(self, refusal: UserFacingError) -> bool:
        """Put a refusal at the field it names; whether there is one."""
        named = _FIELDS.get(refusal.where.field or "") if refusal.where else None
        if named is None or named not in self.fields:
            return False
        self.add_error(named, said(refusal.told))
        return True


def ground_words(code: str) -> Text:
    return _GROUNDS.get(code, Text(zh=code, en=code))


def drafted(data: Any) -> dict[str, str]:
    """What was typed, as a draft keeps it: whole, as far as a form may be; a database keeps no NUL."""
    typed = (with_line_feeds(str(data.get(name, ""))) for name in ("ruling", "ground", "text"))
    ruling, ground, text = (words.replace("\0", "") for words in typed)
    act, _colon, level = ruling.partition(":")
    return {"act": act, "level": level, "ground": ground, "text": text}


def ruling_of(content: dict[str, str]) -> str:
    """The radio button a draft or a rating was on."""
    act, level = content.get("act", ""), content.get("level", "")
    number = bounded_decimal(level)
    return f"{act}:{shortest(number)}" if number is not None else act
