"""The ranked report as a Word document: the content of the paper, to be quoted from and written on in."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Sequence

from docx import Document
from docx.document import Document as Word
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Emu, Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import _Row as Row

from assessment.documents.content.ranked_report import RankedReportContent, RankedRow
from assessment.documents.content.words import NOTHING, points_words
from core.text import Text

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_CHINESE, _BOLD, _LATIN = "SimSun", "SimHei", "Times New Roman"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_PAGE, _MARGIN = (Mm(297), Mm(210)), Mm(18)
_WIDTH = _PAGE[0] - 2 * _MARGIN
_FIGURE = re.compile(r"[+−-]?\d[\d.–]*( ?(%|[A-Za-z/]+))?")


def ranked_report_docx(content: RankedReportContent) -> bytes:
    """The same rows and figures as the PDF and the CSV; the same content gives the same bytes."""
    word = Document()
    _set_up(word, content)
    word.add_heading(_text(content.title.zh), level=0)
    word.add_paragraph(_text(content.title.en))
    _table(word, (), [(_both(fact.label), _both(fact.value)) for fact in content.query], shares=(1, 3))
    word.add_paragraph(_both(content.standing))
    word.add_paragraph(f"{_both(content.body)}  {content.made_on}")
    _summary(word, content)
    _ranking(word, content)
    _method(word, content)
    _annex(word, content)
    out = io.BytesIO()
    word.save(out)
    return _same_bytes(out.getvalue())


def _summary(word: Word, content: RankedReportContent) -> None:
    _heading(word, "概要", "Summary", level=1)
    _table(word, (), [(_both(finding.words), finding.figure) for finding in content.findings], shares=(4, 1))
    for sentence in content.sentences:
        word.add_paragraph(_both(sentence), style="List Bullet")
    _heading(word, "各等级的中心数", "Centres by grade", level=2)
    grades = [(_both(grade), str(count)) for grade, count, _ in content.grades]
    _table(word, ("等级 Grade", "中心 Centres"), grades, shares=(4, 1))
    _heading(word, "各支柱的中位数", "Median of each pillar", level=2)
    word.add_paragraph(_both(content.medians_of))
    rows = [(_both(pillar.title), points_words(pillar.points)) for pillar in content.pillars]
    _table(word, ("支柱 Pillar", "得分 Points"), rows, shares=(4, 1))


def _ranking(word: Word, content: RankedReportContent) -> None:
    _heading(word, "排名", "Ranking", level=1)
    pillars = [pillar.code for pillar in (*content.ranked, *content.blocked)[0].pillars] if _rows(content) else []
    interval = ("区间 5–95 %",) if content.varied else ()
    headings = (
        *("名次 Rank", *interval, "中心 Centre", "同类组 Peer group", "组内 In group", "等级 Grade", "得分 Score"),
        *(*pillars, "证书 Certificate", "备注 Remarks"),
    )
    rows = [_ranked_row(row, varied=content.varied is not None) for row in content.ranked]
    shares = (6, *((6,) if interval else ()), 15, 11, 6, 6, 6, *(6 for _ in pillars), 9, 16)
    _table(word, headings, rows, shares=shares)
    if content.blocked:
        _heading(word, "不排名的中心", "Listed without a rank", level=2)
        without = [(_both(row.name), _remarks(row), *_pillars(row)) for row in content.blocked]
        _table(word, ("中心 Centre", "原因 Reason", *pillars), without, shares=(14, 40, *(5 for _ in pillars)))


def _method(word: Word, content: RankedReportContent) -> None:
    _heading(word, "排序、方法与限度", "Order, method and limits", level=1)
    for zh, en, sentences in (
        ("一、排序与并列", "Order and ties", content.order),
        ("二、方法、覆盖与限度", "Method, coverage and limits", content.method),
    ):
        _heading(word, zh, en, level=2)
        for number, sentence in enumerate(sentences, start=1):
            word.add_paragraph(f"{number}. {_both(sentence)}")


def _annex(word: Word, content: RankedReportContent) -> None:
    _heading(word, "附录：数据窗口与摘要", "Annex: windows and digests", level=1)
    rows = [(_both(row.name), row.window, row.inputs_digest, row.result_digest) for row in content.annex]
    headings = ("中心 Centre", "数据窗口 Window", "输入摘要 Inputs digest", "结果摘要 Result digest")
    _table(word, headings, rows, shares=(6, 5, 8, 8))
    _table(word, (), [(_both(fact.label), _both(fact.value)) for fact in content.fine_print], shares=(1, 3))


def _rows(content: RankedReportContent) -> bool:
    return bool(content.ranked or content.blocked)


def _ranked_row(row: RankedRow, *, varied: bool) -> tuple[str, ...]:
    interval = (row.rank_interval,) if varied else ()
    before = (row.rank, *interval, f"{_both(row.name)}\n{_both(row.place)}", _both(row.peer_group), row.peer_rank)
    return (*before, _both(row.grade), row.score, *_pillars(row), row.certificate, _remarks(row))


def _pillars(row: RankedRow) -> tuple[str, ...]:
    return tuple(points_words(pillar.points) for pillar in row.pillars)


def _remarks(row: RankedRow) -> str:
    return "\n".join(_both(remark) for remark in row.remarks) or NOTHING


def _heading(word: Word, zh: str, en: str, *, level: int) -> None:
    word.add_heading(f"{zh} {en}", level=level)


def _table(word: Word, headings: Sequence[str], rows: Iterable[Sequence[str]], *, shares: Sequence[int]) -> None:
    """A table whose head repeats on every page and whose rows stay on one; nothing for no rows.

    Args:
        shares: of the page's width, one a column; without them every column is as wide as the next.
    """
    given = [tuple(row) for row in rows]
    if not given:
        return
    table = word.add_table(rows=0, cols=len(given[0]), style="Table Grid")
    table.autofit = False
    widths = [Emu(_WIDTH * share // sum(shares)) for share in shares]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for row in (*((tuple(headings),) if headings else ()), *given):
        added = table.add_row()
        _mark(added, "cantSplit")
        for cell, width, value in zip(added.cells, widths, row, strict=True):
            cell.width, cell.text = width, _text(value)
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(1.5)
            if _FIGURE.fullmatch(value):
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if headings:
        _mark(table.rows[0], "tblHeader")
        for cell in table.rows[0].cells:
            for run in cell.paragraphs[0].runs:
                run.bold = True
    word.add_paragraph()


def _mark(row: Row, word: str) -> None:
    """What a row is asked for by a word of OOXML that python-docx has no name for."""
    properties = row._tr.get_or_add_trPr()
    properties.append(properties.makeelement(qn(f"w:{word}"), {qn("w:val"): "true"}))


def _both(text: Text) -> str:
    return text.zh if text.zh == text.en else f"{text.zh} {text.en}"


def _text(words: str) -> str:
    """Without the control characters XML cannot hold."""
    return _ILLEGAL.sub("�", words)


def _set_up(word: Word, content: RankedReportContent) -> None:
    section = word.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = _PAGE
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = _MARGIN
    normal = word.styles["Normal"]
    normal.font.size = Pt(9)
    for name, chinese in (("Normal", _CHINESE), *((f"Heading {level}", _BOLD) for level in (1, 2)), ("Title", _BOLD)):
        _set_font(word.styles[name], chinese)
    _number_pages(section)
    made = dt.datetime.combine(dt.date.fromisoformat(content.made_on), dt.time())
    properties = word.core_properties
    properties.title, properties.author = _text(content.title.zh), _text(content.body.zh)
    properties.created = properties.modified = made
    properties.last_modified_by, properties.comments = "", ""


def _set_font(style: ParagraphStyle, chinese: str) -> None:
    """Ink, and fonts by name; headings come with those of a theme, which has none for Chinese."""
    style.font.name, style.font.color.rgb = _LATIN, RGBColor(0x1C, 0x27, 0x33)
    fonts = style.element.rPr.rFonts
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), chinese)


def _number_pages(section: Section) -> None:
    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    field = paragraph._p.makeelement(qn("w:fldSimple"), {qn("w:instr"): "PAGE"})
    paragraph._p.append(field)


def _same_bytes(document: bytes) -> bytes:
    """The archive without the time it was packed at."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document)) as packed, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as again:
        for name in packed.namelist():
            again.writestr(zipfile.ZipInfo(name, _EPOCH), packed.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()
