"""The rubric for readers in both languages: editions, the tree, one indicator, and the life of a draft."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.test import Client

from centres.models import Person, Role
from indicators.models import Edition
from tests.editions import edition_in
from tests.factories import person, staff
from tests.indicators.rubric.tiny import CASES, RUBRIC
from tests.test_conventions import EDITIONS
from tests.workbooks import rows_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("read_once")]

FOLDER = next(folder for folder in EDITIONS if folder.parent.name == "zhisuan")
TREE = f"/rubrics/{FOLDER.parent.name}/{FOLDER.name}/"


def visitor(somebody: Person | None = None, *, language: str = "en") -> Client:
    client = Client()
    client.cookies["django_language"] = language
    if somebody is not None:
        client.force_login(somebody, "django.contrib.auth.backends.ModelBackend")
    return client


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


@pytest.fixture
def read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder is read once for all tests; that it is read has tests of its own."""
    monkeypatch.setattr("indicators.services.load_edition.read_edition", edition_in)


@pytest.fixture
def published() -> Edition:
    call_command("load_rubric", str(FOLDER), verbosity=0)
    return Edition.objects.get()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_indicator_of_a_published_edition_stands_on_its_page(published: Edition, language: str) -> None:
    client = visitor(language=language)
    assert TREE in client.get("/rubrics/").content.decode()
    page = client.get(TREE).content.decode()
    for code in ("CE-1.1", "ST-1.1", "GR-1.1", "GR-2.2", "US-6.1"):
        assert f'id="{code}"' in page
        assert f'href="{TREE}{code}/"' in page


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_an_indicator_has_a_page_of_its_own_with_everything_the_rubric_says(published: Edition, language: str) -> None:
    page = visitor(language=language).get(f"{TREE}GR-1.1/").content.decode()
    said = words(page)
    for part in ("GR-1.1", "PUE", "1.50", "GB 40879"):
        assert part in said
    assert '<svg xmlns="http://www.w3.org/2000/svg" class="chart curve"' in page
    assert {"en": "Mandatory minimum", "zh-hans": "否决项"}[language] in said or "mandatory" in said
    assert f'href="{TREE}#GR-1.1"' in page


def test_every_indicator_page_opens(published: Edition) -> None:
    client = visitor()
    codes = re.findall(rf'href="{TREE}([A-Z]+-[\d.]+)/"', client.get(TREE).content.decode())
    assert len(codes) > 20
    for code in codes:
        assert client.get(f"{TREE}{code}/").status_code == 200, code
    assert client.get(f"{TREE}GR-9.9/").status_code == 404


def test_a_mandatory_line_is_drawn_in_the_unit_of_its_measure(published: Edition) -> None:
    assert "测得值 ≥ 97 %（否决项：" in words(visitor(language="zh-hans").get(f"{TREE}ST-1.1/").content.decode())


def test_a_code_of_a_group_leads_to_its_place_in_the_tree(published: Edition) -> None:
    answer = visitor().get(f"{TREE}GR-1/")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{TREE}#GR-1")


def test_one_class_alone_shows_its_indicators_with_their_share_of_the_pillar(published: Edition) -> None:
    client = visitor()
    training = client.get(f"{TREE}?class=training_led").content.decode()
    inference = client.get(f"{TREE}?class=inference_led").content.decode()
    assert 'id="CE-1.1"' in training
    assert 'id="CE-1.1"' not in inference
    assert 'id="CE-6.1"' in inference
    assert 'id="CE-6.1"' not in training
    assert "Share of the pillar" in words(training)
    assert "Share of the pillar" not in words(client.get(TREE).content.decode())
    assert client.get(f"{TREE}?class=<script>").status_code == 200


def test_low_confidence_says_so_in_the_tree_and_on_the_page() -> None:
    complete = next(folder for folder in EDITIONS if folder.name == "2026.1")
    call_command("load_rubric", str(complete), verbosity=0)
    ruth = visitor(staff("ruth", Role.RUBRIC_AUTHOR))
    address = "/rubrics/zhisuan/2026.1/"
    tree = ruth.get(address).content.decode()
    row = tree[tree.index('id="CE-6.1"') :]
    assert "to be verified" in row[: row.index("</th>")]
    assert "proposal" in row[: row.index("</th>")]
    page = words(ruth.get(f"{address}CE-6.1/").content.decode())
    assert "Low confidence: the thresholds below are still to be verified. Review due 2027-06-30." in page
    assert ruth.get(f"{address}CE-1.1m/").headers["Location"] == f"{address}CE-1.1/#CE-1.1m"


