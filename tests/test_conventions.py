"""What holds for the whole repository, checked so that nobody has to remember it."""

from __future__ import annotations

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from evidence.observations.registry import KINDS
from evidence.parsers.registry import PARSERS
from indicators.measures.registry import MEASURES
from tests.editions import edition_in
from tests.torture import CLAUSES, NUMBERS, PENDING

ROOT = Path(__file__).parents[1]
EDITIONS = sorted(path.parent for path in (ROOT / "indicators" / "rubrics").glob("*/*/rubric.yaml"))

# Measures whose title in a published edition, which cannot change, is an older one; each with its reason.
FROZEN_TITLES: dict[str, set[str]] = {}


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name]


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.format)
def test_every_parser_has_a_golden_pair_and_a_page(parser) -> None:
    folder = ROOT / "fixtures" / "evidence" / parser.format
    assert list(folder.glob("*.expected.json")), f"no golden pair in {folder.relative_to(ROOT)}"
    assert (ROOT / "docs" / "formats" / f"{parser.format}.md").is_file()


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.format)
def test_every_format_says_which_command_or_menu_writes_its_file(parser) -> None:
    page = (ROOT / "docs" / "formats" / f"{parser.format}.md").read_text(encoding="utf-8")
    assert re.search(r"^(Get it|Export)[:,]", page, re.MULTILINE), "a paragraph that begins with “Get it:” or “Export:”"


def test_parser_formats_are_unique_and_versions_are_numbers() -> None:
    formats = [parser.format for parser in PARSERS]
    assert len(formats) == len(set(formats))
    assert all(re.fullmatch(r"\d+", parser.version) for parser in PARSERS)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_ends_with_the_way_back_to_the_line(kind) -> None:
    assert kind.arrow.names[-2:] == ["line", "cell"]


def test_every_measure_has_a_row_in_the_documentation() -> None:
    page = (ROOT / "docs" / "measures.md").read_text(encoding="utf-8")
    assert [measure.name for measure in MEASURES if f"`{measure.name}`" not in page] == []


@pytest.mark.parametrize("folder", EDITIONS, ids=lambda folder: f"{folder.parent.name}-{folder.name}")
def test_every_indicator_has_a_source_and_a_title_in_both_languages(folder: Path) -> None:
    for indicator in edition_in(folder).indicators:
        assert indicator.references, f"{indicator.code} cites nothing"
        assert indicator.title.zh
        assert indicator.title.en


@pytest.mark.parametrize("folder", EDITIONS, ids=lambda folder: f"{folder.parent.name}-{folder.name}")
def test_what_our_editions_call_computed_is_a_registered_measure(folder: Path) -> None:
    """A measure without `computed` comes from a facts file until the platform computes it."""
    known = {measure.name for measure in MEASURES}
    measures = edition_in(folder).measures.values()
    assert {measure.computed for measure in measures if measure.computed} <= known
    assert {measure.name for measure in measures if measure.name in known and not measure.computed} == set()


@pytest.mark.parametrize("folder", EDITIONS, ids=lambda folder: f"{folder.parent.name}-{folder.name}")
def test_measure_is_called_the_same_in_the_registry_and_in_the_edition(folder: Path) -> None:
    """The edition's wording is the one; a frozen edition keeps its own when the words change later."""
    titles = {measure.name: measure.title for measure in MEASURES}
    said = {measure.computed: measure.title for measure in edition_in(folder).measures.values() if measure.computed}
    frozen = FROZEN_TITLES.get(folder.name, set())
    differing = {name: (titles[name], title) for name, title in said.items() if titles[name] != title}
    assert {name: pair for name, pair in differing.items() if name not in frozen} == {}
    assert frozen <= set(differing), "no longer differs"


@cache
def tortured() -> dict[str, set[str]]:
    """Torture number → clauses named by markers of tests, read from their source."""
    found: dict[str, set[str]] = {}
    for path in tracked_files():
        if path.suffix == ".py" and path.is_file() and path.relative_to(ROOT).parts[0] == "tests":
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.torture":
                    number, *clauses = [ast.literal_eval(argument) for argument in node.args]
                    found.setdefault(number, set()).update(clauses)
    return found


