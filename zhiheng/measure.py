"""`zhiheng measure FILE… --profile FACILITY.yaml`: every measure of one centre from its evidence files."""

from __future__ import annotations

import argparse
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from centres.profile import FacilityProfile
from centres.profile_reading import ProfileError, read_profile_yaml
from core.errors import InputError, UserFacingError
from core.outcome import Outcome, Reason
from core.quantity import shortest
from core.text import Language, Text
from evidence.parsers.base import CONTRACT, NOWHERE, ParseIssue, Parser, Severity, identity
from evidence.parsers.reading import read_by
from evidence.parsers.registry import identify
from evidence.parsers.text.source import Source
from indicators.integrity.base import Dossier, Flag
from indicators.integrity.kept_prints import Prints
from indicators.integrity.prints import prints_of
from indicators.integrity.registry import CHECK_BY_CODE, check_versions, flags_of
from indicators.measures.base import CentreEvidence, Measurement, RejectedFile
from indicators.measures.references import reference_tables
from indicators.measures.registry import MEASURE_BY_NAME, measure_all
from zhiheng.output import no_such_file, print_json, printable
from zhiheng.parse import read_map_file

_REJECTED = Text(zh="{file}：未采用（{code}）{message}", en="{file}: not used ({code}) {message}")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="*", metavar="FILE", help="证据文件 · evidence files")
    parser.add_argument(
        "--map",
        nargs=2,
        action="append",
        default=[],
        metavar=("FILE", "MAP.yaml"),
        help="另一个证据文件及读取它的列映射 · another file, and the column map to read it by",
    )
    parser.add_argument(
        "--profile", required=True, metavar="FACILITY.yaml", help="机构概况 · the facility profile (YAML, contract 1)"
    )
    parser.add_argument(
        "--zone",
        metavar="ZONE",
        help="无时区时间所用的时区 · zone of times that carry none (default: the profile's)",
    )
    parser.add_argument(
        "--integrity", action="store_true", help="另作合理性检查 · plausibility checks as well, for the assessing body"
    )
    parser.add_argument(
        "--against",
        nargs="+",
        default=[],
        metavar="JSON",
        help="其他中心 --integrity --json 的输出，用于查找抄袭 · outputs of other centres, to find copies",
    )
    parser.add_argument("--json", action="store_true", help="输出 JSON（contract 1） · print JSON (contract 1)")


def run(arguments: argparse.Namespace) -> int:
    """Exit code 1 when a file was not used or a measure is invalid."""
    profile = load_profile(arguments.profile)
    zone = arguments.zone or profile.place.timezone
    read = [_read(name, zone) for name in arguments.files]
    read += [_read(name, zone, column_map=read_map_file(column_map)) for name, column_map in arguments.map]
    if not read:
        raise InputError(
            "no_files",
            Text(zh="没有给出证据文件。", en="No evidence file is named."),
            hint=Text(zh="zhiheng measure FILE… --profile FACILITY.yaml", en="zhiheng measure FILE… --profile …"),
        )
    used = [(one["sha256"], one["result"].tables) for one in read if one["result"] is not None]
    rejected = [one["rejected"] for one in read if one["rejected"] is not None]
    left_out = {one["sha256"]: one["result"].rows_left_out for one in read if one["result"] is not None}
    evidence = CentreEvidence.pooled(profile, used, rejected=rejected, left_out=left_out)
    measurements = measure_all(evidence)
    dossier = _dossier(evidence, measurements, read, arguments.against) if arguments.integrity else None
    flags = flags_of(dossier) if dossier else ()
    if arguments.json:
        screened = {"integrity": _integrity_json(dossier, flags)} if dossier else {}
        print_json(_as_json(profile, read, measurements) | screened)
    else:
        for line in (*_lines(read, measurements, arguments.language), *_flag_lines(dossier, flags, arguments.language)):
            print(printable(line))
    failed = any(one["result"] is None for one in read)
    return 1 if failed or any(m.outcome is Outcome.INVALID for m in measurements.values()) else 0


def load_profile(path: str) -> FacilityProfile:
    """The facility profile of a YAML file.

    Raises:
        InputError: `file_not_found`, or the first fault of the profile with its field and line.
        ParseError: the file is no strict YAML.
    """
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise no_such_file(path) from error
    try:
        return read_profile_yaml(content)
    except ProfileError as error:
        raise error.faults[0] from error


