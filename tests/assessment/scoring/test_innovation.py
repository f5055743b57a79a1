"""Fifty indicators compared over forty regions, held against NumPy and pandas working from the method's description."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from io import StringIO

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from assessment.scoring.batch import score_population
from assessment.scoring.columns.population import population_of
from assessment.scoring.ranking import rank
from fixtures.rubrics.innovation_facts import FILE, PILLARS, THEMES, facts
from indicators.rubric.loader import edition_of_content
from indicators.rubric.model import Edition
from tests.assessment.scoring.examples import example, score_together

pytestmark = pytest.mark.slow

COMBINED = {
    "arithmetic": lambda x: x.mean(axis=1),
    "geometric": lambda x: np.exp(np.log(x.clip(lower=1)).mean(axis=1)),
    "harmonic": lambda x: 1 / (1 / x.clip(lower=1)).mean(axis=1),
    "minimum": lambda x: x.min(axis=1),
}
AS_WRITTEN = {
    "arithmetic": "arithmetic",
    "geometric": {"kind": "geometric", "floor": "1"},
    "harmonic": {"kind": "harmonic", "floor": "1"},
    "minimum": "minimum",
}


@cache
def wide() -> pd.DataFrame:
    """Regions × measures, as the facts file has them."""
    return pd.read_csv(StringIO(facts())).pivot_table(
        index="facility", columns="measure", values="value", aggfunc="first", dropna=False
    )


def rows_to_points(pillar: str, theme: str, at: int) -> pd.Series:
    """One indicator of every region, by the words of the method."""
    band = wide()["profile.band"]
    x = pd.to_numeric(wide()[f"{pillar}_{theme}_{at}"])
    if at == 3 and theme == "inputs":
        x = x / pd.to_numeric(wide()["population"])
    if at == 3 and theme == "outcomes":
        x = np.log(1 + x)
    high = at != 2
    better = x if high else -x
    known = x.dropna()
    match (pillar, theme, at):
        case ("people", "inputs", 4):
            return scaled(winsorised_until_even(x), high)
        case ("people", "outcomes", 4):
            return (x / 120 * 100).clip(0, 100)
        case ("people", _, _):
            return scaled(x.clip(known.quantile(0.05), known.quantile(0.95)), high)
        case ("research", "inputs", 4):
            reach = 1.5 * (known.quantile(0.75) - known.quantile(0.25))
            held = x.clip(known.quantile(0.25) - reach, known.quantile(0.75) + reach)
            return (50 + 10 * (held - held.mean()) / held.std(ddof=1)).clip(0, 100)
        case ("research", "outcomes", 4):
            z = x.groupby(band).transform(lambda g: (g - g.mean()) / g.std(ddof=1))
            return (50 + 10 * z).clip(0, 100)
        case ("research", _, _):
            z = (better - better.mean()) / better.std(ddof=0)
            return (50 + 15 * z.clip(-3, 3)).clip(0, 100)
        case ("firms", "inputs", 4):
            return x.map(lambda v: 100 * (known < v).sum() / (len(known) - 1), na_action="ignore")
        case ("firms", "outcomes", 4):
            large = known[band[known.index] == "large"]
            return x.map(lambda v: stats.percentileofscore(large, v, "weak"), na_action="ignore")
        case ("firms", _, _):
            return better.map(lambda v: stats.percentileofscore(better.dropna(), v, "mean"), na_action="ignore")
        case ("networks", _, _):
            ties = {("inputs", 4): "min", ("outcomes", 4): "dense"}.get((theme, at), "average")
            place = better.rank(method=ties, ascending=False)
            of = known.nunique() if ties == "dense" else len(known)
            return 100 * (of - place) / (of - 1)
        case ("results", "inputs", 4):
            gap = (x - 80).abs()
            return 100 * (1 - gap / gap.max())
        case ("results", "outcomes", 4):
            kept = known[(known >= known.quantile(0.1)) & (known <= known.quantile(0.9))]
            return (100 * (x - kept.min()) / (kept.max() - kept.min())).clip(0, 100)
    return 100 * (x / known.max() if high else (known.min() / x).clip(upper=1))


def scaled(x: pd.Series, high: bool) -> pd.Series:
    part = (x - x.min()) / (x.max() - x.min())
    return 100 * (part if high else 1 - part)


def winsorised_until_even(x: pd.Series) -> pd.Series:
    """The largest values become the next one while the distribution is skewed and heavy-tailed."""
    for changed in range(6):
        if not (abs(x.skew()) > 2 and x.kurt() > 3.5) or changed == 5:
            return x
        ordered = x.dropna().sort_values()
        x = x.clip(upper=ordered.iloc[-(changed + 2)])
    raise AssertionError


@cache
def by_pandas(kind: str) -> pd.DataFrame:
    """Every node's points by code, NaN where there is none."""
    nodes: dict[str, pd.Series] = {}
    measured = sum(rows_to_points(p, t, at).notna().astype(int) for p in PILLARS for t in THEMES for at in range(5))
    for pillar in PILLARS:
        parts = {}
        for theme in THEMES:
            for at in range(5):
                nodes[f"{pillar}.{theme}.i{at}"] = rows_to_points(pillar, theme, at)
            own = pd.DataFrame({at: nodes[f"{pillar}.{theme}.i{at}"] for at in range(5)})
            enough = own.notna().sum(axis=1) >= 0.6 * 5
            parts[theme] = nodes[f"{pillar}.{theme}"] = own.mean(axis=1).where(enough)
        weights = pd.Series({"inputs": 2, "outcomes": 3})
        table = pd.DataFrame(parts)
        mean = (table * weights).sum(axis=1) / (table.notna() * weights).sum(axis=1)
        nodes[pillar] = mean.map(lambda v: float(half_up(v, 4)), na_action="ignore")
    index = COMBINED[kind](pd.DataFrame({pillar: nodes[pillar] for pillar in PILLARS}))
    nodes["innovation"] = index.where(measured >= 0.66 * 50)
    return pd.DataFrame(nodes)


