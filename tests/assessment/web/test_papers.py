"""Somebody holds a paper: the page says what the register says, and whether the file is the one that was issued."""

from __future__ import annotations

import datetime as dt
import hashlib
import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from assessment.models import Assessment, Certificate
from assessment.services.application.open_assessment import open_assessment
from assessment.services.application.submit import submit
from assessment.services.certificates import life as certificate_life
from assessment.services.certificates.issue import content_of
from assessment.services.decision.decide import decide
from assessment.services.decision.review import review
from assessment.services.evaluation.evaluate import evaluate
from assessment.services.results.score import score_package
from centres.models import Centre, Person, Role
from indicators.models import Edition
from tests.assessment.conftest import add_centre
from tests.assessment.web.test_results import as_person  # noqa: F401  (the fixture)
from tests.operations.triggers import without_rule

pytestmark = pytest.mark.django_db
Visit = Callable[..., Client]
PAPER = b"%PDF-1.7 as it was issued"
OTHER = b"%PDF-1.7 of another centre"
INNER = "what only the body reads"


@pytest.fixture
def certificate(centre: Centre, issued: Callable[..., Certificate], olu: Person) -> Certificate:
    return issued(centre, olu, PAPER)


@pytest.fixture
def issued(
    edition: Edition, measured: dict[str, str], ana: Person, ravi: Person, deng: Person
) -> Callable[..., Certificate]:
    """A certificate of a centre, its paper being these bytes."""

    def made(centre: Centre, owner: Person, paper: bytes) -> Certificate:
        case = open_assessment(centre, edition=edition, person=owner)
        score_package(submit(case, person=owner))
        evaluate(case, person=ana, reason="x")
        review(case, person=ravi, reason="x")
        decide(case, person=deng, certify=True, reason=INNER)
        found = Certificate.objects.get(assessment=case)
        found.pdf_sha256 = hashlib.sha256(paper).hexdigest()
        found.save()
        return found

    return made


def words(page: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page.content.decode())))


def compare(visitor: Client, file: bytes, *, number: str = "") -> Any:
    given = {"file": SimpleUploadedFile("certificate.pdf", file), "number": number}
    return visitor.post("/certificates/", given)


def standing(visitor: Client, certificate: Certificate) -> str:
    page = visitor.get(f"/certificates/{certificate.number}/")
    found = re.search(r'<div class="standing.*?</div>\s*</div>', page.content.decode(), re.DOTALL)
    assert found is not None
    on_one_line = re.sub(r'<span class="nowrap">(.*?)</span>', r"\1", found[0])
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", on_one_line)))


@pytest.mark.torture("T40", "altered: one byte", "altered: pages appended")
@pytest.mark.parametrize("altered", [b"x" + PAPER[1:], PAPER[:-1] + b"D", PAPER + b"\n%%EOF another page", PAPER[:-1]])
def test_a_paper_that_was_changed_is_called_altered(
    certificate: Certificate, as_person: Visit, altered: bytes  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    page = compare(as_person(language="en"), altered, number=certificate.number)
    assert page.status_code == 200
    assert "Altered" in words(page)
    assert "As it was issued" not in words(page)


@pytest.mark.parametrize("named", [True, False])
def test_the_paper_that_was_issued_is_known_to_the_byte(
    certificate: Certificate, as_person: Visit, named: bool  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    page = compare(as_person(language="en"), PAPER, number=certificate.number if named else "")
    assert "As it was issued" in words(page)
    assert certificate.number in words(page)


@pytest.mark.torture("T40", "not this centre")
def test_a_number_or_code_copied_from_another_centre_is_told(
    certificate: Certificate, issued: Callable[..., Certificate], person: Callable[..., Person], as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    owner = person("other")
    theirs = issued(add_centre("demo-other", owner=owner, zh="另一中心（虚构）"), owner, OTHER)
    visitor = as_person(language="en")
    page = words(compare(visitor, OTHER, number=certificate.number))
    assert "Not this centre" in page
    assert theirs.number in page
    # Whoever only scans the code reads whose it is.
    holder = content_of(certificate).centre.en
    scanned = words(visitor.get(f"/certificates/{certificate.number}/"))
    assert f"It was issued to {holder}: a paper that names another centre bears a copied number or code." in scanned


@pytest.mark.torture("T40", "unknown", "mistyped")
def test_what_the_register_does_not_know_is_said_to_be_unknown(certificate: Certificate, as_person: Visit) -> None:  # noqa: F811  (the fixture)
    visitor = as_person(language="en")
    assert compare(visitor, b"anything", number="").status_code == 404
    assert "Not a paper that was issued" in words(compare(visitor, b"anything", number="no number"))
    assert compare(visitor, b"", number=certificate.number).status_code == 422
    nothing = visitor.post("/certificates/", {"number": "\0"})
    assert (nothing.status_code, "Choose the file." in words(nothing)) == (422, True)
    for number in ("A" * 61, "\0"):
        assert "As it was issued" in words(compare(visitor, PAPER, number=number))
        assert "Not a paper that was issued" in words(compare(visitor, b"anything", number=number))
    mistyped = visitor.get(f"/certificates/{certificate.number[:-1]}{'A' if certificate.number[-1] != 'A' else 'B'}/")
    assert (mistyped.status_code, "cannot be a certificate number" in words(mistyped)) == (404, True)


@pytest.mark.torture("T40", "expired on", "suspended", "withdrawn on", "the reason allowed to be public")
def test_a_certificate_that_ended_says_when_and_why_as_far_as_everybody_may_know(
    certificate: Certificate, ana: Person, deng: Person, person: Callable[..., Person], as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    visitor, today = as_person(language="en"), timezone.localdate().isoformat()
    certificate_life.suspend(certificate, person=deng, reason=INNER)
    assert f"Suspended on {today}, until its cause is mended." in standing(visitor, certificate)
    certificate_life.restore(certificate, person=deng, reason=INNER)
    assert "Valid until" in standing(visitor, certificate)
    certificate_life.withdraw(certificate, person=deng, reason=INNER)
    assert f"Withdrawn on {today} by the body, for cause." in standing(visitor, certificate)
    assert INNER not in words(visitor.get(f"/certificates/{certificate.number}/"))
    assert "As it was issued" in words(compare(visitor, PAPER, number=certificate.number))
    assert "Withdrawn" in words(compare(visitor, PAPER, number=certificate.number)), "the register is the truth"


@pytest.mark.torture("T40", "expired on")
def test_a_certificate_past_its_day_says_since_when(
    certificate: Certificate, person: Callable[..., Person], as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    visitor, yesterday = as_person(language="en"), timezone.localdate() - dt.timedelta(days=1)
    now = Certificate.objects.filter(pk=certificate.pk)
    with without_rule("a_certificate_says_what_was_decided"):  # it is the calendar that goes on
        now.update(issued_on=yesterday - dt.timedelta(days=700), valid_until=yesterday)
        assert f"It expired on {yesterday.isoformat()}." in standing(visitor, certificate)
        now.update(valid_until=timezone.localdate() + dt.timedelta(days=9))
    rita = person("rita", Role.REGISTRAR)
    certificate_life.terminate(certificate, person=rita, reason=INNER)
    assert "Cancelled on" in standing(visitor, certificate)
    assert Assessment.objects.get().state == "certified"
