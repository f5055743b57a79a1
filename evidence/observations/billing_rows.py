"""Card-hours of one customer in one month, by the class of the customer."""

from core.text import Text
from evidence.observations.schema import DATE, FIGURE, TEXT, Column, Kind

BILLING_ROWS = Kind(
    name="billing_rows",
    title=Text(zh="计费记录", en="Billing records"),
    own_columns=(
        Column("customer", TEXT),  # a pseudonym will do
        Column("customer_class", TEXT),  # sme | start_up | university | individual | large_company | public_body | self
        Column("month", DATE),  # its first day
        Column("card_hours", FIGURE, unit="h"),
        Column("amount", FIGURE, optional=True),
        Column("currency", TEXT, optional=True),
    ),
    identity=("customer", "month"),
)
