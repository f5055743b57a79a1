"""Assets, bills, links and probes, worked out by hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from core.outcome import Outcome, Quality
from core.quantity import measured as digits
from tests.indicators.measures.evidence import DAY, HOUR, YEAR_END, centre, code, measured


def asset(name: str, category: str, event: str, on: str, mass: str | None = None) -> dict[str, Any]:
    return {
        "asset": name, "category": category, "event": event, "on": dt.date.fromisoformat(on),
        "mass_kg": mass and Decimal(mass),
    }  # fmt: skip


def ledger(measure: str, *rows: dict[str, Any], **files: Any) -> Any:
    return measured(measure, centre({"ledger": {"asset_events": rows}, **files}))


def test_a_card_that_was_sent_back_and_replaced_failed_once() -> None:
    rows = [
        asset("C1", "card", "returned", "2025-06-01"),
        asset("C1", "card", "replaced", "2025-06-20"),
        asset("C2", "card", "replaced", "2026-03-31"),
        asset("C3", "card", "replaced", "2025-03-31"),  # before the twelve months
        asset("C4", "card", "replaced", "2026-04-01"),  # after them
        asset("S1", "server", "replaced", "2025-06-01"),
    ]
    assert ledger("card_annualised_failure_rate", *rows).value == digits(Fraction(200, 128))
    none = ledger("card_annualised_failure_rate", rows[-1])
    assert (none.value, [note.code for note in none.notes]) == (0, ["no_card_failed"])


def test_more_failed_cards_than_installed_contradict_the_profile() -> None:
    rows = [asset(f"C{n}", "card", "replaced", "2025-06-01") for n in range(129)]
    assert code(ledger("card_annualised_failure_rate", *rows)) == "more_failed_than_installed"


def test_reuse_is_by_mass_where_all_of_it_was_weighed_and_by_units_else() -> None:
    rows = [
        asset("S1", "server", "retired", "2025-09-01", "40"),
        asset("S2", "server", "retired", "2025-09-01", "60"),
        asset("S1", "server", "reused", "2025-10-01"),
        asset("S9", "server", "recycled", "2025-10-01"),  # retired long ago
    ]
    weighed = ledger("equipment_reuse", *rows)
    assert (weighed.value, weighed.quality) == (40, Quality.C)
    rows[1]["mass_kg"] = None
    assert ledger("equipment_reuse", *rows).value == 50
    nothing = ledger("equipment_reuse", asset("S1", "server", "replaced", "2025-09-01"))
    assert (nothing.outcome, code(nothing)) == (Outcome.NOT_APPLICABLE, "nothing_retired")


@pytest.mark.parametrize(
    ("events", "share"),
    [
        ((("repaired", "2024-05-10"), ("disposed", "2025-11-10")), 0),
        ((("reused", "2023-02-01"),), 0),
        ((("repaired", "2025-06-10"),), 0),  # in the period, before it retired
        ((("recycled", "2025-10-10"),), 100),  # on the day
        ((("recycled", "2025-11-10"), ("disposed", "2025-11-20")), 0),
        ((("disposed", "2025-06-10"), ("reused", "2025-12-01")), 100),  # disposed of before: of no meaning
        ((("reused", "2025-11-01"), ("retired", "2026-01-10")), 0),  # it came back, and nothing followed
    ],
)
def test_only_what_happens_after_retirement_is_reuse_and_disposal_outweighs_it(
    events: tuple[tuple[str, str], ...], share: int
) -> None:
    rows = [asset("S1", "server", event, on, "30") for event, on in (("retired", "2025-10-10"), *events)]
    for handed_in in (rows, rows[::-1]):
        found = ledger("equipment_reuse", *handed_in)
        assert (found.value, [note.code for note in found.notes]) == (share, [] if share else ["not_used_again"])


def bill(customer: str, kind: str, month: int, hours: str) -> dict[str, Any]:
    year = 2025 if month >= 4 else 2026
    return {
        "customer": customer, "customer_class": kind, "month": dt.date(year, month, 1), "card_hours": Decimal(hours),
    }  # fmt: skip


def bills(*rows: dict[str, Any], **profile: Any) -> Any:
    return measured("inclusive_use_share", centre({"bills": {"billing_rows": rows}}, **profile))


def test_inclusive_use_is_a_share_of_what_was_sold() -> None:
    rows = [bill("u", "university", m, "100") for m in range(1, 13)] + [
        bill("b", "large_company", m, "250.5") for m in range(1, 13)
    ]
    own = [bill("own", "self", m, "5000") for m in range(1, 13)]
    found = bills(*rows, *own)
    assert (found.value, found.quality) == (digits(Fraction(100 * 100) / Fraction("350.5")), Quality.A)
    assert bills(*rows, bill("u", "university", 4, "50")).value == digits(Fraction(125_000) / Fraction("4256"))


def test_equal_lines_of_one_file_add_up_and_those_of_another_file_say_the_same_again() -> None:
    # Of 720 h each month one line is the university's and four are a large company's: 1 of 5.
    lines = [bill("u", "university", m, "720") for m in range(1, 13)]
    lines += [bill("b", "large_company", m, "720") for m in range(1, 13) for _ in range(4)]
    twice = centre({"bills": {"billing_rows": lines}, "again": {"billing_rows": list(reversed(lines))}})
    assert bills(*lines).value == 20
    assert (measured("inclusive_use_share", twice).value, measured("inclusive_use_share", twice).notes) == (20, ())


def test_a_month_exported_open_and_later_complete_counts_as_complete_and_that_is_told() -> None:
    year = [bill("u", "sme", m, "1000") for m in range(3, 13)] + [
        bill("b", "public_body", m, "3000") for m in range(3, 13)
    ]
    early = [*year, bill("u", "sme", 2, "900"), bill("b", "public_body", 2, "200")]
    late = [
        bill(who, kind, m, hours)
        for m in (1, 2)
        for who, kind, hours in (("u", "sme", "1000"), ("b", "public_body", "3000"))
    ]
    found = measured("inclusive_use_share", centre({"early": {"billing_rows": early}, "late": {"billing_rows": late}}))
    assert found.value == 25
    assert [(note.code, "b 2026-02, u 2026-02" in note.message.en) for note in found.notes] == [("bills_differ", True)]


def test_a_customer_two_files_put_in_two_classes_is_of_the_one_that_is_not_inclusive() -> None:
    files = {
        kind: {"billing_rows": [bill("u", kind, m, "10") for m in range(1, 13)]} for kind in ("sme", "large_company")
    }
    assert measured("inclusive_use_share", centre(files)).value == 0


@pytest.mark.parametrize(("months", "outcome", "grade"), [
    (12, Outcome.SCORED, Quality.A), (11, Outcome.SCORED, Quality.B), (9, Outcome.SCORED, Quality.C),
    (8, Outcome.NOT_ASSESSABLE, None),
])  # fmt: skip
def test_months_without_a_bill_lower_the_grade(months: int, outcome: Outcome, grade: Any) -> None:
    found = bills(*[bill("u", "sme", m, "10") for m in range(1, months + 1)])
    assert (found.outcome, found.quality) == (outcome, grade)


def test_more_cannot_be_billed_than_the_cards_have() -> None:
    # 128 cards · 8,760 h = 1,121,280 card-hours.
    rows = [bill("u", "sme", m, "93440") for m in range(1, 13)]
    assert bills(*rows).value == 100
    assert code(bills(*rows, bill("v", "sme", 4, "0.000000001"))) == "billed_above_installed"
    assert code(bills(*[bill("own", "self", m, "10") for m in range(1, 13)])) == "nothing_sold"


LINKS = {"indicator": "ST-5.2.links", "value": Decimal(500), "unit": "1", "documents": 1}
AT = YEAR_END - 30 * DAY


def down(link: str, start: float, seconds: float | None, switch: str | None = "leaf-1") -> dict[str, Any]:
    begin = AT + dt.timedelta(seconds=start)
    end = None if seconds is None else begin + dt.timedelta(seconds=seconds)
    return {"switch": switch, "link": link, "down_at": begin, "up_at": end}


def flaps(*rows: dict[str, Any], declared: Any = (LINKS,)) -> Any:
    return measured("link_flaps", centre({"l": {"link_events": rows, "declaration": declared}}))


def test_only_flaps_of_a_second_count_and_overlapping_ones_are_one() -> None:
    rows = [
        down("1", 0, 0.999), down("1", 10, 1), down("2", 20, 60), down("2", 50, 60), down("2", 20, 60, "leaf-2"),
        down("3", 100, None), down("4", -100 * 86_400, 60),
    ]  # fmt: skip
    # 1 + 1 + 1 + 1 flaps ÷ 0.5 thousand links ÷ 3 months.
    assert flaps(*rows).value == digits(Fraction(8, 3))
    assert code(flaps(*rows, declared=())) == "links_unknown"
    assert code(flaps(*rows, declared=(LINKS | {"value": Decimal(3)},))) == "exposure_too_small"
    few = [down(str(n), n, 5) for n in range(101)]
    assert code(flaps(*few, declared=(LINKS | {"value": Decimal(100)},))) == "more_links_than_declared"


def probes(number: int, slow: int = 0, ranks: int = 64, **more: Any) -> list[dict[str, Any]]:
    return [
        {
            "at": AT + n * HOUR, "operation": "all_reduce", "ranks": ranks, "size_bytes": 1 << 30,
            "time_us": Decimal(30_000 if n < slow else 25_000),
        } | more
        for n in range(number)
    ]  # fmt: skip


def jitter(*rows: dict[str, Any]) -> Any:
    return measured("network_jitter", centre({"p": {"network_probes": rows}}))


def test_jitter_is_the_p99_over_the_median_of_the_fixed_probe() -> None:
    # 336 probes: the P99 is the 333rd in order; four slow ones reach it, three do not.
    assert jitter(*probes(336, 4)).value == Decimal("0.2")
    assert jitter(*probes(336, 3)).value == 0
    # Other payloads and fewer ranks are other probes.
    assert jitter(*probes(336, 4), *probes(336, 300, size_bytes=1 << 20), *probes(336, 300, ranks=8)).value == (
        Decimal("0.2")
    )
    assert code(jitter(*probes(251))) == "too_few_probes"
    assert jitter(*probes(252)).quality is Quality.C
