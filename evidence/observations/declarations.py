"""One declared value or one item of a declared checklist, with who stands for it."""

from core.text import Text
from evidence.observations.schema import COUNT, DATE, FIGURE, FLAG, TEXT, Column, Kind

DECLARATIONS = Kind(
    name="declaration",
    title=Text(zh="声明", en="Declarations"),
    own_columns=(
        Column("indicator", TEXT),  # the measure or indicator code it speaks of
        Column("item", TEXT, optional=True),  # null: a single value
        Column("value", FIGURE, optional=True),
        Column("unit", TEXT, optional=True),
        Column("met", FLAG, optional=True),  # of a checklist item
        Column("statement", TEXT, optional=True),
        Column("documents", COUNT),  # how many documents support it
        Column("declared_by", TEXT, optional=True),
        Column("declared_on", DATE, optional=True),
        Column("witnessed_by", TEXT, optional=True),  # an assessor's name makes it a judgement
        Column("document", TEXT, optional=True),  # sha256:… of the scan the value was keyed from
        Column("page", COUNT, optional=True),
        Column("expires_on", DATE, optional=True),  # of that document
    ),
    identity=("indicator", "item"),
)
