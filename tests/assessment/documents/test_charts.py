from __future__ import annotations

from decimal import Decimal
from xml.etree import ElementTree

import pytest

from assessment.documents import charts
from assessment.documents.charts import PillarFigure
from core.text import Text

PILLARS = [
    PillarFigure("CE", Text(zh="算力有效性", en="Compute effectiveness"), Decimal("81.25")),
    PillarFigure("ST", Text(zh="集群稳定性", en="Cluster stability"), Decimal("0.00")),
    PillarFigure("GR", Text(zh="绿色低碳性", en="Green"), None, Text(zh="无法评价", en="not assessable")),
    PillarFigure("US", Text(zh="服务易用性", en="Service usability"), Decimal("100.00")),
]
ALL = {
    "beam": charts.score_beam(Decimal("81.35"), title="得分 <81.35>", levels=("a", "b", "c", "d", "e")),
    "beam without score": charts.score_beam(None, title="无得分"),
    "beam with interval": charts.score_beam(Decimal("81.35"), title="x", interval=(Decimal("79.1"), Decimal("84.2"))),
    "rank": charts.rank_whisker(3, interval=(2, 5), last=9, title="第 3 名 (2–5)"),
    "the only rank": charts.rank_whisker(1, interval=(1, 1), last=1, title="第 1 名 (1–1)"),
    "small beam with interval": charts.small_beam(Decimal("60"), title="x", interval=(Decimal("58"), Decimal("61"))),
    "small beam": charts.small_beam(Decimal("60"), title="x"),
    "pillar beam": charts.pillar_beam(PILLARS[0]),
    "count bar": charts.count_bar(Decimal("0.5"), title="四级 5"),
    "mark": charts.mark(),
}


@pytest.mark.parametrize("name", ALL)
def test_each_chart_is_wellformed_and_says_its_finding(name: str) -> None:
    root = ElementTree.fromstring(ALL[name])  # noqa: S314  (our own markup)
    assert root.attrib["role"] == "img"
    assert root[0].tag.endswith("title")
    assert root[0].text


def test_a_pillar_without_points_says_why() -> None:
    assert charts.points_or_word(PILLARS[2]).zh == "无法评价"


def test_pointer_stands_where_the_score_is() -> None:
    assert "M416.75 34" in ALL["beam"]  # 10 + 500 × 0.8135


def test_four_pillars_differ_by_sign_and_hue() -> None:
    looks = charts.PILLAR_LOOKS.values()
    assert len({look.sign for look in looks}) == len({look.hue for look in looks}) == 4
