"""Who uses the centre, from its bills: the share of those whom inclusive compute is meant for."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.errors import InsufficientData, InvalidEvidence
from core.outcome import Outcome, Reason
from core.quantity import measured
from core.text import Text
from indicators.measures.base import CentreEvidence, Input, Measurement, support
from indicators.measures.columns import exact_sum, figures
from indicators.measures.findings import NotApplicable, coverage_grade, note, nothing_handed_in, some_of
from indicators.measures.job_log import YEAR_DAYS, window

INCLUSIVE = ("sme", "start_up", "university", "individual")
LEAST_MONTHS = 9
HOUR = 3_600_000


def inclusive_use_share(evidence: CentreEvidence) -> Measurement:
    """Card-hours of small firms, start-ups, universities and individuals ÷ card-hours sold in twelve months, per cent.

    Own use is not sold. Lines of one customer and month add up within a file; told by several files they count as the
    one does that bills most. Months without a bill lower the evidence grade; nine are needed.

    Raises:
        NoEvidence.
        NotApplicable: `nothing_sold`.
        InsufficientData: `months_missing`.
        InvalidEvidence: `billed_above_installed`.
    Source: scheme §2.4 US-5.2.
    """
    rows = evidence.rows("billing_rows")
    if not rows.num_rows:
        raise nothing_handed_in(["billing_rows"])
    period = window(evidence, YEAR_DAYS)
    zone = evidence.profile.zone
    first, last = (moment.astimezone(zone).date() for moment in (period.start, period.end))
    month = rows.column("month")
    rows = rows.filter(pc.and_(pc.greater_equal(month, pa.scalar(first)), pc.less(month, pa.scalar(last))))
    rows, notes = _each_once(rows)
    billed = Fraction(exact_sum(figures(rows.column("card_hours"))), 10**9)
    installed = Fraction(evidence.profile.cards * period.milliseconds, HOUR)
    if billed > installed:
        raise InvalidEvidence(
            "billed_above_installed",
            Text(
                zh=f"计费 {measured(billed)} 卡时，多于已安装卡的 {measured(installed)} 卡时。",
                en=f"{measured(billed)} card-hours were billed; the cards installed have {measured(installed)}.",
            ),
            hint=Text(zh="请核对单位（卡时）与是否重复计费。", en="Check the unit (card-hours) and repeated bills."),
        )
    months = pc.count_distinct(rows.column("month")).as_py()
    if months < LEAST_MONTHS:
        raise InsufficientData(
            "months_missing",
            Text(
                zh=f"十二个月中只有 {months} 个月有账单，至少需要 {LEAST_MONTHS} 个月。",
                en=f"{months} of twelve months have bills; {LEAST_MONTHS} are needed.",
            ),
            hint=Text(zh="请补交缺失月份的账单。", en="Hand in the bills of the missing months."),
        )
    sold = rows.filter(pc.not_equal(rows.column("customer_class"), "self"))
    total = exact_sum(figures(sold.column("card_hours")))
    if not total:
        raise NotApplicable(
            "nothing_sold",
            Text(zh="评价期内没有对外销售卡时，本指标不适用。", en="No card-hours were sold in the period."),
        )
    inclusive = sold.filter(pc.is_in(sold.column("customer_class"), value_set=pa.array(INCLUSIVE)))
    good = exact_sum(figures(inclusive.column("card_hours")))
    share = Fraction(months, 12)
    return Measurement(
        measure="inclusive_use_share",
        outcome=Outcome.SCORED,
        unit="%",
        value=measured(Fraction(100 * good, total)),
        period=period,
        coverage=measured(share),
        quality=coverage_grade(share),
        formula="S = inclusive ÷ sold × 100",
        inputs=(
            Input(
                "inclusive",
                Text(zh="普惠客户卡时", en="Of inclusive classes"),
                measured(Fraction(good, 10**9)),
                "card·h",
            ),
            Input("sold", Text(zh="对外销售卡时", en="Sold"), measured(Fraction(total, 10**9)), "card·h"),
            Input("months", Text(zh="有账单的月份", en="Months with bills"), Decimal(months), "1"),
        ),
        notes=notes,
        rests_on=support("billing_rows", sold),
    )


def _each_once(rows: pa.Table) -> tuple[pa.Table, tuple[Reason, ...]]:
    """Every customer's month as one file tells it: as the one that bills most, which of an open month came later."""
    of_bill = pc.binary_join_element_wise(rows.column("customer"), rows.column("month").cast(pa.string()), " ")
    keyed = rows.append_column("bill", of_bill)
    told = pa.table({"bill": of_bill, "evidence": rows.column("evidence").cast(pa.string())})
    files = told.group_by(["bill", "evidence"]).aggregate([]).column("bill").value_counts()
    several = files.field("values").filter(pc.greater(files.field("counts"), 1))
    bills: dict[str, dict[str, list[int]]] = {}
    for index in np.flatnonzero(pc.is_in(of_bill, value_set=several).to_numpy()).tolist():
        bill, file = keyed.column("bill")[index].as_py(), keyed.column("evidence")[index].as_py()
        bills.setdefault(bill, {}).setdefault(file, []).append(index)
    kept, differing = np.ones(rows.num_rows, dtype=bool), []
    for bill, by_file in bills.items():
        tellings = {file: _told(rows.take(pa.array(lines))) for file, lines in by_file.items()}
        holding = max(tellings, key=lambda file: tellings[file])
        kept[[line for file, lines in by_file.items() if file != holding for line in lines]] = False
        if len(set(tellings.values())) > 1:
            differing.append(bill)
    return rows.filter(pa.array(kept)), tuple(_told_differently(sorted(differing)))


def _told(rows: pa.Table) -> tuple[Any, ...]:
    """How one file tells a customer's month; more hours come later, and of as many those of no inclusive class."""
    lines = sorted((row["customer_class"], row["card_hours"]) for row in rows.to_pylist())
    return (
        sum(hours for _, hours in lines),
        -sum(hours for customer_class, hours in lines if customer_class in INCLUSIVE),
        tuple(lines),
    )


def _told_differently(bills: list[str]) -> Iterator[Reason]:
    if bills:
        shown = some_of([bill.removesuffix("-01") for bill in bills])
        yield note(
            "bills_differ",
            f"以下客户与账期在多个文件中互不一致，按卡时最多的一份计：{shown.zh}。同一账期的各行请在一个文件中提交。",
            f"Several files bill these customers and months differently, that with most card-hours counts: {shown.en}."
            " Hand in all lines of a customer's month in one file.",
        )
