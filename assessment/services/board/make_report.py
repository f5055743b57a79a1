"""A ranked report: the order as it stands is written down at once, the papers follow by a job."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from assessment.documents.content.ranked_csv import ranked_csv
from assessment.documents.content.ranked_paper import ranked_paper
from assessment.documents.content.ranked_report import RankedCentre, RankedReportContent, ranked_report_content
from assessment.documents.content.words import CLASSES, TIERS, Fact, same
from assessment.documents.fonts import refuse_words_without_glyphs
from assessment.documents.ranked_xlsx import ranked_report_xlsx
from assessment.documents.render import ranked_report_pdf
from assessment.documents.word import paper_docx
from assessment.models import RankedReport, StoredResult
from assessment.paper_selectors import edition_words, installed
from assessment.ranking_selectors import RankingQuery, order
from assessment.scoring.firmness import Firmness
from assessment.services.papers import keep_paper
from assessment.services.results.firmness import firmness_among
from centres.models import Person
from centres.selectors import personal_scope
from core.text import Text
from indicators.models import Edition
from operations import audit
from operations.jobs import enqueue

TASK = "assessment.make_report"
TITLE = Text(zh="智算中心评价排名报告", en="Ranked report on AI computing centres")


@transaction.atomic
def make_report(*, edition: Edition, query: RankingQuery, person: Person, title: Text | None = None) -> RankedReport:
    """Write down the ranking this person sees now, and ask for its papers.

    Raises:
        PermissionDenied: not a regulator, of the body, or an administrator.
        UserFacingError: `missing_glyph`: a title that no paper can show is not asked for.
    """
    if not person.has_perm("assessment.make_report"):
        raise PermissionDenied
    title = title or TITLE
    refuse_words_without_glyphs(title.zh + title.en)
    lines = order(person, edition=edition, query=query)
    tried = firmness_among(lines, edition=edition)
    firm = tried.of if tried else {}
    report = RankedReport(
        title_zh=title.zh,
        title_en=title.en,
        edition=edition,
        query=query.as_json(),
        rows=[
            {
                "result": line.pk,
                "rank": line.place.rank,
                "peer_rank": line.place.peer_rank,
                "certificate": line.certificate,
                "standing": line.standing,
                "case": line.case,
                "firmness": found.as_json() if (found := firm.get(line.slug)) else None,
            }
            for line in lines
        ],
        varied=tried.varied.as_json() if tried and firm else {},
        made_on=timezone.localdate(),
        made_by=person,
    )
    report.job = enqueue(TASK, subject=f"report/{report.pk}", scope=personal_scope(person), report=str(report.pk))
    report.full_clean(exclude=["query", "rows", "varied"])
    report.save(force_insert=True)
    audit.record(
        actor=person,
        act="report.make",
        subject=f"report/{report.pk}",
        details={"query": report.query, "edition": edition.digest, "rows": len(report.rows)},
    )
    return report


def make_report_papers(report_id: str) -> RankedReport:
    """All papers of a written-down ranking, from one content; done again PDF, CSV and Word are the same bytes."""
    report = RankedReport.objects.select_related("edition").get(pk=report_id)
    content = content_of(report)
    report.pdf_sha256 = keep_paper(ranked_report_pdf(content))
    report.csv_sha256 = keep_paper(ranked_csv(content).encode("utf-8-sig"))  # the mark tells spreadsheets it is UTF-8
    report.xlsx_sha256 = keep_paper(ranked_report_xlsx(content))
    report.docx_sha256 = keep_paper(paper_docx(ranked_paper(content)))
    report.save(update_fields=["pdf_sha256", "csv_sha256", "xlsx_sha256", "docx_sha256"])
    return report


def content_of(report: RankedReport) -> RankedReportContent:
    found = StoredResult.objects.select_related("profile_version").in_bulk([row["result"] for row in report.rows])
    centres = []
    for row in report.rows:
        stored = found[row["result"]]
        profile = stored.profile_version.profile
        centres.append(
            RankedCentre(
                profile=profile,
                installed=installed(profile),
                result=stored.result,
                rank=row["rank"],
                peer_rank=row["peer_rank"],
                certificate=row["certificate"],
                standing=row.get("standing"),
                case=row.get("case", ""),
                firmness=Firmness.from_json(kept) if (kept := row.get("firmness")) else None,
            )
        )
    return ranked_report_content(
        centres,
        title=report.title,
        query=_query_facts(report),
        edition=edition_words(report.edition),
        body=Text(**settings.BODY_NAME),
        made_on=report.made_on,
        varied=Text(**report.varied) if report.varied else None,
    )


def _query_facts(report: RankedReport) -> list[Fact]:
    """The query in words, as the cover prints it."""
    query = report.query
    tiers = {tier.value: words for tier, words in TIERS.items()}
    classes = {kind.value: words for kind, words in CLASSES.items()}
    everything = Text(zh="不限", en="any")
    words = edition_words(report.edition)
    return [
        Fact(
            Text(zh="范围", en="Scope"),
            Text(zh="已评价的智算中心，每个中心取最近一次结果", en="assessed centres, the newest result of each"),
        ),
        Fact(Text(zh="地区", en="Province"), same(query["province"]) if "province" in query else everything),
        Fact(Text(zh="规模", en="Scale tier"), tiers.get(query.get("scale_tier", ""), everything)),
        Fact(Text(zh="类别", en="Class"), classes.get(query.get("class", ""), everything)),
        Fact(
            Text(zh="评分细则", en="Rubric edition"),
            Text(zh=f"{words.title.zh} {words.edition}", en=f"{words.title.en}, edition {words.edition}"),
        ),
        Fact(Text(zh="截至", en="As of"), same(report.made_on.isoformat())),
    ]
