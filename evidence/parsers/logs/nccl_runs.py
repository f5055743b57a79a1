"""What one run of nccl-tests says once its lines are read: whether it ended, whether its figures fit each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from core.errors import InputError
from core.quantity import measured, plain, read_number
from evidence.parsers.logs.collectives import bus_factor

_NONE_WRONG = (0, "OK")
_CLOSE_ENOUGH = Decimal("0.01")  # the tool prints three significant figures and two decimals
_AVERAGE_DIGITS, _EXPONENT_DIGITS = 6, 2  # the average is printed by `%g`


@dataclass(frozen=True, slots=True)
class NcclRow:
    """One message size: what stood before the timings, then time, algbw, busbw, wrong out of place and in place."""

    line: int
    size: int
    redop: str | None
    leading: int
    out_of_place: tuple[str, str, str, str]
    in_place: tuple[str, str, str, str]

    def is_consistent(self, factor: Fraction) -> bool:
        """Whether both bandwidths follow from size and time.

        Args:
            factor: bus bandwidth ÷ algorithm bandwidth.
        """
        for time, algbw, busbw, _ in (self.out_of_place, self.in_place):
            micros, algorithm, bus = printed_figure(time), printed_figure(algbw), printed_figure(busbw)
            if micros is None or algorithm is None or bus is None:
                continue
            if not micros:
                return False
            recomputed = Decimal(self.size) / micros / 1000
            if not is_close(algorithm, recomputed):
                return False
            if not is_close(bus, recomputed * factor.numerator / factor.denominator):
                return False
        return True


@dataclass(slots=True)
class NcclRun:
    """One table of results with what stands around it."""

    line: int
    content: bytes = b""  # digest of the lines that made it, as they stand
    operation: str | None = None
    hosts: dict[int, str] = field(default_factory=dict)
    devices: list[str] = field(default_factory=list)
    rows: list[NcclRow] = field(default_factory=list)
    errors_are_figures: bool = False
    bounds: tuple[int, str] | None = None
    average: Decimal | None = None
    average_may_go_on_in: int | None = None  # the line of the average, where its figure may lack digits
    odd_rows: list[NcclRow] = field(default_factory=list)  # once judged: those that do not follow from size and time
    has_other_average: bool = False  # once judged: whether the printed average is not that of the rows

    @property
    def ranks(self) -> int:
        return len(self.hosts)

    @property
    def nodes(self) -> int | None:
        return len(set(self.hosts.values())) or None

    @property
    def device(self) -> str | None:
        """The model of the devices, when they are all alike."""
        return self.devices[0] or None if len(set(self.devices)) == 1 else None

    @property
    def missing_end(self) -> str | None:
        """Which of the two lines that every version of the tool closes a run with is not there, or not whole."""
        if self.bounds is None:
            return "Out of bounds values"
        return "Avg bus bandwidth" if self.average is None else None

    @property
    def found_wrong(self) -> tuple[int, str] | None:
        """What the closing line says, where the tool found wrong values itself."""
        return self.bounds if self.bounds != _NONE_WRONG else None

    @property
    def status(self) -> str:
        """`failed` where values are known to be wrong, `contradictory` where its figures contradict each other,
        `incomplete` where the run's end is missing.
        """
        if self.found_wrong:
            return "failed"
        if self.is_contradictory:
            return "contradictory"
        return "success" if self.missing_end is None else "incomplete"

    @property
    def is_contradictory(self) -> bool:
        """Whether a row does not follow from its size and time, or the average not from the rows."""
        return bool(self.odd_rows) or self.has_other_average

    def judge(self, operation: str) -> None:
        """See whether the figures of the run, which is one of `operation`, follow from each other."""
        self.operation = operation
        factor = bus_factor(operation, self.ranks)
        self.odd_rows = [row for row in self.rows if factor is not None and not row.is_consistent(factor)]
        mean = self.mean_busbw
        self.has_other_average = mean is not None and self.average is not None and not is_close(self.average, mean)

    @property
    def is_validated(self) -> bool:
        return any(row.out_of_place[3] != "N/A" or row.in_place[3] != "N/A" for row in self.rows)

    @property
    def busbws(self) -> list[tuple[Decimal, int]]:
        """Every printed bus bandwidth with its message size."""
        return [
            (bus, row.size)
            for row in self.rows
            for bus in (printed_figure(row.out_of_place[2]), printed_figure(row.in_place[2]))
            if bus is not None
        ]

    @property
    def mean_busbw(self) -> Decimal | None:
        printed = self.busbws
        return measured(Fraction(sum(bus for bus, _ in printed)) / len(printed)) if printed else None

    def wrong_values(self, text: str) -> int | None:
        """How many values were wrong by a cell of `#wrong`.

        Old versions print the largest error instead; then the closing line judges it.
        """
        if text == "N/A":
            return None
        if self.errors_are_figures or not text.isdigit():
            return self.bounds[0] if self.bounds else None
        return int(text)


def printed_figure(text: str) -> Decimal | None:
    return None if text == "N/A" else Decimal(text)


def printed_average(figure: str) -> Decimal | None:
    """The average of a run by the grammar of all figures, with its exponent; none where it is no whole figure."""
    try:
        return Decimal(plain(read_number(figure)))
    except InputError:
        return None


def is_printed_in_full(average: str) -> bool:
    """Whether no digit can follow; of an average with fewer digits its end may be cut off, or was zeros.

    `%g` gives an exponent two digits at least.
    """
    mantissa, _, exponent = average.lower().partition("e")
    if exponent:
        return len(exponent.lstrip("+-")) >= _EXPONENT_DIGITS
    return len(mantissa.replace(".", "").lstrip("0")) >= _AVERAGE_DIGITS


def is_close(value: Decimal, expected: Decimal) -> bool:
    return abs(value - expected) <= _CLOSE_ENOUGH + _CLOSE_ENOUGH * expected
