"""The typesetter: one process that lives on, one fork per paper, and no paper that knows of another."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

import pytest
from pypdf import PdfReader

from assessment.documents import pdf
from assessment.documents.pdf import make_pdf
from core.errors import UserFacingError
from core.forking import Forker

SHORT = "<!DOCTYPE html><html lang='zh-Hans'><title>智衡</title><p>智衡</html>"
LONG = "<!DOCTYPE html><html lang='zh-Hans'><title>智衡</title>" + "<p style='height: 20cm'>智衡</p>" * 2 + "</html>"


@pytest.fixture
def typesetter(monkeypatch: pytest.MonkeyPatch) -> Forker:
    monkeypatch.setenv("ZHIHENG_SECRET_KEY", "never handed on")
    own = Forker("assessment.documents.typeset", kept=("HOME",))
    monkeypatch.setattr(pdf, "_TYPESETTER", own)
    return own


def pid(typesetter: Forker) -> int:
    assert typesetter._process is not None
    return typesetter._process.pid


def test_later_paper_of_a_typesetter_has_the_bytes_it_would_have_had_as_the_first(typesetter: Forker) -> None:
    first = make_pdf(SHORT)
    make_pdf(LONG)
    worker = pid(typesetter)
    assert make_pdf(SHORT) == first
    assert pid(typesetter) == worker


def test_lost_typesetter_is_started_again(typesetter: Forker) -> None:
    first = make_pdf(SHORT)
    assert typesetter._process is not None
    typesetter._process.kill()
    typesetter._process.wait()
    assert make_pdf(SHORT) == first


def test_typesetter_gets_no_secret(typesetter: Forker) -> None:
    make_pdf(SHORT)
    environment = Path(f"/proc/{pid(typesetter)}/environ")
    if not environment.exists():
        pytest.skip("no /proc")
    assert b"ZHIHENG" not in environment.read_bytes()


def test_paper_of_more_pages_than_it_may_have_is_refused() -> None:
    assert len(PdfReader(io.BytesIO(make_pdf(SHORT, pages=1))).pages) == 1
    with pytest.raises(UserFacingError) as caught:
        make_pdf(LONG, pages=1)
    assert caught.value.code == "wrong_page_count"


def test_paper_leaves_no_file_behind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    make_pdf(SHORT)
    assert list(tmp_path.iterdir()) == []