def half_up(value: float, decimals: int) -> Decimal:
    return Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


@cache
def switched_to(kind: str) -> Edition:
    edition, _ = example("innovation")
    content = {path: dict(part) for path, part in edition.content.items()}
    levels = [dict(level) for level in content["rubric.yaml"]["levels"]]
    levels[0]["aggregation"] = AS_WRITTEN[kind]
    content["rubric.yaml"]["levels"] = levels
    return edition_of_content(content, final=False)


def test_the_facts_are_what_their_maker_writes() -> None:
    assert FILE.read_text(encoding="utf-8") == facts()


@pytest.mark.parametrize("kind", COMBINED)
def test_every_figure_of_every_region_is_the_one_pandas_finds(kind: str) -> None:
    _, facilities = example("innovation")
    expected = by_pandas(kind)
    results = score_together(switched_to(kind), facilities)
    assert len(results) == 40
    for name, result in results.items():
        for node in result.root.walk():
            figure = expected.loc[name, node.code]
            if pd.isna(figure):
                assert node.points is None, (name, node.code)
            else:
                assert float(node.points or 0) == pytest.approx(figure, abs=1e-9), (name, node.code)
                assert node.published == half_up(round(figure, 9), 2), (name, node.code)


def test_the_order_with_ties_and_the_region_that_tells_too_little() -> None:
    edition, facilities = example("innovation")
    results = score_together(edition, facilities)
    ranked = {one.result.facility: one.rank for one in rank(edition, results.values())}
    scores = by_pandas("geometric")["innovation"].map(lambda v: float(half_up(v, 2)), na_action="ignore")
    places = scores.rank(method="min", ascending=False)
    assert {name: place for name, place in ranked.items() if place} == places.dropna().astype(int).to_dict()
    assert ranked["region-02"] == ranked["region-03"]
    assert [name for name, place in ranked.items() if place is None] == ["region-11"]
    assert results["region-11"].consequences[-1].reason.code == "too_few_measured"


def test_the_engine_for_populations_publishes_the_same() -> None:
    edition, facilities = example("innovation")
    results = score_together(edition, facilities)
    scores = score_population(edition, population_of(edition, facilities))
    for column, name in enumerate(scores.facilities):
        for code in ("innovation", "firms", "people.inputs.i4"):
            assert scores.points(code, column) == results[name].node(code).published, (name, code)
