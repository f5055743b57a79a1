"""The assessment report for the centre: every indicator with what was measured and why it got its points.

Of a pre-assessment it is the statement: figures and what is lacking, no grade and no total.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.utils.translation import gettext as _

from assessment.documents.content.paper import Block, Heading, Paper, Sentence, Table, facts
from assessment.documents.content.words import figure_words
from assessment.models import Assessment, AssessmentState, Kind, StoredResult
from assessment.result_selectors import explanation_of
from assessment.scoring.explain.advice_words import suggestion_words
from assessment.scoring.explain.report import Explanation
from assessment.scoring.explain.still_needed import still_needed
from assessment.scoring.result import Node
from assessment.services.decision.review import statement_valid_until
from assessment.web.printed.answer import day, paper_on, word
from assessment.web.printed.causes import causes, needs
from assessment.web.shown.acts import state_words
from assessment.web.shown.minutes import result_sentences
from core.text import Text
from core.units import with_unit
from operations.templatetags.words import points, said

REPORT = Text(zh="评价报告", en="Assessment report")
ADVICE = Text(zh="提升等级的途径", en="What would lift the grade")
STATEMENT = Text(zh="预评价结论", en="Statement of the pre-assessment")
_OF_THE_TOTAL = ("lost", "consequence", "grade")  # kinds of sentences from which a total could be told


def report_of(case: Assessment) -> Text | None:
    """What the report of a case is called; None while there is none: a statement is one once it is issued."""
    if case.result_id is None:
        return None
    if case.kind != Kind.PRE_ASSESSMENT:
        return REPORT
    return STATEMENT if case.state == AssessmentState.STATED else None


def report_paper(case: Assessment, stored: StoredResult) -> Paper:
    title = STATEMENT if case.kind == Kind.PRE_ASSESSMENT else REPORT
    return paper_on(case, title, _blocks(case, stored))


def _blocks(case: Assessment, stored: StoredResult) -> Iterator[Block]:
    explanation = explanation_of(stored)
    result, graded = explanation.result, case.kind != Kind.PRE_ASSESSMENT
    yield facts(
        (
            (_("Rubric edition"), f"{case.edition.rubric}/{case.edition.edition}"),
            (_("State"), word(state_words(case.state))),
            *(() if graded else ((_("Valid until"), day(statement_valid_until(case))),)),
            (_("Edition digest"), result.edition_digest),
            (_("Inputs digest"), result.inputs_digest),
            (_("Result digest"), stored.digest),
        )
    )
    yield Heading(_("Result"))
    for sentence in result_sentences(case, result, explanation.edition.grades):
        yield Sentence(said(sentence))
    pillars = tuple((said(pillar.title), _points_or_word(pillar)) for pillar in result.pillars)
    yield Table((_("Pillar"), _("Points")), pillars, shares=(4, 1))
    if graded:
        yield Heading(_("Caps and blocks"), level=2)
        yield from causes(result.consequences)
        yield from _advice(explanation)
    else:
        yield from needs(still_needed(result))
    for pillar in result.pillars:
        yield from _pillar(pillar, explanation, left_out=() if graded else _OF_THE_TOTAL)


def _advice(explanation: Explanation) -> Iterator[Block]:
    """What would lift the centre by a grade, as far as it was found out."""
    advice = explanation.advice
    if advice is None:
        return
    yield Heading(said(ADVICE), level=2)
    for one in (*advice.single, *((advice.combination,) if advice.combination else ())):
        yield Sentence(said(suggestion_words(one, explanation.edition)), listed=True)
    if advice.reason:
        yield Sentence(said(advice.reason))


def _pillar(pillar: Node, explanation: Explanation, *, left_out: Collection[str]) -> Iterator[Block]:
    """Its indicators in a table, then each with its sentences but for those of some kinds."""
    yield Heading(f"{said(pillar.title)}{_(': ')}{_points_or_word(pillar)}")
    heads = (_("Indicator"), _("Measured"), _("Evidence grade"), _("Points"), _("Weight"))
    indicators = [node for node in pillar.walk() if not node.children]
    rows = tuple(
        (f"{node.code} {said(node.title)}", _measured(node), _quality(node), _points_or_word(node), f"{node.weight:f}")
        for node in indicators
    )
    yield Table(heads, rows, shares=(7, 4, 2, 3, 2))
    for node in indicators:
        yield Heading(f"{node.code} {said(node.title)}", level=3)
        for sentence in explanation.speaker.sentences(node.code):
            if sentence.kind not in left_out:
                yield Sentence(said(sentence.text))
        for support in node.inputs.rests_on if node.inputs else ():
            yield Sentence(f"{support.evidence} · {support.kind} · {support.rows}", listed=True)


def _points_or_word(node: Node) -> str:
    return word(node.outcome.label) if node.published is None else points(node.published)


def _measured(node: Node) -> str:
    if node.inputs is None or node.inputs.value is None:
        return "–"
    return said(with_unit(figure_words(node.inputs.value, node.inputs.unit), node.inputs.unit))


def _quality(node: Node) -> str:
    return node.inputs.quality.value if node.inputs and node.inputs.quality else "–"
