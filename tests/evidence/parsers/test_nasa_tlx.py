"""NASA-TLX: the sample's mean, and answers outside the scale."""

from __future__ import annotations

from decimal import Decimal

from evidence.parsers.formats.nasa_tlx import PARSER
from tests.evidence.parsers.properties import read, survives_anything
from tests.golden import FOLDER
from tests.samples import needs_samples, readme_rows, sample, truth_in

ANSWERS = (FOLDER / "nasa_tlx" / "three_and_one_outside.csv").read_bytes()


@needs_samples
def test_the_sample_gives_its_published_mean() -> None:
    ((name, truth),) = [row for row in readme_rows("participants=30") if row[0].endswith("nasatlx.csv")]
    facts = PARSER.parse(sample(name)).facts
    respondents, mean = truth_in(truth, r"participants=(\d+); raw TLX mean of 6 scales=(\S+) ")
    assert facts["respondents"] == int(respondents)
    assert round(facts["raw_tlx_mean"], 6) == Decimal(mean)
    assert facts["performance_mean"] == 16


def test_a_respondent_outside_the_scale_is_told_and_left_out() -> None:
    result = read(PARSER, ANSWERS)
    assert result.facts["respondents"] == 3
    assert [(issue.code, issue.where.line) for issue in result.issues if issue.code == "out_of_range"] == [
        ("out_of_range", 5)
    ]


test_any_bytes_give_a_result_or_a_refusal = survives_anything(PARSER, ANSWERS)
