"""Random editions and facts, to hold two engines against each other: every rule, with figures that like boundaries."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any

from assessment.scoring.batch import Scores, score_population
from assessment.scoring.columns.population import population_of
from assessment.scoring.exact import score
from assessment.scoring.facts import Facility
from assessment.scoring.together import samples_of
from core.outcome import Outcome, Quality, Reason
from core.quantity import plain
from indicators.measures.base import Input, Measurement
from indicators.rubric.loader import edition_of_content
from indicators.rubric.model import Edition
from tests.assessment.scoring.worked import WHY, title

ENDLESS = -1  # facts of more digits than a double has


def seeded(seed: int) -> Random:
    return Random(seed)  # noqa: S311 – chance, not a secret


def random_edition(random: Random) -> Edition:
    """A draft edition of two to four levels."""
    return _Author(random).edition()


class _Author:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.measures: dict[str, Any] = {}
        self.codes: list[str] = []
        self.plain = random.random() < 0.8  # only rules that columns follow
        self.classes = random.random() < 0.5
        self.graded = random.random() < 0.8
        self.highest = random.choice([Decimal(100), Decimal(100), Decimal(100), Decimal(10), Decimal(1)])
        # Few aggregations per edition, so that arithmetic ones meet exact ties.
        self.kinds = random.sample(["arithmetic", "geometric", "harmonic", "power", "minimum"], 2) + ["arithmetic"] * 3

    def edition(self) -> Edition:
        random = self.random
        children = [self.node(f"n{at}", 1) for at in range(random.randint(1, 4))]
        self.has_weight = _has_weight(children)
        head: dict[str, Any] = {
            "schema": "1", "rubric": "test", "edition": "1", "title": title("t"), "standing": title("t"),
            "decimals": str(random.choice([0, 1, 2, 2, 2, 3, 4])), "highest_points": plain(self.highest),
            "aggregation": self.aggregation(), "children": children, "measures": self.measures,
        }  # fmt: skip
        if self.classes:
            head["classes"] = {"attribute": "class", "default": "a", "of": [
                {"id": "a", "title": title("a")}, {"id": "b", "title": title("b")},
                {"id": "m", "title": title("m"), "mixes": {"of": ["a", "b"], "share": "part"}}]}  # fmt: skip
        if self.graded:
            lines = [self.highest * part / 20 for part in (0, *sorted(random.sample(range(1, 20), 3)))]
            head["grades"] = {"of": [{"id": f"L{at}", "at_least": plain(line), "title": title("L")}
                                     for at, line in enumerate(lines)]}  # fmt: skip
            if random.random() < 0.7:
                head["grades"]["pillar_margin"] = plain(self.highest * random.choice([0, 5, 15, 40]) / 100)
        if random.random() < 0.6:
            head["quality_caps"] = {
                grade: plain(self.highest * cap / 100)
                for grade, cap in (("B", 95), ("C", 74), ("D", Decimal("50.5")))
                if random.random() < 0.8
            }
        if random.random() < 0.7:
            head["limits"] = {"default_points": plain(self.highest * random.choice([0, 20, 25]) / 100)} | {
                key: random.choice(["0.25", "0.3", "0.5", "1"])
                for key in ("default_share", "not_applicable_share")
                if random.random() < 0.7
            }
        if random.random() < 0.2:
            head["minimum"] = self.group_minimum()
        if not self.plain:
            head |= self.beyond_columns()
        return edition_of_content({"rubric.yaml": head}, final=False)

    def beyond_columns(self) -> dict[str, Any]:
        """Keys of rubric.yaml that only the exact engine follows."""
        random = self.random
        levels = [{"id": f"l{depth}", "title": title("l")} for depth in range(4)]
        for level in levels:
            if random.random() < 0.4:
                level["decimals"] = str(random.choice([0, 1, 3]))
        head: dict[str, Any] = {"levels": levels}
        if any("shift" in str(one.get("formula")) for one in self.measures.values()):
            values = [{"from": "2020", "value": "0.5"}, {"from": "2024-07", "value": "1.25"}]
            head["parameters"] = {"shift": {"title": title("p"), "unit": "u", "by": "year", "values": values}}
        if random.random() < 0.5:
            least = random.choice(["share", "at_least"]) if self.has_weight else "share"
            head["needs"] = {least: "1", "of": random.choice(["children", "indicators"]),
                             "otherwise": "block"}  # fmt: skip
        return head

    def relative(self) -> dict[str, Any]:
        """A curve that compares facilities."""
        random = self.random
        kind = random.choice(["min_max", "z_score", "rank", "percentile", "distance_to_best", "distance_to_target"])
        content: dict[str, Any] = {"kind": kind}
        half = plain(self.highest / 2)
        match kind:
            case "z_score":
                content |= {"mean": half, "spread": plain(self.highest / 8),
                            "deviation": random.choice(["sample", "population"])}  # fmt: skip
            case "rank":
                content["ties"] = random.choice(["best", "worst", "mean", "dense"])
            case "percentile":
                content["method"] = random.choice(["inclusive", "exclusive", "mean", "weak", "strict"])
            case "distance_to_best" | "distance_to_target":
                content["by"] = random.choice(["ratio", "gap"])
                if kind == "distance_to_target":
                    content["target"] = "7.5"
        if random.random() < 0.3:
            content["outliers"] = random.choice(
                [{"rule": "winsorise", "lower": "10", "upper": "90"}, {"rule": "trim", "lower": "5", "upper": "95"},
                 {"rule": "fences"}, {"rule": "skew_kurtosis", "skewness": "1", "kurtosis": "2"}]
            )  # fmt: skip
        if random.random() < 0.3:
            content["sample"] = random.choice(
                [{"within": ["tier"]}, {"where": {"attribute": "solo", "is": "yes"}}, {"within": ["tier", "solo"]}]
            )
        return content

    def derived(self, name: str) -> str:
        """A measure worked out from others, where there are any."""
        random = self.random
        others = [one for one in sorted(self.measures) if "formula" not in self.measures[one]]
        if not others:
            return self.measure(name)
        a, b = random.choice(others), random.choice(others)
        formula = random.choice(
            [f"{a} + {b} / 3", f"max({a}, {b}) - shift", f"{a} * {b} / max(1, {b})", f"first({a}, {b})",
             f"if({a} > 5, {a}, {b})", f"ln({a}) + sqrt(abs({b}))", f"round({a} / 7, 2)", f"{a} ^ 2 / {b}"]
        )  # fmt: skip
        self.measures[name] = {"title": title(name), "unit": "u", "direction": "higher", "formula": formula}
        return name

    def node(self, name: str, depth: int) -> dict[str, Any]:
        if depth < 4 and self.random.random() < (0.75, 0.35, 0.1)[depth - 1]:
            return self.group(name, depth)
        return self.indicator(name)

    def group(self, name: str, depth: int) -> dict[str, Any]:
        random = self.random
        content = {
            "id": name, "title": title(name), "weight": self.weight(), "aggregation": self.aggregation(),
            "children": [self.node(f"{name}{at}", depth + 1) for at in range(random.randint(1, 4))],
        }  # fmt: skip
        if random.random() < 0.25:
            content["minimum"] = self.group_minimum()
        if random.random() < 0.15 and (condition := self.condition()):
            content["applies_when"] = condition
        if not self.plain and random.random() < 0.3:
            content["needs"] = {"share": "0.6", "otherwise": random.choice(["block", "exclude"])}
        if not self.plain and random.random() < 0.3:
            content["weights"] = "equal"
            for child in content["children"]:
                child.pop("weight", None)
        return content

    def aggregation(self) -> Any:
        kind = self.random.choice(self.kinds)
        content = {"kind": kind}
        if kind == "power":
            content["exponent"] = self.random.choice(["0.5", "2", "-1", "-2.5", "3", "0.01", "40", "-30"])
        if self.random.random() < 0.2:
            content["floor"] = plain(self.highest * self.random.choice([0, 1, 10]) / 100)
        return content

    def weight(self) -> Any:
        def one() -> str:
            return self.random.choice(["1", "1", "2", "3", "5", "0.25", "12.5", "7", "22"])

        if not self.classes or self.random.random() < 0.4:
            return one()
        weights: dict[str, str | None] = {"a": one(), "b": one()}
        if self.random.random() < 0.3:
            weights[self.random.choice("ab")] = None
        return weights

    def group_minimum(self) -> dict[str, Any]:
        line = plain(self.highest * self.random.choice([20, 40, 50, Decimal("62.5")]) / 100)
        return {self.random.choice(["at_least", "at_least", "at_most"]): line} | self.on_miss()

    def on_miss(self) -> dict[str, Any]:
        kind = self.random.choice(["block", "cap", "finding"] if self.graded else ["block", "finding"])
        content: dict[str, Any] = {"on_miss": kind} | ({"cap_at": "L1"} if kind == "cap" else {})
        if self.random.random() < 0.2 and (condition := self.condition()):
            content["when"] = condition
        return content

    def condition(self, depth: int = 0) -> dict[str, Any] | None:
        random = self.random
        if depth < 2 and random.random() < 0.3:
            parts = [part for _ in range(2) if (part := self.condition(depth + 1))]
            if parts:
                return random.choice([{"all": parts}, {"any": parts}, {"not": parts[0]}])
        if self.measures and random.random() < 0.5:
            name = random.choice(sorted(self.measures))
            test, against = random.choice([("at_least", "5"), ("below", "7.5"), ("is", "1"), ("is_not", "0"),
                                           ("in", ["1", "2", "x"]), ("above", "0.4"), ("at_most", "5")])  # fmt: skip
            return {"measure": name, test: against}
        test, against = random.choice([("is", "yes"), ("is_not", "yes"), ("in", ["yes", "1.0"]), ("at_least", "1"),
                                       ("is", True), ("below", "2.5")])  # fmt: skip
        return {"attribute": random.choice(["tier", "solo"]), test: against}

    def indicator(self, name: str) -> dict[str, Any]:
        random = self.random
        curve = self.curve()
        condition = self.condition() if random.random() < 0.15 else None
        measure = f"m_{name}"
        listed = curve["kind"] == "checklist"
        derives = not self.plain and not listed and random.random() < 0.2
        measure = self.derived(measure) if derives else self.measure(measure)
        if not self.plain and random.random() < 0.4:
            curve = self.relative()
            self.measures[measure]["direction"] = random.choice(["higher", "lower"])
        elif not self.plain and random.random() < 0.1:
            curve = {"kind": "formula", "formula": f"value * value / 3 - 0.5 * {random.choice(sorted(self.measures))}"}
        else:
            self.measures[measure]["direction"] = "target"
        content: dict[str, Any] = {
            "id": name, "code": name, "title": title(name), "measure": measure, "curve": curve,
            "missing": self.missing(),
        }  # fmt: skip
        if random.random() < 0.3:
            content["invalid"] = random.choice(["zero", "block"])
        if random.random() < 0.08:
            content |= {"display": True}
        else:
            content["weight"] = self.weight()
        if condition:
            content["applies_when"] = condition
        if random.random() < 0.2:
            content["not_applicable_reasons"] = ["by_rule"]
        if random.random() < 0.25:
            content["minimum"] = self.minimum(curve)
        if random.random() < 0.12:
            content["alternatives"] = [
                {"code": f"{name}.x{at}", "title": title("x"), "measure": self.measure(f"m_{name}_x{at}"),
                 "curve": self.curve()}
                for at in range(random.randint(1, 2))
            ]  # fmt: skip
        self.codes.append(name)
        return content

    def measure(self, name: str) -> str:
        content: dict[str, Any] = {"title": title(name), "unit": "u", "direction": "target"}
        if self.random.random() < 0.2:
            content["lowest"] = "0"
        if self.random.random() < 0.2:
            content["highest"] = self.random.choice(["10", "99.5"])
        self.measures[name] = content
        return name

    def minimum(self, curve: dict[str, Any]) -> dict[str, Any]:
        side = self.random.choice(["at_least", "at_most"])
        content = {side: self.random.choice(["0.5", "1", "5", "7.25"])} | self.on_miss()
        if curve["kind"] == "checklist" and self.random.random() < 0.7:
            content |= {"item": "i0"}
            content[side] = "1"
        return content

    def missing(self) -> Any:
        policy = self.random.choice(["zero", "zero", "default", "default", "exclude", "block"])
        if policy == "default" and self.random.random() < 0.5:
            return {
                "policy": policy,
                "points": plain(self.highest * self.random.choice([0, 10, Decimal("33.3")]) / 100),
            }
        if policy == "block" and self.codes and self.random.random() < 0.7:
            return {"policy": policy, "unless_scored": [self.random.choice(self.codes)]}
        return policy

    def points(self) -> str:
        return plain(self.highest * self.random.choice([0, 0, 10, 25, 40, 60, 75, 90, 100, 100, Decimal("12.5")]) / 100)

    def curve(self) -> dict[str, Any]:
        random = self.random
        kind = random.choice(["linear", "linear", "linear", "log", "bands", "step", "boolean", "judged", "checklist"])
        if kind in ("linear", "log"):
            values = sorted(random.sample([Decimal(n) / 10 for n in (1, 2, 4, 5, 10, 25, 50, 70, 80, 90, 100, 1000)],
                                          random.randint(2, 5)))  # fmt: skip
            pairs = [[plain(value), self.points()] for value in values]
            if kind == "linear" and random.random() < 0.4:
                pairs = [["0", "0"], [random.choice(["2", "8", "10", "100"]), plain(self.highest)]]
            return {"kind": "linear", "points": pairs} | ({"axis": "log"} if kind == "log" else {})
        closed = random.choice(["left", "right"])
        if kind == "bands":
            return {"kind": "bands", "closed": closed, "bands": [
                {"to": "1", "points": self.points()}, {"from": "1", "to": "7.5", "points": self.points()},
                {"from": "7.5", "points": self.points()}]}  # fmt: skip
        if kind == "step":
            return {"kind": "step", "closed": closed, "below": self.points(),
                    "points": [["0.5", self.points()], ["5", self.points()]]}  # fmt: skip
        if kind == "boolean":
            return {"kind": "boolean"}
        if kind == "judged":
            return {"kind": "judged", "levels": [{"level": str(level), "points": self.points(), "title": title("l")}
                                                 for level in (0, 1, 2, 5)]}  # fmt: skip
        return {"kind": "checklist", "items": [{"id": f"i{at}", "title": title("i"),
                                                "points": random.choice(["1", "1", "2", "0.5"])}
                                               for at in range(random.randint(1, 4))]}  # fmt: skip


def random_facility(random: Random, edition: Edition, name: str) -> Facility:
    """Facts for it: mostly few decimals, often on a threshold, sometimes missing, invalid, capped or very long."""
    profile: dict[str, Any] = {}
    if edition.classes is not None and random.random() < 0.9:
        profile["class"] = random.choice(["a", "b", "m", "m"])
    profile["part"] = random.choice(["0", "1", "0.5", "0.6", "0.25", "0.333", "0.07", "0.125"])
    if random.random() < 0.02:
        profile["part"] = random.choice(["0.123456789", "0.1234567890123456789"])
    for attribute in ("tier", "solo"):
        if random.random() < 0.7:
            profile[attribute] = random.choice(
                ["yes", "no", "1", "1.00", "2.5", True, False, 3, Decimal("2.50"), ["yes", "x"]]
            )
    profile["year"] = random.choice(["2020", "2023-12-31", "2024-07", "2025"])
    facility = Facility(name, profile)
    digits = random.choice([0, 1, 2, 2, 3, 6, 12])  # of one facility, so that ties survive aggregation
    digits = ENDLESS if random.random() < 0.03 else digits
    missing = random.choice([0.0, 0.0, 0.1, 0.3])
    for measure in edition.measures:
        items = {item.id for indicator in edition.indicators for own, curve in indicator.curves
                 if own == measure for item in getattr(curve, "items", ())}  # fmt: skip
        if items and random.random() < 0.9:
            _items(random, facility, measure, sorted(items), missing)
            continue
        if random.random() < missing / 2:
            continue
        facility.measurements[measure] = _measurement(random, measure, digits, missing)
    return facility


def _items(random: Random, facility: Facility, measure: str, items: list[str], missing: float) -> None:
    def met() -> Decimal:
        return Decimal(random.choice(["0", "1", "1", "1.0", "0.5" if random.random() < 0.05 else "1"]))

    given = [item for item in items if random.random() >= missing]
    if random.random() < 0.3:
        inputs = tuple(Input(item, WHY.message, met(), "1") for item in given)
        facility.measurements[measure] = Measurement(measure, Outcome.SCORED, value=Decimal(len(given)), inputs=inputs)
        given = given[:1] if random.random() < 0.3 else []
    for item in given:
        name = f"{measure}.{item}"
        facility.measurements[name] = (
            Measurement(name, Outcome.SCORED, value=met()) if random.random() > 0.05 else _ended(random, name)
        )
    if random.random() < 0.1:
        facility.measurements[measure] = _measurement(random, measure, 0, missing)


def _measurement(random: Random, measure: str, digits: int, missing: float) -> Measurement:
    if random.random() < missing:
        return _ended(random, measure)
    return Measurement(
        measure,
        Outcome.SCORED,
        unit=random.choice(["", "u", "u", "u"]) if random.random() > 0.02 else "v",
        value=_value(random, digits),
        quality=random.choice([None, None, *Quality]),
        cap=Decimal(random.choice(["0", "0.5", "60", "62.505", "7.125"])) if random.random() < 0.05 else None,
    )


def _ended(random: Random, measure: str) -> Measurement:
    outcome = random.choice([one for one in Outcome if one is not Outcome.SCORED])
    return Measurement(measure, outcome, reason=Reason(random.choice(["why", "by_rule"]), WHY.message))


def _value(random: Random, digits: int) -> Decimal:
    kind = random.random()
    if kind < 0.35:
        return Decimal(
            random.choice(["0", "0.1", "0.2", "0.4", "0.5", "1", "2", "2.5", "5", "7", "7.5", "8", "10", "100"])
        )
    top = random.choice([1, 10, 10, 100])
    if kind < 0.45:
        return Decimal(random.randrange(0, 200 * top)) / 200  # … .xx5
    if kind < 0.48:
        return Decimal("5") + random.choice([1, -1]) * Decimal(1).scaleb(-random.choice([12, 13, 14]))
    if digits == ENDLESS:
        near = Decimal("5") + random.choice([1, -1]) * Decimal(1).scaleb(-random.choice([17, 20, 30]))
        return random.choice([near, Decimal(random.randrange(10**22)) / 10**21])
    if kind < 0.53:
        return Decimal(random.choice(["-3", "150", "-0.00", "1e-20", "1E+25"]))
    return Decimal(random.randrange(0, top * 10**digits + 1)).scaleb(-digits)


def differences(edition: Edition, facilities: list[Facility]) -> tuple[list[str], Scores]:
    """What the two engines say differently, in words."""
    population = population_of(edition, {one.name: one for one in facilities})
    scores = score_population(edition, population)
    samples = samples_of(edition, ((one.name, one.profile, one.measurements) for one in facilities))
    found = []
    for column, one in enumerate(facilities):
        result = score(
            edition,
            facility=one.name,
            profile=one.profile,
            measurements=one.measurements,
            inputs_digest="",
            samples=samples,
        )
        figures = {node.code: node.published for node in result.root.walk()}
        for code in scores.codes:
            if scores.points(code, column) != figures.get(code):
                found.append(f"{one.name} {code}: {scores.points(code, column)} for {figures.get(code)}")
        for what, ours, theirs in (
            ("grade", scores.grade(column), result.grade),
            ("verdict", scores.verdict(column), result.verdict),
        ):
            if ours != theirs:
                found.append(f"{one.name} {what}: {ours} for {theirs}")
    return found, scores


def _has_weight(children: list[dict[str, Any]]) -> bool:
    """Whether anything below counts: a number of display-only indicators cannot be asked for."""
    return any(_has_weight(one["children"]) if "children" in one else not one.get("display") for one in children)
