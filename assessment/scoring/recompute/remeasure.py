"""From the bytes of the evidence to the measurements of a bundle: read again, measured again, compared.

Parsers, measures and reference tables carry versions. Where one has changed since, its measurements may rightly differ:
the version is named and the question stays open, rather than ending in a silent no.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from assessment.scoring.inputs import inputs_content, scored_attributes
from assessment.scoring.recompute.bundle import Bundle
from assessment.scoring.recompute.rebuild import Check
from assessment.scoring.rulings import as_measured
from centres.profile import FacilityProfile
from centres.profile_reading import ProfileError, read_kept_profile
from core.canonical import canonical_json
from core.errors import UserFacingError
from core.outcome import Reason
from core.provenance import Where, digest_of_chunks
from core.text import Text
from evidence.parsers.base import identity
from evidence.parsers.maps.parser import FORMAT as MAPPED
from evidence.parsers.maps.parser import VERSION as MAPPED_VERSION
from evidence.parsers.reading import read_by
from evidence.parsers.registry import PARSER_BY_FORMAT, identify, kinds_of
from evidence.parsers.text.source import CHUNK, Source
from indicators.measures.base import CentreEvidence, RejectedFile
from indicators.measures.findings import NOTHING_HANDED_IN
from indicators.measures.references import reference_tables
from indicators.measures.registry import measure_all, measure_versions

Find = Callable[[Mapping[str, Any]], Source | None]  # an entry of `origin.evidence` → its bytes, None where not at hand
SHOWN = 5


def remeasure(bundle: Bundle, *, find: Find) -> tuple[Check, ...]:
    """Checks `evidence` (are the bytes there), `profile`, `versions` and `measurements`."""
    origin = bundle.origin
    if origin is None:
        return (Check("evidence", False, _NO_ORIGIN),)
    sources = bundle.inputs["sources"]
    try:
        profile = read_kept_profile(origin["profile"])
    except ProfileError as error:
        return (Check("profile", False, error.faults[0].message),)
    found = {str(entry["sha256"]): (entry, find(entry)) for entry in origin["evidence"]}
    bytes_there = _evidence_check(found, sources)
    checks = [bytes_there, _profile_check(profile, bundle)]
    changed = _changed_versions(sources)
    checks.append(Check("versions", None, _said(_CHANGED, changed)) if changed else Check("versions", True))
    if bytes_there.ok:
        checks.append(_measurements_check(bundle, profile, found, excused=bool(changed)))
    return tuple(checks)


def files_by_digest(folder: Path) -> dict[str, Path]:
    """Every file of a folder and those below it, by `sha256:…`; links are not followed."""
    files: dict[str, Path] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as stream:
                files[digest_of_chunks(iter(lambda: stream.read(CHUNK), b""))] = path
    return files


def comparable(measurement: Any) -> bytes:
    """What must come out alike. Which files would feed a measure without evidence is told by the formats read today."""
    content = json.loads(canonical_json(measurement))
    reason = content.get("reason") or {}
    if reason.get("code") == NOTHING_HANDED_IN:
        reason["message"] = None
    return canonical_json(content)


def source_of(entry: Mapping[str, Any], *, opener: Callable[[], BinaryIO], size: int) -> Source:
    """The bytes of an entry of `origin.evidence`, with what its uploader declared."""
    return Source(
        entry["name"],
        opener,
        size,
        entry["sha256"],
        entry.get("encoding") or None,
        entry.get("timezone") or None,
    )


def _evidence_check(found: Mapping[str, tuple[Any, Source | None]], sources: Mapping[str, Any]) -> Check:
    named = set(sources.get("evidence", {}))
    if strange := sorted(set(found) ^ named):
        return Check("evidence", False, _said(_NOT_THE_SAME_LIST, strange))
    if missing := sorted(digest for digest, (_, source) in found.items() if source is None):
        return Check("evidence", False, _said(_MISSING, missing))
    return Check("evidence", True)


def _profile_check(profile: FacilityProfile, bundle: Bundle) -> Check:
    inputs = bundle.inputs
    again = inputs_content(facility=profile.centre.id, profile=scored_attributes(profile), measurements={})
    if profile.digest == inputs["sources"].get("profile") and again["profile"] == inputs["profile"]:
        return Check("profile", True)
    if reference_tables() != inputs["sources"].get("reference_tables"):
        return Check("profile", None, _PROFILE_AND_TABLES)
    return Check("profile", False, _OTHER_PROFILE)


def _changed_versions(sources: Mapping[str, Any]) -> list[str]:
    """`then → now` of every parser, measure and table whose version is another one today."""
    changed = []
    for parser in sorted(set(sources.get("evidence", {}).values())):
        if parser.startswith(f"{MAPPED}/{MAPPED_VERSION}-"):  # the map itself stands in the bundle
            continue
        known = PARSER_BY_FORMAT.get(parser.partition("/")[0])
        if known is None or identity(known) != parser:
            changed.append(f"{parser} → {identity(known) if known else '–'}")
    for what, then, now in (
        ("measure ", sources.get("measures"), measure_versions()),
        ("", sources.get("reference_tables"), reference_tables()),
    ):
        if then is None:
            changed.append(f"{what}versions – → {len(now)}")
            continue
        changed += [f"{what}{n} {then[n]} → {now.get(n, '–')}" for n in sorted(then) if now.get(n) != then[n]]
    return changed


def _measurements_check(
    bundle: Bundle, profile: FacilityProfile, found: Mapping[str, tuple[Any, Source | None]], *, excused: bool
) -> Check:
    read, left_out = [], {}
    for digest, (entry, source) in sorted(found.items()):
        assert source is not None  # noqa: S101 – the evidence check saw to it
        try:
            parser = identify(source, declared=entry.get("format") or None, column_map=entry.get("column_map"))
            result = read_by(parser, source)
        except UserFacingError as error:
            return Check("measurements", None if excused else False, error.message)
        read.append((digest, result.tables))
        left_out[digest] = result.rows_left_out
    kept = as_measured(bundle.inputs)  # what people ruled on stands in the inputs, not in the evidence
    refused = [_refused(entry) for entry in (bundle.origin or {}).get("rejected", ())]
    again = measure_all(CentreEvidence.pooled(profile, read, rejected=refused, left_out=left_out))
    other = [name for name in sorted(kept) if name not in again or comparable(again[name]) != comparable(kept[name])]
    if not other:
        return Check("measurements", True)
    told = _said(_OTHER_MEASUREMENTS, [_told(name, kept[name], again.get(name)) for name in other])
    return Check("measurements", None if excused else False, told)


def _refused(entry: Mapping[str, Any]) -> RejectedFile:
    """A file that does not count, as the measures that lack it name it; its bytes are not needed."""
    where = {
        place: entry["where"][place] for place in ("line", "cell", "byte", "field", "file") if place in entry["where"]
    }
    return RejectedFile(
        evidence=entry["sha256"],
        name=entry["name"],
        kinds=kinds_of(entry["format"], column_map=entry.get("column_map")),
        reason=Reason(entry["code"], Text(**entry["message"])),
        where=Where(**where),
    )


def _told(name: str, kept: Mapping[str, Any], again: Any) -> str:
    now = again.as_json() if again is not None else {}
    field = next((key for key in kept if kept[key] != now.get(key)), "")
    if field in ("value", "outcome", "quality"):
        return f"{name} ({field} {kept[field]} → {now.get(field, '–')})"
    return f"{name} ({field})"


def _said(sentence: Text, listed: Iterable[str]) -> Text:
    """The sentence with the first few of a list, and how many more there are."""
    words = list(listed)
    shown = "; ".join(words[:SHOWN]) + (f" … (+{len(words) - SHOWN})" if len(words) > SHOWN else "")
    return sentence.filled(what=shown)


_NO_ORIGIN = Text(
    zh="结果包不含设施档案和证据清单（由事实文件计分，或下载者无权查看证据），无法重新测算。",
    en="The bundle holds neither the facility profile nor the list of evidence (it was scored from a facts file, or "
    "downloaded by somebody who may not see the evidence); nothing can be measured again.",
)
_NOT_THE_SAME_LIST = Text(
    zh="证据清单与输入摘要所列不符：{what}。", en="The list of evidence is not the one the inputs name: {what}."
)
_MISSING = Text(zh="缺少证据文件：{what}。", en="Evidence files are missing: {what}.")
_OTHER_PROFILE = Text(
    zh="设施档案与计分所用的不符。", en="The facility profile is not the one the result was scored with."
)
_PROFILE_AND_TABLES = Text(
    zh="参考表已更新，无法比较由设施档案得出的属性。",
    en="The reference tables have changed since; what follows from the profile cannot be compared.",
)
_CHANGED = Text(
    zh="版本已不同，度量可能因此而不同：{what}。",
    en="Versions have changed since, and measurements may differ for that: {what}.",
)
_OTHER_MEASUREMENTS = Text(zh="重新测算后不同：{what}。", en="Measured again they differ: {what}.")
