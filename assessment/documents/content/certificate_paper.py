"""What a certificate says, as an annex to quote from; the certificate itself is the signed PDF alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from assessment.documents.content.certificate import CertificateContent
from assessment.documents.content.paper import Block, Heading, Paper, Sentence, Table, both, facts
from assessment.documents.content.words import points_words
from core.text import Text

TITLE = Text(zh="证书附件", en="Annex to a certificate")
_NOT_THE_PAPER = Text(
    zh="本文件便于引用，不是证书；证书以可查验的签名 PDF 为准。",
    en="This document is for quoting from. It is no certificate: that is the signed PDF, which can be verified.",
)


def certificate_paper(content: CertificateContent, *, made_on: dt.date, body: Text) -> Paper:
    return Paper(
        title=f"{both(TITLE)} {content.number}",
        below_title=both(content.centre),
        author=both(body),
        made_on=made_on,
        blocks=tuple(_blocks(content)),
    )


def _blocks(content: CertificateContent) -> Iterator[Block]:
    yield Sentence(both(_NOT_THE_PAPER))
    centre, holds, grade = content.centre, content.statement, content.grade
    yield Sentence(f"{centre.zh}{holds.zh}{grade.zh}。 {centre.en} {holds.en} {grade.en}.")
    yield facts(
        (
            ("编号 Number", content.number),
            ("运营单位 Operator", both(content.operator)),
            ("等级 Grade", f"{both(content.grade)} ({both(content.grade_scale)})"),
            ("得分 Score", content.score),
            *((both(fact.label), both(fact.value)) for fact in content.facts),
        )
    )
    yield Heading("支柱 Pillars")
    pillars = tuple(
        (
            both(one.title),
            points_words(one.points) if one.points is not None else both(one.word or Text(zh="–", en="–")),
        )
        for one in content.pillars
    )
    yield Table(("支柱 Pillar", "得分 Points"), pillars, shares=(4, 1))
    yield Heading("测得的数值 Measured figures")
    headlines = tuple(
        (both(one.title), f"{one.value} {both(one.unit)}".rstrip(), one.window, one.quality)
        for one in content.headlines
    )
    heads = ("指标 Indicator", "测量值 Measured", "数据窗口 Window", "证据等级 Evidence grade")
    yield Table(heads, headlines, shares=(5, 3, 4, 2))
    yield Heading("条件 Conditions")
    for condition in content.conditions:
        yield Sentence(both(condition), listed=True)
    yield Heading("签发 Issued by")
    yield facts((both(fact.label), both(fact.value)) for fact in content.signatory)
    yield Sentence(both(content.standing))
    yield Heading("标识 What identifies it")
    yield facts(
        (
            ("查验地址 Verify at", content.verification_url),
            *((both(fact.label), both(fact.value)) for fact in content.fine_print),
        )
    )