def test_every_torture_number_has_a_test_or_is_named_as_pending() -> None:
    found = set(tortured())
    assert found <= set(NUMBERS), "a number the list does not have"
    assert set(NUMBERS) - found == PENDING, "numbers without a test must be named in tests/torture.py, and only they"


@pytest.mark.parametrize("number", sorted(CLAUSES))
def test_every_clause_of_a_finished_torture_number_has_its_test(number: str) -> None:
    assert tortured().get(number, set()) == CLAUSES[number]


def test_no_lock_file_names_an_index_or_a_host() -> None:
    for lock in (ROOT / "requirements").glob("*.lock"):
        assert not re.search(r"https?://|--index|--find-links|--extra", lock.read_text(encoding="utf-8")), lock.name


def test_modules_stay_one_idea_long() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in tracked_files()
        if path.suffix == ".py"
        and "migrations" not in path.parts
        and "tests" not in path.parts
        and (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert long == {}


def test_forms_read_words_days_and_numbers_by_the_fields_of_the_platform() -> None:
    """The framework's own take other digits, other ways to write a day, and the line ends of the wire."""
    kinder = ("forms.DateField(", "forms.DecimalField(", "forms.FloatField(", "forms.IntegerField(")
    found: list[str] = []
    for path in tracked_files():
        if path.suffix != ".py" or "web" not in path.parts or "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            call = ast.unparse(node) if isinstance(node, ast.Call) else ""
            if call.startswith(kinder) or (call.startswith("forms.CharField(") and "Textarea" in call):
                found.append(f"{path.relative_to(ROOT)}: {call[:60]}")
    assert not found, f"see operations/http/form_fields.py: {found}"


def test_a_check_that_is_switched_off_says_why() -> None:
    bare = re.compile(r"#\s*(type: ignore(\[[\w, -]+\])?|noqa(: [A-Z0-9, ]+)?)$", re.MULTILINE)
    silent = [
        str(path.relative_to(ROOT))
        for path in tracked_files()
        if path.suffix == ".py" and path.is_file() and bare.search(path.read_text(encoding="utf-8"))
        if path.relative_to(ROOT).parts[0] not in ("bench", "tests")
    ]
    assert silent == []


def test_pages_link_to_files_that_exist() -> None:
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in tracked_files()
        if page.suffix == ".md" and page.is_file()
        for target in re.findall(r"\]\(([^)#:\s]+)\)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_pages_name_files_and_scripts_that_exist() -> None:
    """Code spans of the entry pages that look like a path of ours; `<…>` stands for any name."""
    tops = {path.name for path in ROOT.iterdir()} - {"out", "var"}
    missing = [
        f"{page}: {named}"
        for page in ("README.md", "README.zh.md", "CONTRIBUTING.md", "SECURITY.md", "docs/rubric.md", "docs/api.md")
        for named in re.findall(r"`([\w.-]+/[\w./<>-]*)", (ROOT / page).read_text(encoding="utf-8"))
        if named.split("/")[0] in tops and not list(ROOT.glob(re.sub(r"<[^>]+>", "*", named.rstrip("/"))))
    ]
    assert missing == []


def test_package_files_are_empty_except_where_celery_is_loaded() -> None:
    full = [
        str(path.relative_to(ROOT))
        for path in tracked_files()
        if path.name == "__init__.py" and path.is_file() and path.stat().st_size
    ]
    assert full == ["config/__init__.py"]


def test_translations_are_complete() -> None:
    for catalogue in (ROOT / "locale").glob("*/LC_MESSAGES/*.po"):
        checked = subprocess.run(
            ["msgfmt", "--check", "--statistics", "--output-file=/dev/null", str(catalogue)],
            capture_output=True,
            text=True,
            check=True,
        )
        assert "untranslated" not in checked.stderr, catalogue.name
        assert "fuzzy" not in checked.stderr, catalogue.name
