"""A sample by forms: asked for, committed to, drawn, and taken along on paper."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from assessment.models import Assessment, Sample
from assessment.services.application.admit import discontinue
from centres.models import Person, Role
from tests.assessment.web.test_results import as_person, submitted  # noqa: F401  (fixtures)
from zhiheng.main import main

Visit = Callable[..., Client]
pytestmark = pytest.mark.django_db
CARDS = [f"SN{number:04d}" for number in range(2048)]  # as many as the profile says


def words(page: Any) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", page.content.decode()))


@pytest.fixture
def asked(submitted: Assessment, ana: Person, as_person: Visit) -> Sample:  # noqa: F811  (the fixture)
    given = {"of": "cards", "share": "5", "at_least": "1"}
    assert as_person(ana).post(f"/assessments/{submitted.pk}/samples/", given).status_code == 302
    return Sample.objects.get()


def test_a_sample_is_asked_for_committed_to_and_drawn_and_the_draw_is_repeated(
    asked: Sample, olu: Person, ana: Person, as_person: Visit, tmp_path: Path  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    door = f"/samples/{asked.pk}/"
    assert f'href="/assessments/{asked.assessment_id}/samples/"' in (
        as_person(olu).get(f"/assessments/{asked.assessment_id}/").content.decode()
    )
    assert f'href="{door}"' in as_person(olu).get(f"/assessments/{asked.assessment_id}/samples/").content.decode()
    before = words(as_person(olu).get(door))
    assert asked.body_commitment in before
    assert asked.secret not in before
    for early in ("record/", "inventory/"):
        assert as_person(ana).get(door + early).status_code == 404
    assert as_person(olu).post(door, {"names": "\n".join(CARDS), "word": "ours"}).status_code == 302
    asked.refresh_from_db()
    assert len(asked.drawn) == 103
    sheet = words(as_person(ana).get(door))
    assert asked.secret in sheet
    assert asked.inventory_commitment in sheet
    assert "档案 2048 张，清单 2048 张" in sheet
    assert [name for name in re.findall(r"SN\d{4}", sheet) if name in CARDS] == asked.drawn
    record, listed = tmp_path / "record.json", tmp_path / "cards.txt"
    record.write_bytes(as_person(ana).get(f"{door}record/").content)
    listed.write_bytes(as_person(ana).get(f"{door}inventory/").content)
    assert json.loads(record.read_bytes())["drawn"] == asked.drawn
    assert main(["sample", "verify", str(record), str(listed)]) == 0


def test_an_inventory_comes_as_a_file_as_well(asked: Sample, olu: Person, as_person: Visit) -> None:  # noqa: F811  (the fixture)
    file = SimpleUploadedFile("cards.csv", ("serial\n" + "\n".join(CARDS) + "\n").encode())
    assert as_person(olu).post(f"/samples/{asked.pk}/", {"file": file}).status_code == 302
    asked.refresh_from_db()
    assert asked.inventory == CARDS


def test_a_serial_number_listed_twice_is_refused_with_its_line_and_nothing_typed_is_lost(
    asked: Sample, olu: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    answer = as_person(olu).post(f"/samples/{asked.pk}/", {"names": "A1\nA2\nA1", "word": "our word"})
    assert answer.status_code == 422
    assert words(answer).count("第 3 行：与第 1 行相同：A1") == 2  # in the summary and at its field
    assert "A1\nA2\nA1" in html.unescape(answer.content.decode()).replace("\r", "")
    assert "our word" in answer.content.decode()
    empty = as_person(olu, language="en").post(f"/samples/{asked.pk}/", {"names": " \r\n\r\n"})
    assert empty.status_code == 422
    assert words(empty).count("Write the inventory here or choose a file, one of the two.") == 2
    asked.refresh_from_db()
    assert asked.committed_at is None


def test_lines_of_an_inventory_are_those_of_the_field_with_the_blank_ones_on_top(
    asked: Sample, olu: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    door = f"/samples/{asked.pk}/"
    answer = as_person(olu).post(door, {"names": "\r\n\r\nA1\r\nA2\r\nA1"})
    assert answer.status_code == 422
    assert words(answer).count("第 5 行：与第 3 行相同：A1") == 2
    assert "\n\nA1\nA2\nA1" in answer.content.decode().replace("\r", "")
    assert as_person(olu).post(door, {"names": "\r\n".join(["", "", *CARDS, ""])}).status_code == 302
    asked.refresh_from_db()
    assert asked.inventory == CARDS


def test_of_an_empty_file_it_is_said_that_it_is_empty_and_no_more(asked: Sample, olu: Person, as_person: Visit) -> None:  # noqa: F811  (the fixture)
    sent = {"names": "", "file": SimpleUploadedFile("cards.csv", b"")}
    answer = as_person(olu, language="en").post(f"/samples/{asked.pk}/", sent)
    assert answer.status_code == 422
    assert words(answer).count("The submitted file is empty.") == 2
    assert "Write the inventory here or choose a file" not in words(answer)


def test_a_centre_hands_no_inventory_in_once_the_evaluation_has_ended(
    asked: Sample, olu: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    door = f"/samples/{asked.pk}/"
    discontinue(asked.assessment, person=olu, reason="moved")
    answer = as_person(olu).post(door, {"names": "\n".join(CARDS)})
    assert answer.status_code == 422
    for said in ("不能执行“提交清单”（hand_in_inventory）", "现在没有可以执行的步骤。", "未抽取，评价已结束", "SN0007"):
        assert said in words(answer)
    assert 'name="names"' not in as_person(olu).get(door).content.decode()
    asked.refresh_from_db()
    assert asked.committed_at is None


def test_only_an_assessor_asks_and_only_the_centre_commits(
    submitted: Assessment, asked: Sample, olu: Person, ana: Person, ravi: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    given = {"of": "cards", "share": "5", "at_least": "1"}
    for somebody in (olu, ravi):
        page = as_person(somebody).get(f"/assessments/{submitted.pk}/samples/").content.decode()
        assert 'name="at_least"' not in page
        assert as_person(somebody).post(f"/assessments/{submitted.pk}/samples/", given).status_code == 403
    assert 'name="names"' not in as_person(ana).get(f"/samples/{asked.pk}/").content.decode()
    assert as_person(ana).post(f"/samples/{asked.pk}/", {"names": "A1"}).status_code == 403
    assert Sample.objects.count() == 1


def test_nobody_outside_the_case_finds_its_samples(
    submitted: Assessment, asked: Sample, zoe: Person, person: Callable[..., Person], as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    for stranger in (zoe, person("reg", Role.REGULATOR)):
        for address in (
            f"/assessments/{submitted.pk}/samples/",
            f"/samples/{asked.pk}/",
            f"/samples/{asked.pk}/record/",
            f"/samples/{asked.pk}/inventory/",
        ):
            assert as_person(stranger).get(address).status_code == 404, address
        assert as_person(stranger).post(f"/samples/{asked.pk}/", {"names": "A1"}).status_code == 404


def test_a_share_that_is_no_number_is_refused_in_the_same_words(
    submitted: Assessment, ana: Person, as_person: Visit  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    given = {"of": "nodes", "share": "viel", "at_least": "7"}
    answer = as_person(ana).post(f"/assessments/{submitted.pk}/samples/", given)
    assert answer.status_code == 422
    assert words(answer).count("请填写数字，例如 5。") == 2
    assert 'value="viel"' in answer.content.decode()
    assert not Sample.objects.exists()


@pytest.mark.torture("T15")
@pytest.mark.parametrize("number", ["1_0", "１２"])
def test_share_and_minimum_follow_the_grammar_of_all_figures(
    submitted: Assessment, ana: Person, as_person: Visit, number: str  # noqa: F811  (the fixture)
) -> None:  # fmt: skip
    given = {"of": "nodes", "share": number, "at_least": number}
    answer = as_person(ana).post(f"/assessments/{submitted.pk}/samples/", given)
    assert answer.status_code == 422
    for said in ("请填写数字，例如 5。", "请填写整数。"):
        assert words(answer).count(said) == 2
    assert answer.content.decode().count(f'value="{number}"') == 2
    assert not Sample.objects.exists()


def test_pages_of_a_sample_speak_english_alone(asked: Sample, olu: Person, ana: Person, as_person: Visit) -> None:  # noqa: F811  (the fixture)
    def english(client: Client, address: str) -> None:
        body = client.get(address).content.decode().split("<main", 1)[1].split("</main>", 1)[0]
        body = html.unescape(re.sub(r"<[^>]+>", " ", body))
        assert not re.search(r"[\u4e00-\u9fff]", body), re.findall(r"[\u4e00-\u9fff]+", body)

    door = f"/samples/{asked.pk}/"
    english(as_person(ana, language="en"), f"/assessments/{asked.assessment_id}/samples/")
    english(as_person(olu, language="en"), door)
    as_person(olu).post(door, {"names": "A1\nA2"})
    english(as_person(ana, language="en"), door)
