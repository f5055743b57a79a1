"""Papers as HTML: content and charts into the templates of `templates/documents`, style sheets inline.

A template engine of its own, because a paper needs neither settings nor request.
"""

from __future__ import annotations

import re
from functools import lru_cache

import segno
from django.template import Context, Engine
from django.utils.safestring import SafeString, mark_safe

from assessment.documents import charts
from assessment.documents.content.certificate import CertificateContent
from assessment.documents.content.paper import Block, Paper, Table
from assessment.documents.content.ranked_report import RankedReportContent, RankedRow
from assessment.documents.content.visit_pack import VisitPack
from assessment.documents.content.words import points_words
from assessment.documents.drawing import INK
from assessment.documents.fonts import STATIC
from assessment.documents.pdf import make_pdf
from core.errors import UserFacingError

TEMPLATES, STYLES = STATIC.parent / "templates", STATIC / "css" / "papers"
_TIGHTEST = "tight tightest"  # for names as long as a profile takes them
_BEFORE_PERCENT = re.compile(r"(?<=\d) (?=%)")  # a line that ends there parts a figure from its unit


def certificate_pdf(content: CertificateContent) -> bytes:
    """The certificate on exactly one A4 page, set tighter only when it must be.

    Raises:
        UserFacingError: as `make_pdf`; `wrong_page_count` when it does not fit at the tightest setting.
    """
    for setting in ("", "tight"):
        try:
            return make_pdf(certificate_html(content, setting=setting), pages=1)
        except UserFacingError as refusal:
            if refusal.code != "wrong_page_count":
                raise
    return make_pdf(certificate_html(content, setting=_TIGHTEST), pages=1)


def ranked_report_pdf(content: RankedReportContent) -> bytes:
    return make_pdf(ranked_report_html(content))


def visit_pack_pdf(content: VisitPack) -> bytes:
    return make_pdf(visit_pack_html(content))


def paper_pdf(paper: Paper) -> bytes:
    """A paper of words and tables, in the same order as its Word document."""
    return make_pdf(paper_html(paper))


def paper_html(paper: Paper) -> str:
    return _html("plain", paper=paper, blocks=map(_block, paper.blocks), mark=_safe(charts.mark()))


def visit_pack_html(content: VisitPack) -> str:
    return _html("visit_pack", pack=content, mark=_safe(charts.mark()))


def certificate_html(content: CertificateContent, *, setting: str = "") -> str:
    return _html(
        "certificate",
        content=content,
        setting=setting,
        mark=_safe(charts.mark()),
        beam=_safe(
            charts.score_beam(
                content.score_points,
                title=content.score_finding,
                levels=content.levels,
                awarded=content.awarded_level,
                interval=content.spread.firmness.score if content.spread else None,
                limits=content.limits,
            )
        ),
        pillars=[
            (
                pillar,
                pillar.look,
                _safe(charts.pillar_beam(pillar, limits=content.limits)),
                charts.points_or_word(pillar),
            )
            for pillar in content.pillars
        ],
        qr=_safe(qr_code(content.verification_url)),
    )


def ranked_report_html(content: RankedReportContent) -> str:
    return _html(
        "ranked_report",
        content=content,
        mark=_safe(charts.mark()),
        looks=[charts.PILLAR_LOOKS[pillar.code] for pillar in content.pillars if pillar.code in charts.PILLAR_LOOKS],
        median_pillars=[
            (
                pillar,
                pillar.look,
                _safe(charts.pillar_beam(pillar, limits=content.limits)),
                charts.points_or_word(pillar),
            )
            for pillar in content.pillars
        ],
        grades=[
            (grade, str(count), _safe(charts.count_bar(share, title=f"{grade.zh} {count}")))
            for grade, count, share in content.grades
        ],
        ranked=[_with_charts(row, content.limits, last=len(content.ranked)) for row in content.ranked],
        blocked=[_with_charts(row, content.limits, last=0) for row in content.blocked],
    )


def qr_code(address: str) -> str:
    """The address as a QR code (SVG, error correction M) that a photocopy survives."""
    return str(segno.make(address, error="m", micro=False).svg_inline(border=0, omitsize=True, title=address, dark=INK))


def _block(block: Block) -> dict[str, object]:
    told: dict[str, object] = {"kind": type(block).__name__.lower(), "block": block}
    if not isinstance(block, Table):
        return told
    on_the_right = block.of_figures
    heads = list(zip(block.heads, on_the_right, strict=False))  # no head at all, or one a column
    rows = [list(zip(row, on_the_right, strict=True)) for row in block.rows]
    return told | {"heads": heads, "rows": rows}


def _with_charts(row: RankedRow, limits: tuple[int, ...], *, last: int) -> dict[str, object]:
    title = f"{row.name.zh} {row.score}"
    firm = row.firmness
    return {
        "row": row,
        "beam": _safe(
            charts.small_beam(row.score_points, title=title, interval=firm.score if firm else None, limits=limits)
        ),
        "tied": charts.TIED[row.bracket],
        "whisker": _safe(
            charts.rank_whisker(
                int(row.rank), interval=firm.rank, last=last, title=f"{row.name.zh} {row.rank} ({row.rank_interval})"
            )
        )
        if firm
        else "",
        "pillars": [points_words(pillar.points) for pillar in row.pillars],
    }


def _html(paper: str, /, **words: object) -> str:
    style = "\n".join((STYLES / f"{sheet}.css").read_text(encoding="utf-8") for sheet in ("paper", paper))
    html = _engine().get_template(f"documents/{paper}.html").render(Context({"style": _safe(style), **words}))
    return _BEFORE_PERCENT.sub("\N{NO-BREAK SPACE}", html)


@lru_cache(maxsize=1)
def _engine() -> Engine:
    return Engine(dirs=[str(TEMPLATES)], libraries={"words": "operations.templatetags.words"}, autoescape=True)


def _safe(markup: str) -> SafeString:
    return mark_safe(markup)  # noqa: S308  (made by our own functions, which escape every word)
