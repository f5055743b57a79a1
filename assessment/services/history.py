"""What happened to a case and everything in it, from the audit log, in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from django.contrib.auth.models import AnonymousUser

from assessment.case_selectors import visible_disputes
from assessment.models import Assessment, DisputeKind
from assessment.services.done_words import done_title
from assessment.services.table import TITLES
from centres.models import Person
from core.text import Text
from operations import audit

_WORDS = {
    "assessment.open": Text(zh="提出申请", en="application opened"),
    "assessment.assign": Text(zh="指派审查员", en="assessor assigned"),
    "agreement.sign": Text(zh="签署协议", en="agreement signed"),
    "rating.accept_figures": Text(zh="一次采信多项数值", en="figures accepted at once"),
    "certificate.issue": Text(zh="颁发证书", en="certificate issued"),
    "finding.raise": Text(zh="提出不符合项或观察项", en="finding raised"),
    "finding.ask": Text(zh="提问", en="question asked"),
    "finding.reply": Text(zh="回复提问", en="question answered"),
    "sample.ask": Text(zh="承诺随机数并索取清单", en="secret committed to, inventory asked for"),
    "sample.commit": Text(zh="提交清单", en="inventory committed to"),
    "sample.draw": Text(zh="抽取样本", en="sample drawn"),
    "visit.schedule": Text(zh="安排现场评价", en="visit scheduled"),
    "visit.write": Text(zh="填写现场记录", en="visit written down"),
    "visit.photograph": Text(zh="添加照片", en="picture added"),
    "visit.close": Text(zh="结束现场评价", en="visit closed"),
    "objection.lodge": Text(zh="收到异议", en="objection received"),
    "complaint.lodge": Text(zh="收到投诉", en="complaint received"),
    "appeal.lodge": Text(zh="收到申诉", en="appeal received"),
}
_KINDS = {
    "assessment": Text(zh="评价", en="assessment"),
    "certificate": Text(zh="证书", en="certificate"),
    "finding": Text(zh="不符合项", en="finding"),
    "objection": Text(zh="异议", en="objection"),
    "complaint": Text(zh="投诉", en="complaint"),
    "appeal": Text(zh="申诉", en="appeal"),
}
_LODGED = {f"{kind}.lodge" for kind in DisputeKind.values}
_PLATFORM = Text(zh="平台", en="the platform")
_PUBLIC = Text(zh="公众", en="the public")
_NOT_NAMED = Text(zh="提出人（不公开）", en="whoever lodged it (not named)")


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of a history; `sequence` and `hash` are those of the audit log."""

    sequence: int
    at: dt.datetime
    act: str
    words: Text
    who: Text
    subject: str
    reason: str
    hash: str


def history_of(case: Assessment, *, reader: Person | AnonymousUser) -> list[Happened]:
    """Oldest first: the case, its certificate, findings, samples, visits and disputes.

    Who lodged a dispute is told to those who may read it.
    """
    entries = list(audit.history(_subjects(case)))
    lodged = [one for one in entries if one.act in _LODGED]
    read = {one.subject for one in visible_disputes(reader).filter(assessment=case)} if lodged else set()
    names = {
        person.username: person.name for person in Person.objects.filter(username__in={one.actor for one in entries})
    }
    names |= {audit.SYSTEM: _PLATFORM, "anonymous": _PUBLIC}
    told = (
        Happened(
            sequence=one.sequence,
            at=one.at,
            act=one.act,
            words=words_of(one.act),
            who=names.get(one.actor, Text(zh=one.actor, en=one.actor)),
            subject=one.subject,
            reason=one.reason,
            hash=one.hash,
        )
        for one in entries
    )
    return [replace(one, who=_NOT_NAMED) if one.act in _LODGED and one.subject not in read else one for one in told]


def words_of(act: str) -> Text:
    """“评价：复核”, “assessment: reviewed” for an act of the table, a phrase of its own for the others."""
    if act in _WORDS:
        return _WORDS[act]
    kind, _, name = act.partition(".")
    if kind in _KINDS and name in TITLES:
        title = done_title(name)
        return Text(zh=f"{_KINDS[kind].zh}：{title.zh}", en=f"{_KINDS[kind].en}: {title.en}")
    return Text(zh=act, en=act)


def _subjects(case: Assessment) -> list[str]:
    inside = [one.subject for held in (case.findings, case.samples, case.visits, case.disputes) for one in held.all()]
    certificate = getattr(case, "certificate", None)
    return [case.subject, *inside, *([f"certificate/{certificate.number}"] if certificate else [])]
