"""What assessors and reviewers try on single indicators."""

from __future__ import annotations

from decimal import Decimal

from django.db import IntegrityError
from hypothesis import strategies as st

from assessment.models import Assessment, CasePart, Part, Rating, RatingState, RatingVersion
from assessment.services.desk.ratings import Said
from assessment.services.desk.ratings import rule as rule_on
from tests.assessment.chance.moves import Moves, step
from tests.assessment.chance.starts import newest_case, person, take
from tests.assessment.chance.world import PEOPLE

ON_INDICATORS = (
    *("accept_figure", "dispute_figure", "rule_out", "take_back", "judge"),
    *("approve_reason", "refuse_reason", "propose", "agree", "adjudicate"),
)
ADJUDICATION = st.sampled_from(
    [("ana", "propose"), ("bo", "propose"), ("ana", "agree"), ("bo", "agree"), ("poly", "adjudicate")]
)
CODES = ("GR-1.1", "US-4.1", "US-4.2", "ST-3.6")  # two figures, two levels
LEVELS = tuple(Said(level=Decimal(level), text="x") for level in (2, 3))


class Rulings(Moves):
    """Once and twice, thought over, sent to the reviewer, settled by others."""

    @step(needs=Assessment, name=PEOPLE, code=CODES, said=(Said(), *LEVELS), act=ON_INDICATORS)
    def rules_on_an_indicator(self, name: str, code: str, act: str, said: Said) -> None:
        if newest_case().result is not None:
            self.tried(lambda: rule_on(newest_case(), code, act, person=person(name), said=said))

    @step(needs=Assessment, code=CODES, said=LEVELS,
          acts=st.lists(st.sampled_from(ON_INDICATORS[:5]), min_size=1, max_size=4))  # fmt: skip
    def an_indicator_goes_on(self, code: str, acts: list[str], said: Said) -> None:
        """One assessor thinks again."""
        for act in acts:
            self.rules_on_an_indicator(name="ana", code=code, act=act, said=said)

    @step(needs=Assessment, code=CODES[2:], said=(*LEVELS, LEVELS[1]), ends=st.lists(ADJUDICATION, max_size=4))
    def a_level_is_settled(self, code: str, said: Said, ends: list[tuple[str, str]]) -> None:
        """Rated by two, who agree or not, and then by whoever adjudicates."""
        self.rules_on_an_indicator(name="ana", code=code, act="judge", said=LEVELS[0])
        self.rules_on_an_indicator(name="bo", code=code, act="judge", said=said)
        for name, act in ends:
            self.rules_on_an_indicator(name=name, code=code, act=act, said=LEVELS[0])

    @step(needs=Assessment, word=("approve_reason", "refuse_reason"),
          acts=st.lists(st.sampled_from(ON_INDICATORS[:5]), min_size=len(CODES), max_size=len(CODES)))  # fmt: skip
    def reasons_come_before_the_reviewer(self, word: str, acts: list[str]) -> None:
        """Found not applicable, approved or refused, sent back, and ruled on anew."""
        for code in CODES:
            for name in ("ana", "bo"):
                self.rules_on_an_indicator(name=name, code=code, act="rule_out", said=LEVELS[0])
        self.tried(lambda: take(newest_case(), "evaluate", "ana"))
        for code in CODES:
            self.rules_on_an_indicator(name="ravi", code=code, act=word, said=LEVELS[0])
        self.tried(lambda: take(newest_case(), "send_back", "ravi"))
        for code, act in zip(CODES, acts, strict=True):
            self.rules_on_an_indicator(name="ana", code=code, act=act, said=LEVELS[1])

    @step(needs=Rating, name=PEOPLE, state=RatingState.values)
    def somebody_writes_a_rating(self, name: str, state: str) -> None:
        """A version past the services is of an assessor of the case, while it is evaluated, or is refused."""
        rating, forger = Rating.objects.order_by("pk")[0], person(name)

        def write() -> None:
            RatingVersion.objects.create(rating=rating, version=99, act="judge", state=state, person=forger)
            entry = CasePart.objects.get(assessment=rating.assessment, natural_person=forger.natural_person)
            assert entry.part == Part.ASSESSOR
            assert rating.assessment.state in ("submitted", "in_evaluation")
            raise IntegrityError("taken back")

        self.forced(write)
