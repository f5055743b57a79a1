"""The task list of a centre: every indicator of the edition its case is pinned to, with what is asked for and why."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from assessment.centre_selectors.months import MONTHLY, Intake, intake_of, months_before
from assessment.models import OVER, Assessment, ProvisionalResult, StoredResult
from assessment.result_selectors import facility_of, kept_or_found, result_of
from assessment.scoring.explain.kept import About
from assessment.scoring.explain.situation import Situation
from assessment.scoring.explain.stakes import Stake, stakes
from assessment.scoring.explain.tasks import TaskState, Window, task_state, window_of
from assessment.scoring.inputs import scored_attributes
from assessment.scoring.result import Node, Result
from centres.models import Centre, ProfileVersion
from centres.profile import FacilityProfile
from centres.selectors import current_profile
from core.text import Text
from evidence.parsers.base import Parser
from indicators.measures.base import CentreEvidence, Measure
from indicators.measures.formats import formats_of
from indicators.measures.registry import MEASURE_BY_NAME, measure_all
from indicators.models import Edition
from indicators.rubric import model
from indicators.selectors import current_edition, typed, typed_by

_MONTHS = re.compile(r"P(\d{1,2})M")
_DAYS = re.compile(r"P(\d{1,3})D")


@dataclass(frozen=True, slots=True)
class Task:
    """One indicator as a task.

    Args:
        node: with its outcome and reason, as scored from what was handed in so far.
        window: the months of its evidence; None where it has none, or nothing of it came yet.
        formats: of files that would do.
        stake: what it alone would add; None where nothing better is in reach.
    """

    node: Node
    indicator: model.Indicator
    state: TaskState
    window: Window | None
    formats: tuple[Parser, ...]
    stake: Stake | None

    @property
    def reason(self) -> Text | None:
        return None if self.state is TaskState.COMPLETED or self.node.reason is None else self.node.reason.message


@dataclass(frozen=True, slots=True)
class PillarTasks:
    node: Node
    tasks: tuple[Task, ...]

    @property
    def counts(self) -> Mapping[TaskState, int]:
        return Counter(task.state for task in self.tasks)


@dataclass(frozen=True)
class Desk:
    """What lies before a centre.

    Args:
        case: its newest one that is not over; None before it applies.
        edition: that of the case, else the current one.
        result: of what is accepted so far, scored with that edition; None without a profile.
        provisional: the stored result it comes from; None where nothing was scored yet.
    """

    centre: Centre
    case: Assessment | None
    edition: Edition
    profile_version: ProfileVersion | None
    provisional: StoredResult | None
    result: Result | None
    intake: Intake
    pillars: tuple[PillarTasks, ...]

    @property
    def tasks(self) -> tuple[Task, ...]:
        return tuple(task for pillar in self.pillars for task in pillar.tasks)

    @property
    def counts(self) -> Mapping[TaskState, int]:
        return Counter(task.state for task in self.tasks)


def desk_of(centre: Centre) -> Desk:
    """The task list of a centre as it stands; about ten queries, however many files and indicators there are."""
    case = open_case(centre)
    edition = case.edition if case else current_edition()
    version = current_profile(centre)
    profile = version.profile if version else None
    intake = intake_of(centre, profile)
    provisional = provisional_of(centre)
    situation, result = scored_now(profile, provisional, edition)
    tree = typed(edition)
    worth = _stakes_of(situation, result, provisional, edition) if situation and result else {}
    rules = {one.code: one for one in tree.indicators}
    pillars = tuple(
        PillarTasks(
            pillar,
            tuple(_task(leaf, rules[leaf.code], tree, profile, intake, worth) for leaf in _leaves(pillar, rules)),
        )
        for pillar in (result.pillars if result else ())
    )
    return Desk(centre, case, edition, version, provisional, result, intake, pillars)


def open_case(centre: Centre) -> Assessment | None:
    """The newest case of a centre that is not over."""
    found = Assessment.objects.filter(centre=centre).exclude(state__in=OVER)
    return found.select_related("edition").defer("edition__content").order_by("-created_at").first()


def provisional_of(centre: Centre) -> StoredResult | None:
    found = ProvisionalResult.objects.filter(centre=centre)
    kept = found.select_related("result").defer("result__tree", "result__inputs").first()
    return kept.result if kept else None


def scored_now(
    profile: FacilityProfile | None, provisional: StoredResult | None, edition: Edition
) -> tuple[Situation | None, Result | None]:
    """What was measured so far, and its result by an edition; nothing is stored.

    Before anything was scored, nothing is measured: every measure then says what it asks for.
    """
    if provisional is not None:
        return _scored(provisional.digest, edition.digest, provisional.pk)
    if profile is None:
        return None, None
    situation = Situation(
        typed(edition),
        profile.centre.id,
        scored_attributes(profile),
        measure_all(CentreEvidence.pooled(profile, ())),
        scoring=typed(edition).semantics,
    )
    return situation, situation.result()


@functools.lru_cache(maxsize=16)
def _scored(digest: str, edition_digest: str, stored: int) -> tuple[Situation, Result]:
    """Neither a stored result nor an edition ever changes its digest's meaning."""
    rows = StoredResult.objects.select_related("edition", "profile_version").defer("edition__content", "tree")
    kept, tree = rows.get(pk=stored), typed_by(edition_digest)
    given = facility_of(kept)
    situation = Situation(tree, given.name, given.profile, given.measurements, scoring=tree.semantics)
    if kept.edition.digest == edition_digest:
        return situation, result_of(kept)
    return situation, situation.result()


