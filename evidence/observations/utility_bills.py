"""One billing period of one account with the electricity utility: the energy between two readings of its meter."""

from core.text import Text
from evidence.observations.schema import FIGURE, FLAG, INSTANT, TEXT, Column, Kind

UTILITY_BILLS = Kind(
    name="utility_bills",
    title=Text(zh="供电企业电费账单", en="Bills of the electricity utility"),
    own_columns=(
        Column("account", TEXT),  # the utility's number for the customer's connection (户号)
        Column("meter", TEXT, optional=True),  # the utility's own meter, never one of the profile
        Column("start_at", INSTANT),  # the earlier reading
        Column("end_at", INSTANT),  # the reading billed
        Column("by_day", FLAG),  # the bill names days: each reading was taken within 24 hours from its instant
        Column("billed_kwh", FIGURE, unit="kWh"),
        Column("multiplier", FIGURE, optional=True),  # already in `billed_kwh`
        Column("voltage_kv", FIGURE, unit="kV", optional=True),
        Column("document", TEXT, optional=True),  # sha256:… of the scan the bill was keyed from
    ),
    identity=("account", "meter", "start_at", "end_at"),
)
