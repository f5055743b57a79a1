from __future__ import annotations

import datetime as dt
import io
import re
import unicodedata
from pathlib import Path

import pytest
from pypdf import PdfReader

from assessment.documents.content.certificate import certificate_content
from assessment.documents.fonts import SHIPPED, refuse_missing_glyphs
from assessment.documents.pdf import make_pdf
from assessment.documents.render import certificate_html, certificate_pdf
from assessment.scoring.result import Verdict
from centres.profile import FacilityProfile
from core.errors import DecisionBlocked, UserFacingError
from core.text import Text
from tests.assessment.documents.examples import (
    BLOCK,
    CAP,
    EDITION,
    INSTALLED,
    certificate,
    decision,
    profile,
    result,
)


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return certificate_pdf(certificate())


def text_of(pdf: bytes) -> str:
    """The text as it reads, without layout: line ends and the compatibility forms some readers give out."""
    raw = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", raw))


def squeezed(words: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", words))


def test_certificate_is_exactly_one_a4_page(pdf: bytes) -> None:
    pages = PdfReader(io.BytesIO(pdf)).pages
    assert len(pages) == 1
    assert [round(float(side)) for side in pages[0].mediabox[2:]] == [595, 842]


def test_every_word_of_the_content_stands_on_the_paper(pdf: bytes) -> None:
    content, text = certificate(), text_of(pdf)
    said = [
        content.centre,
        content.operator,
        content.statement,
        content.grade,
        content.standing,
        *content.conditions,
        *(fact.value for fact in (*content.facts, *content.fine_print, *content.signatory)),
    ]
    missing = [words for one in said for words in (one.zh, one.en) if squeezed(words) not in text]
    assert missing == []


def test_every_chinese_character_can_be_read_back(pdf: bytes) -> None:
    text = set(text_of(pdf))
    wanted = {sign for words in certificate().texts for sign in squeezed(words) if "一" <= sign <= "鿿"}
    assert wanted - text == set()


def test_all_fonts_are_embedded_and_ours(pdf: bytes) -> None:
    fonts = PdfReader(io.BytesIO(pdf)).pages[0]["/Resources"]["/Font"].values()
    descriptors = [font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"] for font in fonts]
    assert descriptors
    assert all("/FontFile3" in descriptor for descriptor in descriptors)
    assert all("Zhiheng" in str(descriptor["/FontName"]) for descriptor in descriptors)


def test_same_content_gives_the_same_bytes(pdf: bytes) -> None:
    assert certificate_pdf(certificate()) == pdf


def test_verification_address_stands_in_words_and_as_a_qr_code() -> None:
    html = certificate_html(certificate())
    assert html.count("https://zhiheng.example/certificates/ZH-2026-0001-C/") >= 2


def test_blocked_result_cannot_be_printed() -> None:
    with pytest.raises(DecisionBlocked) as caught:
        certificate_content(
            result(verdict=Verdict.BLOCKED, consequences=(BLOCK,)),
            edition=EDITION,
            profile=profile(),
            installed=INSTALLED,
            decision=decision(),
        )
    assert caught.value.code == "blocked_result"


def test_caps_and_default_shares_are_conditions() -> None:
    conditions = certificate(result=result(consequences=(CAP,))).conditions
    assert "封顶 二级（CE-4.1）：分配率 27.40 %，低于 30 %。" in [condition.zh for condition in conditions]
    assert "绿色低碳性 50.0 %" in conditions[-1].zh


def test_paper_speaks_of_assessment_unless_the_body_certifies() -> None:
    assert certificate().title == Text(zh="智算中心评价证书", en="Certificate of Assessment · AI Computing Centre")
    accredited = certificate(decision=decision(kind=Text(zh="认证", en="certification")))
    assert accredited.title.zh == "智算中心认证证书"


@pytest.mark.torture("T40", "rare character", "a missing glyph stops the paper")
def test_character_without_glyph_stops_the_paper_and_is_named() -> None:
    html = certificate_html(certificate(profile=profile(zh="𰻝面智算中心")))
    with pytest.raises(UserFacingError) as caught:
        refuse_missing_glyphs(html, fallback=())
    assert caught.value.code == "missing_glyph"
    assert "U+30EDD" in caught.value.message.en


@pytest.mark.torture("T40", "hostile name in the PDF")
@pytest.mark.parametrize("name", ["<img src=file:///etc/passwd>", "</title><style>*{display:none}", "{{ settings }}"])
def test_hostile_name_is_printed_as_text(name: str) -> None:
    pdf = certificate_pdf(certificate(profile=profile(zh=name, en=name)))
    assert squeezed(name) in text_of(pdf)


@pytest.mark.torture("T40", "nothing outside is read")
@pytest.mark.parametrize(
    "address", ["http://192.0.2.1/a.png", "file:///etc/hostname", "static:../pyproject.toml", "data:image/png,x"]
)
def test_nothing_outside_the_static_folder_is_fetched(address: str) -> None:
    with pytest.raises(UserFacingError) as caught:
        make_pdf(f'<html><title>x</title><body><img src="{address}" alt=""></body></html>')
    assert caught.value.code == "paper_not_made"
    assert "refused to fetch" in caught.value.message.en


def test_warning_of_the_typesetter_is_an_error() -> None:
    with pytest.raises(UserFacingError, match="no-such-property"):
        make_pdf("<html><title>x</title><style>p { no-such-property: 1 }</style><p>x</html>")


def test_longest_names_still_fit_one_page() -> None:
    long = profile(zh="很长的名称" * 16, en="A very long name " * 9)
    pdf = certificate_pdf(certificate(profile=long, result=result(consequences=(CAP, CAP, CAP))))
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 1
    assert squeezed(long.centre.name.zh) in text_of(pdf)


def test_a_decision_that_took_effect_later_still_fits_one_page() -> None:
    later = decision(effective_on=dt.date(2026, 6, 26))
    long = profile(zh="很长的名称" * 16, en="A very long name " * 9)
    pdf = certificate_pdf(certificate(decision=later, profile=long, result=result(consequences=(CAP, CAP, CAP))))
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 1
    for words in ("决定日期 Decided on 2026-06-18", "生效日期 Effective from 2026-06-26", "2026-06-26 – 2028-06-17"):
        assert squeezed(words) in text_of(pdf)


def test_names_as_long_as_a_profile_takes_them_fit_one_page() -> None:
    said = {"zh": ("很长的名称" * 40)[:200], "en": ("A very long name " * 12)[:200]}
    content = profile().model_dump(mode="json", by_alias=True, exclude_none=True)
    content["centre"]["name"] = content["operator"] = said
    long, later = FacilityProfile.model_validate(content), decision(effective_on=dt.date(2026, 6, 26))
    pdf = certificate_pdf(certificate(decision=later, profile=long, result=result(consequences=(CAP, CAP, CAP))))
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 1
    assert text_of(pdf).count(squeezed(said["zh"])) == 2


def test_text_that_cannot_fit_is_refused_instead_of_cut() -> None:
    with pytest.raises(UserFacingError) as caught:
        certificate_pdf(certificate(result=result(consequences=(CAP,) * 80)))
    assert caught.value.code == "wrong_page_count"


def test_shipped_fonts_hold_gb2312_and_have_their_licence() -> None:
    rows = (
        bytes((high, low)).decode("gb2312", errors="ignore") for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF)
    )
    refuse_missing_glyphs("".join(rows), fallback=())
    assert "SIL OPEN FONT LICENSE" in Path(SHIPPED[0].parent / "OFL.txt").read_text(encoding="utf-8")


def test_text_never_runs_into_the_foot_however_long_the_fine_print_is() -> None:
    wordy = decision(complaints=Text(zh="申诉由未参与此案的人员处理。" * 20, en="Handled by others. " * 20))
    page = PdfReader(io.BytesIO(certificate_pdf(certificate(decision=wordy)))).pages[0]
    heights: dict[str, float] = {}

    def note(text: str, matrix: list[float], text_matrix: list[float], *_: object) -> None:
        for words in ("保守默认值占支柱权重", "查验"):
            if words in unicodedata.normalize("NFKC", text):
                heights[words] = matrix[5] + matrix[3] * text_matrix[5]

    page.extract_text(visitor_text=note)
    assert set(heights) == {"保守默认值占支柱权重", "查验"}
    assert heights["保守默认值占支柱权重"] - heights["查验"] > 10
