"""Facilities scored together: the samples they are compared by, those of indicators first, then of groups upwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from assessment.scoring.conditions import holds
from assessment.scoring.exact import group_points
from assessment.scoring.samples import Given, Peers, Samples, compares, indicator_samples, peers_of
from assessment.scoring.statistics import Statistics, statistics_of
from indicators.rubric.model import Edition, Group
from indicators.rubric.relative import needs_sample


def samples_of(edition: Edition, facilities: Iterable[Given]) -> Samples | None:
    """The samples of an edition; None when it compares nobody.

    Args:
        facilities: name, profile and measurements of all that are scored together, in any order.

    Returns:
        A facility is in the sample of a curve when the indicator is in its tree and applies, its value is valid, and
        the curve's own condition holds; in that of a rescaled group when the group has points. Blocked facilities are
        in it too.

    Raises:
        InputError: the profile of a facility lacks its class, its share or the date of a parameter.
    """
    if not compares(edition):
        return None
    given = tuple(facilities)
    samples = indicator_samples(edition, given)
    for groups in _upwards(edition):
        samples = Samples({**samples.by_curve, **_group_samples(edition, given, groups, samples)})
    return samples


def _upwards(edition: Edition) -> Iterator[list[Group]]:
    """The groups that are rescaled over the sample, the deepest first; those of one depth together."""
    by_depth: dict[int, list[Group]] = {}

    def look(group: Group, depth: int) -> None:
        if group.rescale is not None and needs_sample(group.rescale):
            by_depth.setdefault(depth, []).append(group)
        for child in group.children:
            if isinstance(child, Group):
                look(child, depth + 1)

    look(edition.root, 0)
    for depth in sorted(by_depth, reverse=True):
        yield by_depth[depth]


def _group_samples(
    edition: Edition, facilities: Iterable[Given], groups: list[Group], samples: Samples
) -> dict[str, dict[Peers, Statistics]]:
    values: dict[str, dict[Peers, list[Fraction]]] = {group.code: {} for group in groups}
    for name, profile, measurements in facilities:
        points = group_points(edition, facility=name, profile=profile, measurements=measurements, samples=samples)
        for group in groups:
            rule = group.rescale
            if rule is None or group.code not in points:
                continue
            where = rule.sample.where
            if where is None or holds(where, profile=profile, measurements=measurements):
                values[group.code].setdefault(peers_of(rule, profile), []).append(points[group.code])
    return {
        group.code: {
            peers: statistics_of(found, group.rescale.sample.outliers if group.rescale else None)
            for peers, found in values[group.code].items()
        }
        for group in groups
    }
