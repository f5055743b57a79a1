"""Papers as Word documents, to be quoted from and written on in: one renderer for all of them."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

from docx import Document
from docx.document import Document as Word
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Emu, Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import _Row as Row

from assessment.documents.content.paper import Heading, Paper, Sentence, Table
from core.text import fit_for_xml

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_CHINESE, _BOLD, _LATIN = "SimSun", "SimHei", "Times New Roman"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_SHEET, _MARGIN, _PEN = (Mm(210), Mm(297)), Mm(18), Mm(10)


def paper_docx(paper: Paper) -> bytes:
    """A paper as a Word document; the same paper gives the same bytes."""
    word = Document()
    width = _set_up(word, paper)
    word.add_heading(fit_for_xml(paper.title), level=0)
    if paper.below_title:
        word.add_paragraph(fit_for_xml(paper.below_title))
    for block in paper.blocks:
        match block:
            case Heading():
                word.add_heading(fit_for_xml(block.words), level=block.level)
            case Sentence():
                word.add_paragraph(fit_for_xml(block.words), style="List Bullet" if block.listed else None)
            case Table() if block.rows:
                _table(word, block, width=width)
    out = io.BytesIO()
    word.save(out)
    return _same_bytes(out.getvalue())


def _table(word: Word, given: Table, *, width: int) -> None:
    """The head repeats on every page, and rows stay on one."""
    heads = (given.heads,) if given.heads else ()
    table = word.add_table(rows=0, cols=len(given.rows[0]), style="Table Grid")
    table.autofit = False
    shares = given.shares or (1,) * len(given.rows[0])
    widths, on_the_right = [Emu(width * share // sum(shares)) for share in shares], given.of_figures
    for column, wide in zip(table.columns, widths, strict=True):
        column.width = wide
    for row in (*heads, *given.rows):
        added = table.add_row()
        _mark(added, "cantSplit")
        if given.to_write and row is not given.heads:
            added.height = _PEN
        for cell, wide, value, right in zip(added.cells, widths, row, on_the_right, strict=True):
            cell.width, cell.text = wide, fit_for_xml(value)
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(1.5)
            if right:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if heads:
        _mark(table.rows[0], "tblHeader")
        for cell in table.rows[0].cells:
            for run in cell.paragraphs[0].runs:
                run.bold = True
    word.add_paragraph()


def _mark(row: Row, word: str) -> None:
    """What a row is asked for by a word of OOXML that python-docx has no name for."""
    properties = row._tr.get_or_add_trPr()
    properties.append(properties.makeelement(qn(f"w:{word}"), {qn("w:val"): "true"}))


def _set_up(word: Word, paper: Paper) -> int:
    """Page, fonts and properties; how wide what stands on the page may be."""
    section = word.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE if paper.wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = sheet = _SHEET[::-1] if paper.wide else _SHEET
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = _MARGIN
    normal = word.styles["Normal"]
    normal.font.size = Pt(9 if paper.wide else 10.5)
    _set_font(normal, _CHINESE)
    for name in ("Title", "Heading 1", "Heading 2", "Heading 3"):
        _set_font(word.styles[name], _BOLD)
    _number_pages(section)
    if paper.remark:
        section.header.paragraphs[0].add_run(fit_for_xml(paper.remark)).bold = True
    made = dt.datetime.combine(paper.made_on, dt.time())
    properties = word.core_properties
    properties.title, properties.author = fit_for_xml(paper.title), fit_for_xml(paper.author)
    properties.created = properties.modified = made
    properties.last_modified_by, properties.comments = "", ""
    return sheet[0] - 2 * _MARGIN


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