def test_a_tree_of_any_depth_is_shown(tmp_path: object) -> None:
    livability = FOLDER.parents[3] / "fixtures" / "rubrics" / "livability"
    call_command("load_rubric", str(livability), verbosity=0)
    stored = Edition.objects.get()
    page = visitor(staff("ruth", Role.RUBRIC_AUTHOR)).get(f"/rubrics/{stored.rubric}/{stored.edition}/")
    assert page.status_code == 200
    from indicators.selectors import typed

    for indicator in typed(stored).indicators:
        assert f'id="{indicator.code}"' in page.content.decode()


# --- drafts ----------------------------------------------------------------------------------------------------------


def archive(rubric: str = RUBRIC) -> io.BytesIO:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        packed.writestr("rubric.yaml", rubric)
        packed.writestr("cases.yaml", CASES)
    content.seek(0)
    content.name = "tiny.zip"
    return content


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_draft_is_handed_in_proposed_and_published_by_pages(language: str, run_jobs: Callable[[], int]) -> None:
    ruth = visitor(staff("ruth", Role.RUBRIC_AUTHOR), language=language)
    paul = visitor(staff("paul", Role.PUBLISHER), language=language)
    life = "/rubrics/tiny/2026.10/life/"
    answer = ruth.post("/rubrics/upload/", {"archive": archive(), "reason": "first"})
    assert (answer.status_code, answer.headers["Location"]) == (302, life)
    draft = Edition.objects.get()
    step = {"digest": draft.digest, "reason": "ready", "version": draft.version}
    too_early = ruth.post(life, {**step, "act": "propose"})
    assert too_early.status_code == 422
    run_jobs()
    assert ruth.post(life, {**step, "act": "propose"}).status_code == 302
    page = ruth.get(life).content.decode()
    assert 'value="publish"' not in page, "its author is not offered to publish it"
    assert {"en": "a second person must publish it", "zh-hans": "须由另一人发布"}[language] in page
    step["version"] += 1
    alone = ruth.post(life, {**step, "act": "publish"})
    assert alone.status_code == 422
    assert Edition.objects.get().state == "review"
    assert 'value="publish"' in paul.get(life).content.decode()
    assert paul.post(life, {**step, "act": "publish", "digest": "sha256:old"}).status_code == 422
    assert paul.post(life, {**step, "act": "return", "version": draft.version}).status_code == 422
    assert paul.post(life, {**step, "act": "publish", "reason": ""}).status_code == 422
    assert paul.post(life, {**step, "act": "publish"}).status_code == 302
    assert Edition.objects.get().state == "published"
    _, *done = rows_of(paul, life)
    assert [row[3] for row in done if row[3]] == ["first", "ready", "ready"]
    assert visitor(language=language).get("/rubrics/tiny/2026.10/").status_code == 200


def test_every_fault_of_a_handed_in_draft_stands_on_the_page_and_the_reason_is_not_lost() -> None:
    ruth = visitor(staff("ruth", Role.RUBRIC_AUTHOR))
    spoilt = RUBRIC.replace('weight: "0.4"', 'weight: "-0.4"').replace('en: "pace"', 'fr: "pace"')
    answer = ruth.post("/rubrics/upload/", {"archive": archive(spoilt), "reason": "what I typed"})
    said = words(answer.content.decode())
    assert answer.status_code == 422
    assert "rubric.yaml" in said
    assert "line 12" in said
    assert "line 11" in said
    assert "what I typed" in said
    assert not Edition.objects.exists()


def test_drafts_are_for_those_who_write_and_publish() -> None:
    call_command("load_rubric", str(next(folder for folder in EDITIONS if folder.name == "2026.1")), verbosity=0)
    outsider = visitor(person("zoe"))
    for address in ("", "life/", "CE-1.1/"):
        assert outsider.get(f"/rubrics/zhisuan/2026.1/{address}").status_code == 404
    assert outsider.get("/rubrics/upload/").status_code == 403
    assert "2026.1" not in outsider.get("/rubrics/").content.decode()
    assert Client().get("/rubrics/upload/").status_code == 302
