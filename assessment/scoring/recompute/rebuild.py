"""Rebuilds the result of a bundle and says, digest by digest, whether it is the same to the byte."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from assessment.scoring.recompute.bundle import Bundle
from assessment.scoring.recompute.differences import Difference, first_difference
from assessment.scoring.result import Result
from assessment.scoring.samples import Samples
from assessment.scoring.semantics.registry import semantics
from core.canonical import canonical_plain
from core.errors import InputError, UserFacingError
from core.provenance import digest
from core.text import Text
from indicators.measures.base import Measurement
from indicators.rubric.loader import edition_of_content
from indicators.rubric.model import Edition


class Status(StrEnum):
    """What a recomputation came to."""

    SAME = "same"
    UNCONFIRMED = "unconfirmed"  # the same result, but its measurements come from another version of the software
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing compared; `ok` None: it cannot be told here, and `detail` says why."""

    name: str
    ok: bool | None
    detail: Text | None = None

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "ok": self.ok, "detail": self.detail.as_json() if self.detail else None}


@dataclass(frozen=True)
class Recomputed:
    """The verdict over one bundle.

    Args:
        result: as rebuilt; None where it could not be.
        difference: the first place where it differs from the one kept.
    """

    facility: str
    digest: str
    checks: tuple[Check, ...]
    result: Result | None
    difference: Difference | None = None

    @property
    def status(self) -> Status:
        found = {check.ok for check in self.checks}
        return Status.DIFFERENT if False in found else Status.UNCONFIRMED if None in found else Status.SAME

    def as_json(self) -> dict[str, Any]:
        return {
            "facility": self.facility,
            "digest": self.digest,
            "status": self.status.value,
            "checks": [check.as_json() for check in self.checks],
            "difference": self.difference,
        }


def recompute(bundle: Bundle, *, further: Iterable[Check] = ()) -> Recomputed:
    """Rebuild a result from edition and inputs alone.

    Args:
        further: checks made elsewhere, such as those of `remeasure`, to be part of the verdict.

    Returns:
        Checks `edition`, `inputs`, `semantics`, `result` (its digest) and `bytes` (its canonical JSON); `samples` where
        the edition compares facilities.

    Raises:
        InputError: `bad_bundle` where a part of the bundle has another shape than contract 1.
    """
    kept = bundle.result
    inputs = digest(_canonical(bundle.inputs))
    checks: list[Check] = []
    rebuilt: Result | None = None
    difference: Difference | None = None
    try:
        edition = _edition(json.dumps(bundle.edition, sort_keys=True, default=_no_number))
        checks.append(_digest_check("edition", edition.digest, bundle.digests["edition"], kept.get("edition_digest")))
        checks.append(_digest_check("inputs", inputs, bundle.digests["inputs"], kept.get("inputs_digest")))
        checks.append(_semantics_check(edition, kept))
        samples = samples_of_bundle(bundle)
        if samples is not None:
            checks.append(_digest_check("samples", samples.digest, bundle.inputs.get("samples")))
        rebuilt = _scored(bundle, edition, inputs_digest=inputs, samples=samples)
    except UserFacingError as error:
        if error.code == "bad_bundle":
            raise
        checks.append(Check("semantics" if error.code == "unknown_semantics" else "score", False, error.message))
    if rebuilt is not None:
        tree = rebuilt.as_json()
        before, now = _canonical(kept), _canonical(tree)
        difference = None if before == now else first_difference(kept, tree)
        checks.append(_digest_check("result", digest(now), bundle.digests["result"], digest(before)))
        checks.append(Check("bytes", before == now, difference.message if difference else None))
    return Recomputed(
        facility=bundle.facility,
        digest=bundle.digests["result"],
        checks=(*checks, *further),
        result=rebuilt,
        difference=difference,
    )


def measurements_of(bundle: Bundle) -> dict[str, Measurement]:
    """The measurements a result was scored from.

    Raises:
        InputError: `bad_bundle` for anything that is no measurement.
    """
    written = bundle.inputs["measurements"]
    try:
        return {name: Measurement.from_json(one) for name, one in written.items()}
    except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise InputError(
            "bad_bundle",
            Text(zh="结果包中的度量不可用。", en="The measurements of the bundle cannot be used."),
            hint=Text(zh=f"原因：{error}。", en=f"Because of: {error}."),
        ) from error


def samples_of_bundle(bundle: Bundle) -> Samples | None:
    """What the facility was compared with; None where the edition compares nobody.

    Raises:
        InputError: `bad_bundle` for anything that is no sample.
    """
    if bundle.samples is None:
        return None
    try:
        return Samples.from_json(bundle.samples)
    except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise InputError(
            "bad_bundle",
            Text(zh="结果包中的比较样本不可用。", en="The samples of the bundle cannot be used."),
            hint=Text(zh=f"原因：{error}。", en=f"Because of: {error}."),
        ) from error


def _canonical(value: Mapping[str, Any]) -> bytes:
    try:
        return canonical_plain(value)
    except ValueError as error:  # a number beyond what JSON keeps exactly
        raise InputError(
            "bad_bundle",
            Text(zh="结果包含有无法规范化的数字。", en="The bundle holds a number without canonical form."),
            hint=_AS_EXPORTED,
        ) from error


_AS_EXPORTED = Text(
    zh="请使用导出时的原文件，不要另存或改写。", en="Use the file as it was exported, neither edited nor saved anew."
)


@functools.lru_cache(maxsize=4)
def _edition(content: str) -> Edition:
    """Results come in series; their edition is read once."""
    return edition_of_content(json.loads(content))


def _no_number(value: Any) -> Any:
    raise InputError(
        "bad_bundle",
        Text(zh=f"版本内容中的数字 {value} 应为文本。", en=f"The number {value} in the edition must be text."),
        hint=_AS_EXPORTED,
    )


def _scored(bundle: Bundle, edition: Edition, *, inputs_digest: str, samples: Samples | None) -> Result:
    return semantics(edition.semantics)(
        edition,
        facility=bundle.facility,
        profile=bundle.inputs["profile"],
        measurements=measurements_of(bundle),
        inputs_digest=inputs_digest,
        samples=samples,
    )


def _digest_check(name: str, found: str, *named: Any) -> Check:
    """`found` is of what stands there; the bundle and its result name what it should be."""
    wrong = [str(one) for one in named if one != found]
    if not wrong:
        return Check(name, True)
    return Check(name, False, Text(zh=f"应为 {wrong[0]}，得到 {found}。", en=f"Should be {wrong[0]}, found {found}."))


def _semantics_check(edition: Edition, kept: Mapping[str, Any]) -> Check:
    """The edition chooses; a result that names another number was made otherwise."""
    semantics(edition.semantics)
    named = kept.get("scoring")
    if named == edition.semantics:
        return Check("semantics", True)
    return Check(
        "semantics",
        False,
        Text(
            zh=f"结果写明计分语义 {named}，版本要求 {edition.semantics}。",
            en=f"The result names scoring semantics {named}, the edition asks for {edition.semantics}.",
        ),
    )