def _stakes_of(
    situation: Situation, result: Result, provisional: StoredResult | None, edition: Edition
) -> Mapping[str, Stake]:
    if provisional is None:
        return stakes(situation, result)
    return _kept_stakes(provisional.digest, edition.digest, provisional.pk)


@functools.lru_cache(maxsize=16)
def _kept_stakes(digest: str, edition_digest: str, stored: int) -> Mapping[str, Stake]:
    if StoredResult.objects.filter(pk=stored, edition__digest=edition_digest).exists():
        found: Mapping[str, Stake] | None = kept_or_found(stored, About.STAKES)
        if found is not None:
            return found
    return stakes(*_scored(digest, edition_digest, stored))


def _leaves(pillar: Node, rules: Mapping[str, model.Indicator]) -> list[Node]:
    """The indicators that count: those that are only shown rest on others."""
    return [node for node in pillar.walk() if node.code in rules and not rules[node.code].display]


def _task(
    node: Node,
    rule: model.Indicator,
    tree: model.Edition,
    profile: FacilityProfile | None,
    intake: Intake,
    worth: Mapping[str, Stake],
) -> Task:
    measure = MEASURE_BY_NAME.get(tree.measures[rule.measure].computed or "")
    window = None
    if measure is not None and profile is not None:
        wanted = months_before(profile, months=months_wanted(rule))
        window = window_of(measure, wanted=wanted, handed_in=intake.handed_in, monthly=MONTHLY)
    return Task(
        node=node,
        indicator=rule,
        state=task_state(node, measure=measure, handed_in=intake.handed_in, window=window),
        window=window,
        formats=_formats(rule, tree, measure),
        stake=worth.get(node.code),
    )


def months_wanted(rule: model.Indicator) -> int:
    """Whole months the evidence of an indicator must cover, by the window the edition names; 0 for a test."""
    window = str(dict(rule.authored.get("evidence") or {}).get("window", ""))
    if found := _MONTHS.match(window):
        return int(found[1])
    if found := _DAYS.match(window):
        return -(-int(found[1]) // 31)
    return 0


def _formats(rule: model.Indicator, tree: model.Edition, measure: Measure | None) -> tuple[Parser, ...]:
    others = [MEASURE_BY_NAME.get(tree.measures[name].computed or "") for name in rule.measures]
    found: dict[str, Parser] = {}
    for one in (measure, *others):
        found |= {parser.format: parser for parser in (formats_of(one) if one else ())}
    return tuple(found.values())
