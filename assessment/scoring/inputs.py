"""What a result depends on besides the edition, in the forms the engine asks for."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from assessment.scoring.samples import Samples
from centres.profile import FacilityProfile
from core.canonical import canonical_digest, jsonable
from core.errors import InsufficientData
from core.quantity import plain
from indicators.measures.base import Measurement
from indicators.measures.references import scale_tier


def profile_attributes(profile: FacilityProfile, **more: Any) -> dict[str, Any]:
    """The attributes of a facility profile that conditions, classes and peer groups may name.

    Args:
        more: attributes derived elsewhere, such as `scale_tier` (needs the accelerator table).
    """
    return {
        "class": profile.centre_class.value,
        "training_share": profile.training_part,
        "province": profile.place.province,
        "city": profile.place.city,
        "hub_node": profile.place.hub_node,
        "empowerment_modes": list(profile.empowerment_modes),
        "cards": Decimal(profile.cards),
        "it_capacity_kw": profile.it_capacity_kw,
        "self_use_only": profile.self_use_only,
        "services_span_nodes": profile.services_span_nodes,
        **more,
    }


def scored_attributes(profile: FacilityProfile) -> dict[str, Any]:
    """The profile as rubric conditions and peer groups see it; without a known peak there is no scale tier to name."""
    try:
        return profile_attributes(profile, scale_tier=scale_tier(profile).value)
    except InsufficientData:
        return profile_attributes(profile)


def inputs_digest(
    *,
    facility: str,
    profile: Mapping[str, Any],
    measurements: Mapping[str, Measurement],
    sources: Mapping[str, Any] | None = None,
    samples: Samples | None = None,
) -> str:
    """SHA-256 over the canonical JSON of everything a result is computed from, see `inputs_content`."""
    return canonical_digest(
        inputs_content(facility=facility, profile=profile, measurements=measurements, sources=sources, samples=samples)
    )


def inputs_content(
    *,
    facility: str,
    profile: Mapping[str, Any],
    measurements: Mapping[str, Measurement],
    sources: Mapping[str, Any] | None = None,
    samples: Samples | None = None,
) -> dict[str, Any]:
    """What `inputs_digest` is the digest of, as plain JSON values.

    Args:
        profile: attributes as given to `score`.
        measurements: by measure, as given to `score`.
        sources: evidence digests, parser and measure versions, run cards, reference tables; empty for facts files.
        samples: what relative curves compare with; None where the edition has none.
    """
    return {
        "facility": facility,
        "profile": attributes_as_json(profile),
        "measurements": {name: measurement.as_json() for name, measurement in measurements.items()},
        "sources": jsonable(dict(sources or {})),
    } | ({} if samples is None else {"samples": samples.digest})


def attributes_as_json(profile: Mapping[str, Any]) -> dict[str, Any]:
    """Profile attributes as plain JSON values."""
    return {key: _attribute(value) for key, value in profile.items()}


def _attribute(value: Any) -> Any:
    return plain(value) if isinstance(value, Decimal) else jsonable(value)
