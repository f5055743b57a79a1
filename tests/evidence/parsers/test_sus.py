"""System Usability Scale: the samples' published means, and answers that do not count."""

from __future__ import annotations

import gzip
import hashlib
import random
from decimal import Decimal

import pyarrow as pa
import pytest

from evidence.parsers.formats.sus import PARSER
from evidence.parsers.tables.sus_items import sus_score, sus_scores
from indicators.measures.columns import distinct
from tests.evidence.parsers.properties import read, survives_anything
from tests.indicators.measures.evidence import centre
from tests.samples import needs_samples, sample

HEAD = "respondent," + ",".join(f"q{number}" for number in range(1, 11)) + ",role,answered_on\n"
FORM = "# System Usability Scale 易用性\nYour rating: 4\n## Questions\n" + "".join(
    f" {number}. words\n    Your rating: {level}\n" for number, level in enumerate((4, 3, 3, 2, 3, 3, 3, 4, 4, 1), 1)
)


@needs_samples
def test_answers_in_words_give_the_published_mean_and_spread() -> None:
    facts = PARSER.parse(sample("usability/vr_queue_sus_text_likert.csv")).facts
    assert facts["respondents"] == 30
    assert round(facts["sus_mean"], 6) == Decimal("71.666667")
    assert round(facts["sus_sd"], 6) == Decimal("15.190363")
    assert (facts["sus_min"], facts["sus_max"]) == (Decimal("37.5"), Decimal("97.5"))


@needs_samples
def test_individual_scores_agree_with_the_standard_formula() -> None:
    result = PARSER.parse(sample("usability/heritrace_sus_individual_scores.json"))
    assert not result.issues
    assert result.facts["respondents"] == 19
    assert round(result.facts["sus_mean"], 6) == Decimal("81.447368")
    means = {role: round(facts["sus_mean"], 6) for role, facts in result.facts["by_role"].items()}
    assert means == {"end_user": Decimal("78.888889"), "technician": Decimal("83.75")}


@needs_samples
def test_a_report_of_means_gives_facts_and_no_rows() -> None:
    result = PARSER.parse(sample("usability/heritrace_sus_aggregated_report.json"))
    assert result.tables == {}
    assert result.issue_counts == {"summary_only": 1}
    groups = result.facts["groups"]
    assert (groups["end_user"]["respondents"], groups["technician"]["respondents"]) == (9, 10)
    assert str(groups["end_user"]["sus_mean"]) == "78.88888888888889"
    assert str(groups["technician"]["sus_sd"]) == "8.838834764831844"


@pytest.mark.parametrize(
    "saved",
    [
        FORM.encode("utf-8-sig"),
        FORM.encode("utf-16"),
        FORM.encode("gb18030"),
        FORM.replace("\n", "\r\n").encode(),
        FORM.removesuffix("\n").encode(),
        gzip.compress(FORM.encode()),
    ],
    ids=["with a mark", "UTF-16", "GB18030", "CRLF", "last line not ended", "compressed"],
)
def test_one_form_saved_in_two_ways_is_one_respondent(saved: bytes) -> None:
    as_written, otherwise = (read(PARSER, content).tables["survey_responses"] for content in (FORM.encode(), saved))
    assert otherwise.equals(as_written)
    evidence = centre(
        {"a": {"survey_responses": as_written.to_pylist()}, "b": {"survey_responses": otherwise.to_pylist()}}
    )
    assert distinct(evidence.rows("survey_responses")).num_rows == 1


def test_forms_with_other_words_are_other_respondents_though_their_answers_are_the_same() -> None:
    names = {
        read(PARSER, text.encode()).tables["survey_responses"].column("respondent")[0].as_py()
        for text in (FORM, FORM + "\n第 7 号\n", FORM.replace("words", "word"))
    }
    assert len(names) == 3


def test_a_form_in_utf_8_keeps_the_name_it_had_when_its_bytes_were_digested() -> None:
    [row] = read(PARSER, FORM.encode()).tables["survey_responses"].to_pylist()
    assert row["respondent"] == hashlib.sha256(FORM.encode()).hexdigest()[:12]


@needs_samples
@pytest.mark.parametrize(
    ("name", "answers"), [("1e", [4, 3, 3, 2, 3, 3, 3, 4, 4, 1]), ("2e", [4, 2, 2, 2, 5, 1, 5, 1, 4, 1])]
)
def test_the_example_in_the_instructions_of_a_form_is_no_answer(name: str, answers: list[int]) -> None:
    row = PARSER.parse(sample(f"usability/heritrace_{name}_sus.md")).tables["survey_responses"].to_pylist()[0]
    assert [row[f"q{number}"] for number in range(1, 11)] == answers


@needs_samples
def test_another_questionnaire_is_not_claimed() -> None:
    assert not PARSER.recognises(sample("usability/vr_queue_nasatlx.csv"))


def test_numbers_words_and_chinese_words_score_alike() -> None:
    rows = [
        "a,5,1,4,2,3,3,4,2,5,1,,\n",
        "b,Strongly agree,strongly disagree,Agree,Somewhat disagree,Neutral,neutral,agree,disagree,5,1,,\n",
        "c,非常同意,非常不同意,同意,不同意,一般,一般,同意,不同意,非常同意,非常不同意,,\n",
    ]
    scores = read(PARSER, (HEAD + "".join(rows)).encode()).tables["survey_responses"].column("sus").to_pylist()
    assert scores == [Decimal("80")] * 3


def test_an_answer_outside_the_scale_is_an_issue_and_the_respondent_not_scored() -> None:
    result = read(PARSER, (HEAD + "a,6,1,4,2,3,3,4,2,5,,,\nb,5,1,5,1,5,1,5,1,5,1,x,2025-11-03\n").encode())
    assert result.facts["respondents"] == 1
    assert result.issue_counts == {"unknown_word": 1, "missing_value": 1}


def test_the_score_runs_from_nought_to_a_hundred() -> None:
    assert sus_score([5, 1] * 5) == 100
    assert sus_score([1, 5] * 5) == 0
    assert sus_score([3] * 10) == 50


test_any_bytes_give_a_result_or_a_refusal = survives_anything(
    PARSER, (HEAD + "b,5,1,5,1,5,1,5,1,5,1,x,2025-11-03\n").encode(), FORM.encode()
)


def test_scores_of_columns_are_those_of_each_respondent() -> None:
    chance = random.Random(1986)  # noqa: S311  (no secret)
    respondents = [[chance.randint(1, 5) for _ in range(10)] for _ in range(300)]
    columns = [pa.array([*column, None]) for column in zip(*respondents, strict=True)]
    assert sus_scores(columns).to_pylist() == [*map(sus_score, respondents), None]


def test_a_word_that_is_no_answer_is_told_at_every_line_it_stands_in() -> None:
    rows = b"".join(b"r%d,1,2,3,4,5,1,2,3,4,%s\n" % (n, b"often" if n % 2 else b"5") for n in range(6))
    result = read(PARSER, ("respondent," + ",".join(f"q{n}" for n in range(1, 11)) + "\n").encode() + rows)
    assert [(issue.code, issue.where.line) for issue in result.issues] == [
        ("unknown_word", 3),
        ("unknown_word", 5),
        ("unknown_word", 7),
    ]
    assert result.coverage.lines_used == 3
