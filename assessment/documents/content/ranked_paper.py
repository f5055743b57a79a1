"""The ranked report as a paper to quote from and to write on in: the rows and figures of its PDF and its CSV."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from assessment.documents.content.paper import Block, Heading, Paper, Sentence, Table, both, facts
from assessment.documents.content.ranked_report import RankedReportContent, RankedRow
from assessment.documents.content.words import NOTHING, points_words


def ranked_paper(content: RankedReportContent) -> Paper:
    return Paper(
        title=content.title.zh,
        below_title=content.title.en,
        author=content.body.zh,
        made_on=dt.date.fromisoformat(content.made_on),
        blocks=(*_query(content), *_summary(content), *_ranking(content), *_method(content), *_annex(content)),
        wide=True,
    )


def _query(content: RankedReportContent) -> Iterator[Block]:
    yield facts((both(fact.label), both(fact.value)) for fact in content.query)
    yield Sentence(both(content.standing))
    yield Sentence(f"{both(content.body)}  {content.made_on}")


def _summary(content: RankedReportContent) -> Iterator[Block]:
    yield Heading("概要 Summary")
    yield Table((), tuple((both(finding.words), finding.figure) for finding in content.findings), shares=(4, 1))
    for sentence in content.sentences:
        yield Sentence(both(sentence), listed=True)
    yield Heading("各等级的中心数 Centres by grade", level=2)
    grades = tuple((both(grade), str(count)) for grade, count, _ in content.grades)
    yield Table(("等级 Grade", "中心 Centres"), grades, shares=(4, 1))
    yield Heading("各支柱的中位数 Median of each pillar", level=2)
    yield Sentence(both(content.medians_of))
    medians = tuple((both(pillar.title), points_words(pillar.points)) for pillar in content.pillars)
    yield Table(("支柱 Pillar", "得分 Points"), medians, shares=(4, 1))


def _ranking(content: RankedReportContent) -> Iterator[Block]:
    yield Heading("排名 Ranking")
    rows = (*content.ranked, *content.blocked)
    pillars = [pillar.code for pillar in rows[0].pillars] if rows else []
    interval = ("区间 5–95 %",) if content.varied else ()
    headings = (
        *("名次 Rank", *interval, "中心 Centre", "同类组 Peer group", "组内 In group", "等级 Grade", "得分 Score"),
        *(*pillars, "证书 Certificate", "备注 Remarks"),
    )
    shares = (6, *((6,) if interval else ()), 15, 11, 6, 6, 6, *(6 for _ in pillars), 9, 16)
    varied = content.varied is not None
    yield Table(headings, tuple(_ranked_row(row, varied=varied) for row in content.ranked), shares=shares)
    if content.blocked:
        yield Heading("不排名的中心 Listed without a rank", level=2)
        without = tuple((both(row.name), _remarks(row), *_pillars(row)) for row in content.blocked)
        yield Table(("中心 Centre", "原因 Reason", *pillars), without, shares=(14, 40, *(5 for _ in pillars)))


def _method(content: RankedReportContent) -> Iterator[Block]:
    yield Heading("排序、方法与限度 Order, method and limits")
    for title, sentences in (
        ("一、排序与并列 Order and ties", content.order),
        ("二、方法、覆盖与限度 Method, coverage and limits", content.method),
    ):
        yield Heading(title, level=2)
        for number, sentence in enumerate(sentences, start=1):
            yield Sentence(f"{number}. {both(sentence)}")


def _annex(content: RankedReportContent) -> Iterator[Block]:
    yield Heading("附录：数据窗口与摘要 Annex: windows and digests")
    rows = tuple((both(row.name), row.window, row.inputs_digest, row.result_digest) for row in content.annex)
    headings = ("中心 Centre", "数据窗口 Window", "输入摘要 Inputs digest", "结果摘要 Result digest")
    yield Table(headings, rows, shares=(6, 5, 8, 8))
    yield facts((both(fact.label), both(fact.value)) for fact in content.fine_print)


def _ranked_row(row: RankedRow, *, varied: bool) -> tuple[str, ...]:
    interval = (row.rank_interval,) if varied else ()
    before = (row.rank, *interval, f"{both(row.name)}\n{both(row.place)}", both(row.peer_group), row.peer_rank)
    return (*before, both(row.grade), row.score, *_pillars(row), row.certificate, _remarks(row))


def _pillars(row: RankedRow) -> tuple[str, ...]:
    return tuple(points_words(pillar.points) for pillar in row.pillars)


def _remarks(row: RankedRow) -> str:
    return "\n".join(both(remark) for remark in row.remarks) or NOTHING