def _read(name: str, zone: str, *, column_map: dict[str, Any] | None = None) -> dict[str, Any]:
    """One file: its digest and what it amounts to, or why it is not used."""
    try:
        source = Source.of_path(name, timezone=zone)
    except OSError as error:
        raise no_such_file(name) from error
    found: dict[str, Any] = {"file": name, "sha256": source.sha256, "parser": None, "result": None, "rejected": None}
    parser: Parser | None = None
    try:
        parser = identify(source, column_map=column_map)
        found["parser"] = identity(parser)
        result = read_by(parser, source)
    except UserFacingError as error:
        return found | {"rejected": _rejected(source, parser, error)}
    if result.has_errors:
        first = next(issue for issue in result.issues if issue.severity is Severity.ERROR)
        return found | {"rejected": _rejected(source, parser, first)}
    return found | {"result": result}


def _rejected(source: Source, parser: Parser | None, fault: UserFacingError | ParseIssue) -> RejectedFile:
    return RejectedFile(
        evidence=source.sha256,
        name=source.name,
        kinds=parser.kinds if parser else (),
        reason=Reason(fault.code, fault.message),
        where=fault.where or NOWHERE,
    )


def _as_json(
    profile: FacilityProfile, read: list[dict[str, Any]], measurements: dict[str, Measurement]
) -> dict[str, Any]:
    return {
        "contract": CONTRACT,
        "facility": profile.centre.id,
        "profile": profile.digest,
        "references": reference_tables(),
        "evidence": [
            {
                "file": one["file"],
                "sha256": one["sha256"],
                "parser": one["parser"],
                "used": one["result"] is not None,
                "reason": one["rejected"] and one["rejected"].reason.as_json(),
            }
            for one in read
        ],
        "measures": {name: measurement.as_json() for name, measurement in measurements.items()},
    }


def _lines(read: list[dict[str, Any]], measurements: dict[str, Measurement], language: Language) -> Iterator[str]:
    for one in read:
        if one["rejected"]:
            reason = one["rejected"].reason
            words = reason.message.said_in(language)
            yield _REJECTED.said_in(language).format(file=one["file"], code=reason.code, message=words)
    for name, found in measurements.items():
        title = MEASURE_BY_NAME[name].title.said_in(language)
        if found.value is not None:
            grade = f"  [{found.quality}]" if found.quality else ""
            yield f"{title} ({name})  {shortest(found.value)} {found.unit}{grade}"
        else:
            said = found.reason.message.said_in(language) if found.reason else ""
            yield f"{title} ({name})  {found.outcome.label.said_in(language)}: {said}"


def _dossier(
    evidence: CentreEvidence, measurements: dict[str, Measurement], read: list[dict[str, Any]], against: list[str]
) -> Dossier:
    names = {one["sha256"]: Path(one["file"]).name for one in read}
    others = (_prints(path) for path in against)
    own = evidence.profile.centre.id
    return Dossier(evidence, measurements, names, tuple(other for other in others if other.centre != own))


def _prints(path: str) -> Prints:
    """What `--integrity --json` wrote of another centre.

    Raises:
        InputError: `file_not_found`, `no_prints`.
    """
    try:
        return Prints.from_json(orjson.loads(Path(path).read_bytes())["integrity"]["prints"])
    except OSError as error:
        raise no_such_file(path) from error
    except (KeyError, TypeError, ValueError, zlib.error) as error:
        raise InputError(
            "no_prints",
            Text(zh=f"{path} 中没有可比对的指纹。", en=f"There are no prints to compare with in {path}."),
            hint=Text(
                zh="请使用 zhiheng measure … --integrity --json 的输出。",
                en="Use what zhiheng measure … --integrity --json wrote.",
            ),
        ) from error


def _integrity_json(dossier: Dossier, flags: tuple[Flag, ...]) -> dict[str, Any]:
    return {
        "flags": [flag.as_json() for flag in flags],
        "checks": check_versions(),
        "prints": prints_of(dossier).as_json(),
    }


def _flag_lines(dossier: Dossier | None, flags: tuple[Flag, ...], language: Language) -> Iterator[str]:
    if dossier is None:
        return
    count = Text(zh=f"合理性检查：{len(flags)} 个疑点", en=f"Plausibility checks: {len(flags)} flags")
    yield count.said_in(language)
    for flag in flags:
        title, severity = CHECK_BY_CODE[flag.code].title.said_in(language), flag.severity.label.said_in(language)
        yield f"[{severity}] {title} ({flag.code})  {flag.subject}: {flag.reason.said_in(language)}"
        yield f"    → {flag.look.said_in(language)}"
