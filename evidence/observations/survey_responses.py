"""One respondent's answers to the ten-item System Usability Scale, 1 to 5 as given."""

from core.text import Text
from evidence.observations.schema import COUNT, DATE, FIGURE, TEXT, Column, Kind

SUS_ITEMS = tuple(f"q{number}" for number in range(1, 11))

SURVEY_RESPONSES = Kind(
    name="survey_responses",
    title=Text(zh="满意度问卷", en="Survey responses"),
    own_columns=(
        Column("respondent", TEXT),
        *(Column(item, COUNT) for item in SUS_ITEMS),
        Column("sus", FIGURE, unit="point"),  # 2.5 · (Σ odd (x−1) + Σ even (5−x))
        Column("role", TEXT, optional=True),
        Column("answered_on", DATE, optional=True),
    ),
    identity=("respondent",),
)
