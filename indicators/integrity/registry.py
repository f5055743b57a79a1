"""Every plausibility check there is, and the one way to run them all."""

from __future__ import annotations

from collections.abc import Iterable

from indicators.integrity.base import Check, Dossier, Finding, Flag, Severity, Threshold
from indicators.integrity.bills_against_meters import BILLS_AGAINST_METERS
from indicators.integrity.constant_stretch import CONSTANT_STRETCH
from indicators.integrity.conversion_losses import LOSSES_TOO_SMALL
from indicators.integrity.holes_between_runs import HOLES_BETWEEN_RUNS
from indicators.integrity.incident_numbers import INCIDENT_NUMBERS
from indicators.integrity.last_digits import LAST_DIGITS
from indicators.integrity.log_without_job import LOG_WITHOUT_JOB
from indicators.integrity.more_than_installed import MORE_THAN_INSTALLED
from indicators.integrity.nameplate import ENERGY_AGAINST_NAMEPLATE
from indicators.integrity.odd_steps import ODD_STEPS
from indicators.integrity.overhead_slope import OVERHEAD_SHRINKS
from indicators.integrity.power_and_jobs import POWER_AGAINST_JOBS
from indicators.integrity.pue_bounds import PUE_TOO_LOW
from indicators.integrity.quiet_meter import QUIET_METER
from indicators.integrity.rack_power import RACKS_AGAINST_METERS
from indicators.integrity.reference_bands import REFERENCE_BANDS
from indicators.integrity.repeated_days import REPEATED_DAYS
from indicators.integrity.rescaled_readings import RESCALED_READINGS
from indicators.integrity.run_numbers import RUN_NUMBERS
from indicators.integrity.run_spread import RUN_SPREAD
from indicators.integrity.runs_left_out import RUNS_LEFT_OUT
from indicators.integrity.same_rows import SAME_ROWS
from indicators.integrity.same_series import SAME_SERIES
from indicators.integrity.shortened_outages import SHORTENED_OUTAGES
from indicators.integrity.step_clock import STEP_CLOCK
from indicators.integrity.straight_stretch import STRAIGHT_STRETCH
from indicators.integrity.unreported_failures import UNREPORTED_FAILURES
from indicators.integrity.unreported_outages import UNREPORTED_OUTAGES
from indicators.integrity.utilisation_order import UTILISATION_ORDER

CHECKS: tuple[Check, ...] = (
    # physics and the profile
    ENERGY_AGAINST_NAMEPLATE,
    MORE_THAN_INSTALLED,
    PUE_TOO_LOW,
    UTILISATION_ORDER,
    REFERENCE_BANDS,
    # one kind of evidence against another
    BILLS_AGAINST_METERS,
    LOSSES_TOO_SMALL,
    OVERHEAD_SHRINKS,
    POWER_AGAINST_JOBS,
    RACKS_AGAINST_METERS,
    UNREPORTED_FAILURES,
    UNREPORTED_OUTAGES,
    SHORTENED_OUTAGES,
    LOG_WITHOUT_JOB,
    RUNS_LEFT_OUT,
    # one kind of evidence by itself
    INCIDENT_NUMBERS,
    RUN_NUMBERS,
    HOLES_BETWEEN_RUNS,
    RUN_SPREAD,
    STEP_CLOCK,
    CONSTANT_STRETCH,
    STRAIGHT_STRETCH,
    REPEATED_DAYS,
    QUIET_METER,
    LAST_DIGITS,
    ODD_STEPS,
    RESCALED_READINGS,
    # copies between centres
    SAME_SERIES,
    SAME_ROWS,
)

CHECK_BY_CODE: dict[str, Check] = {check.code: check for check in CHECKS}
_ORDER = tuple(Severity)


def flags_of(dossier: Dossier) -> tuple[Flag, ...]:
    """Everything odd about a package, the gravest first; the same dossier always gives the same flags."""
    found = [_flag(check, finding) for check in CHECKS for finding in check.find(dossier)]
    return tuple(sorted(found, key=lambda flag: _ORDER.index(flag.severity)))


def open_among(flags: Iterable[Flag]) -> tuple[Flag, ...]:
    """Those of open checks, which the centre is asked about."""
    return tuple(flag for flag in flags if (check := CHECK_BY_CODE.get(flag.code)) is not None and check.is_open)


def check_versions() -> dict[str, str]:
    """Code and version of every check, for the identity of a screening."""
    return {check.code: check.version for check in CHECKS}


def thresholds() -> dict[str, Threshold]:
    """Every declared line by its name."""
    return {threshold.name: threshold for check in CHECKS for threshold in check.thresholds}


def _flag(check: Check, finding: Finding) -> Flag:
    return Flag(
        code=check.code,
        version=check.version,
        severity=finding.severity or check.severity,
        subject=finding.subject,
        reason=finding.reason,
        look=check.look,
        figures=finding.figures,
        rests_on=finding.rests_on,
        period=finding.period,
        elsewhere=finding.elsewhere,
    )
