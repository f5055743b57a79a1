"""Real results for many centres: a few that the engine made of the demo's evidence, moved and given other names.

Evidence of some demo centres is parsed and measured as ever; its values are moved a little, scored, and each result is
kept as canonical text. A centre's own result is that text with the centre's name and files in it: names that are keys
keep their first eight signs, so that the order of the keys holds and the digests are those of the changed trees.
"""

from __future__ import annotations

import io
import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from assessment.scoring.explain.kept import About, as_text, found
from assessment.scoring.explain.situation import Situation
from assessment.scoring.facts import Facility
from assessment.scoring.inputs import attributes_as_json, inputs_content, scored_attributes
from assessment.scoring.result import Result
from assessment.scoring.semantics.registry import score
from assessment.scoring.summary import WATCHED, Summary, summary_of
from centres.profile import FacilityProfile
from centres.profile_reading import read_profile_yaml
from core.canonical import canonical_json
from core.period import instant
from core.provenance import digest, sha256_hex
from core.quantity import plain
from evidence.parsers.base import identity
from evidence.parsers.reading import read_by
from evidence.parsers.registry import identify
from evidence.parsers.text.source import Source
from fixtures.demo.centres import CENTRES
from fixtures.demo.evidence_files import evidence_files
from fixtures.demo.writers.facility_profile import facility_profile
from indicators.measures.base import CentreEvidence, Measurement
from indicators.measures.references import reference_tables
from indicators.measures.registry import measure_all, measure_versions
from indicators.rubric.model import Edition

KEPT_SIGNS = 8
MOST_MOVED = 0.08  # of a value, downwards


@dataclass(frozen=True)
class File:
    """One evidence file of a base: its SHA-256, name, bytes and reader."""

    sha256: str
    name: str
    content: bytes
    format: str
    parser: str

    @property
    def size(self) -> int:
        return len(self.content)


@dataclass(frozen=True)
class Base:
    """A result as text, with what it was computed from."""

    result: Result
    facility: Facility
    profile: FacilityProfile
    files: tuple[File, ...]
    tree: str
    inputs: str
    explanations: Mapping[About, str]

    def summary(self, slug: str) -> Summary:
        """What lists show of it, under another name."""
        made = summary_of(self.result.as_json(), attributes=attributes_as_json(self.facility.profile), measurements={})
        figures = {
            name: (plain(one.value), instant(one.period.end) if one.period else "")
            for name in WATCHED
            if (one := self.facility.measurements.get(name)) is not None and one.value is not None
        }
        return replace(made, facility=slug, figures=figures)

    def named(self, slug: str) -> tuple[str, str, str, str]:
        """Tree, inputs and the digests of both, for a centre of this name and its own files."""
        old = self.facility.name
        inputs = _renamed(self.inputs, old, slug, self.files)
        inputs_digest = digest(inputs.encode())
        tree = _renamed(self.tree, old, slug, self.files).replace(self.result.inputs_digest, inputs_digest)
        return tree, inputs, digest(tree.encode()), inputs_digest


def bases(edition: Edition, *, centres: int = 3, each: int = 20, seed: int = 0) -> list[Base]:
    """So many results, of so many demo centres with the values moved each time."""
    chance = random.Random(seed)  # noqa: S311  (repeatable on purpose)
    # Measures with a mandatory minimum stay: else most results would be blocked.
    kept = {name for indicator in edition.indicators if indicator.minima for name in indicator.measures}
    made = []
    for centre in CENTRES[:centres]:
        profile = read_profile_yaml(facility_profile(centre))
        files, tables = [], []
        for file in evidence_files(centre):
            source = _source(file.name, file.content, file.timezone or profile.place.timezone)
            parser = identify(source)
            found = read_by(parser, source)
            if found.has_errors:
                continue
            files.append(File(sha256_hex(file.content), file.name, file.content, parser.format, identity(parser)))
            tables.append((source.sha256, found.tables))
        measured = measure_all(CentreEvidence.pooled(profile, tables))
        made += [_base(edition, profile, tuple(files), _moved(measured, kept, chance)) for _ in range(each)]
    return made


def own_sha256(sha256: str, slug: str) -> str:
    """The name a file of a base has at a centre."""
    return sha256[:KEPT_SIGNS] + sha256_hex(f"{slug} {sha256}".encode())[KEPT_SIGNS:]


def _source(name: str, content: bytes, zone: str) -> Source:
    return Source(name, lambda: io.BytesIO(content), len(content), digest(content), None, zone)


def _base(
    edition: Edition, profile: FacilityProfile, files: tuple[File, ...], measurements: dict[str, Measurement]
) -> Base:
    attributes = scored_attributes(profile)
    slug = profile.centre.id
    inputs = inputs_content(
        facility=slug,
        profile=attributes,
        measurements=measurements,
        sources={
            "evidence": {"sha256:" + file.sha256: file.parser for file in files},
            "profile": profile.digest,
            "measures": measure_versions(),
            "reference_tables": reference_tables(),
        },
    )
    text = canonical_json(inputs)
    result = score(edition, facility=slug, profile=attributes, measurements=measurements, inputs_digest=digest(text))
    tree = canonical_json(result.as_json())
    situation = Situation(edition, slug, attributes, measurements, edition.semantics)
    explanations = {about: as_text(about, found(about, situation, result)) for about in About}
    facility = Facility(slug, attributes, measurements)
    return Base(result, facility, profile, files, tree.decode(), text.decode(), explanations)


def _moved(
    measurements: Mapping[str, Measurement], kept: Collection[str], chance: random.Random
) -> dict[str, Measurement]:
    moved = {}
    for name, one in measurements.items():
        factor = Decimal(str(round(1 - chance.uniform(0, MOST_MOVED), 6)))
        moved[name] = one if one.value is None or name in kept else replace(one, value=one.value * factor)
    return moved


def _renamed(text: str, old: str, new: str, files: tuple[File, ...]) -> str:
    text = text.replace(f'"{old}"', f'"{new}"')
    for file in files:
        text = text.replace(file.sha256, own_sha256(file.sha256, new))
    return text
