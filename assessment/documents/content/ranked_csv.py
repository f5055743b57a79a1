"""The ranked report as rows: the columns of its CSV, and what they are called where people read them."""

from __future__ import annotations

import csv
import io

from assessment.documents.content.ranked_report import RankedReportContent
from assessment.documents.content.words import NOTHING, points_words
from assessment.scoring.firmness import Firmness
from core.text import Text

# The columns of the CSV, and what they are called where people read them; the pillars stand before `defaulted_most`.
COLUMNS = {
    "rank": Text(zh="名次", en="Rank"),
    "rank_low": Text(zh="名次下限", en="Rank from"),
    "rank_high": Text(zh="名次上限", en="Rank to"),
    "tie_group": Text(zh="并列组", en="Tie group"),
    "peer_rank": Text(zh="组内名次", en="Rank in group"),
    "centre": Text(zh="标识", en="Identifier"),
    "name_zh": Text(zh="中心", en="Centre (Chinese)"),
    "name_en": Text(zh="中心（英文）", en="Centre (English)"),
    "province_zh": Text(zh="地区", en="Region (Chinese)"),
    "province_en": Text(zh="地区（英文）", en="Region (English)"),
    "peer_group_zh": Text(zh="同类组", en="Peer group (Chinese)"),
    "peer_group_en": Text(zh="同类组（英文）", en="Peer group (English)"),
    "grade_zh": Text(zh="等级", en="Grade (Chinese)"),
    "grade_en": Text(zh="等级（英文）", en="Grade (English)"),
    "score": Text(zh="得分", en="Score"),
    "score_low": Text(zh="得分下限", en="Score from"),
    "score_high": Text(zh="得分上限", en="Score to"),
    "within_uncertainty_of": Text(zh="不确定度内的等级线", en="Grade lines within uncertainty"),
    "defaulted_most": Text(zh="默认值最多占一个支柱的", en="Most of one pillar by default"),
    "certificate": Text(zh="证书", en="Certificate"),
    "standing_zh": Text(zh="证书状态", en="State of the certificate (Chinese)"),
    "standing_en": Text(zh="证书状态（英文）", en="State of the certificate (English)"),
    "remarks_zh": Text(zh="备注", en="Remarks (Chinese)"),
    "remarks_en": Text(zh="备注（英文）", en="Remarks (English)"),
}


def ranked_csv(content: RankedReportContent) -> str:
    """The same rows and figures as the paper prints, as CSV.

    Every cell is text: a cell that a spreadsheet would take for a formula gets a leading apostrophe.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    rows = (*content.ranked, *content.blocked)
    columns = list(COLUMNS)
    before = columns.index("defaulted_most")
    codes = [pillar.code for pillar in rows[0].pillars] if rows else []
    writer.writerow([*columns[:before], *codes, *columns[before:]])
    for row in rows:
        cells = (
            *(row.rank, *_rank_cells(row.firmness), row.peer_rank, row.slug),
            *(words for both in (row.name, row.place, row.peer_group, row.grade) for words in (both.zh, both.en)),
            *(row.score, *_score_cells(row.firmness)),
            *(points_words(pillar.points) for pillar in row.pillars),
            *(row.defaulted, row.certificate, row.standing.zh, row.standing.en),
            *("；".join(remark.zh for remark in row.remarks), "; ".join(remark.en for remark in row.remarks)),
        )
        writer.writerow([_as_text("" if cell == NOTHING else cell) for cell in cells])
    return out.getvalue()


def _rank_cells(firmness: Firmness | None) -> tuple[str, ...]:
    if firmness is None:
        return ("", "", "")
    return (*(str(end) for end in firmness.rank), str(firmness.tie_group))


def _score_cells(firmness: Firmness | None) -> tuple[str, ...]:
    if firmness is None:
        return ("", "", "")
    return (*(points_words(end) for end in firmness.score), " ".join(line.grade for line in firmness.lines))


def _as_text(cell: str) -> str:
    return "'" + cell if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
