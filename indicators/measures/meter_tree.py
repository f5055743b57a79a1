"""The tree of meters a profile declares: which of them count, so that nothing is counted twice or not at all."""

from __future__ import annotations

from centres.profile import FacilityProfile, Meter


def facility_meters(profile: FacilityProfile) -> tuple[Meter, ...]:
    """The topmost facility meters, so that nothing is counted twice."""
    return tuple(m for m in profile.meters if m.measures == "facility" and not is_below(profile, m, "facility"))


def it_meters(profile: FacilityProfile) -> tuple[Meter, ...]:
    """The IT meters nearest to the equipment: those without another IT meter below them."""
    it = [meter for meter in profile.meters if meter.measures == "it"]
    above = {ancestor.id for meter in it for ancestor in ancestors(profile, meter)}
    return tuple(meter for meter in it if meter.id not in above)


def generation_meters(profile: FacilityProfile) -> tuple[Meter, ...]:
    """The topmost meters of own generation, all of which is credited, whatever it hangs below."""
    own = "onsite_renewable"
    return tuple(m for m in profile.meters if m.measures == own and not is_below(profile, m, own))


def is_contained(profile: FacilityProfile, meter: Meter) -> bool:
    """Whether the facility meter that counts already contains what a meter of generation below it measures.

    An incomer of the utility never does: what is generated behind it does not come in by it.

    Source: scheme §3.1.2 (on-site PV counts inside E_DC).
    """
    above = [other for other in ancestors(profile, meter) if other.measures == "facility"]
    return bool(above) and above[-1].at != "utility_incomer"


def is_below(profile: FacilityProfile, meter: Meter, measures: str) -> bool:
    """Whether a meter hangs somewhere below one of a purpose."""
    return any(ancestor.measures == measures for ancestor in ancestors(profile, meter))


def ancestors(profile: FacilityProfile, meter: Meter) -> list[Meter]:
    """The meters above one, the nearest first."""
    by_id = {other.id: other for other in profile.meters}
    found: list[Meter] = []
    while meter.parent is not None and by_id[meter.parent] not in found:
        meter = by_id[meter.parent]
        found.append(meter)
    return found
