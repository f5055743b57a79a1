"""The result bundle: one file from which a result is rebuilt offline, and its measurements too where evidence is near.

Three objects and their three digests: the edition as authored, the inputs, the result. `origin` adds what the
measurements came from, for those who may see it.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import re2
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assessment.scoring.inputs import inputs_content
from assessment.scoring.result import Result
from assessment.scoring.samples import Samples
from core.canonical import canonical_json
from core.errors import InputError, UserFacingError
from core.provenance import Where, sha256_hex
from core.text import Text
from evidence.parsers.documents.strict_json import STRICT, text_of_json
from evidence.parsers.text.source import Source
from indicators.measures.base import Measurement
from indicators.rubric.model import Edition

CONTRACT = 1
KIND = "result"
EDITIONS = "editions"  # folder beside bundles that share their editions
LARGEST_BUNDLE = 64 * 1024 * 1024
Json = dict[str, Any]

_NOT_IN_A_NAME = re2.compile(r"[^\p{L}\p{N}_.-]+")


@dataclass(frozen=True)
class Bundle:
    """What stands in the file, as plain JSON values.

    Args:
        digests: of edition, inputs and result, as they were when the bundle was made.
        edition: content as authored, by file.
        inputs: facility, profile attributes, measurements by name, sources; see `inputs.inputs_content`.
        result: the explained tree.
        origin: the whole facility profile, each evidence file with what its uploader declared, and those that were
            rejected with the reason; None where the facts were handed in as such, or the reader may not see it.
        samples: the figures, without names, that relative curves compare with; None where the edition compares nobody.
    """

    digests: Mapping[str, str]
    edition: Mapping[str, Any]
    inputs: Mapping[str, Any]
    result: Mapping[str, Any]
    origin: Mapping[str, Any] | None = None
    samples: Mapping[str, Any] | None = None

    @property
    def facility(self) -> str:
        return str(self.inputs["facility"])

    def as_json(self, *, edition_beside: bool = False) -> dict[str, Any]:
        """Contract 1; with `edition_beside` the edition is named by its digest alone."""
        return {
            "contract": CONTRACT,
            "bundle": KIND,
            "digests": dict(self.digests),
            "edition": None if edition_beside else self.edition,
            "inputs": self.inputs,
            "result": self.result,
            "origin": self.origin,
        } | ({} if self.samples is None else {"samples": self.samples})


def bundle_of(
    result: Result,
    *,
    edition: Edition,
    profile: Mapping[str, Any],
    measurements: Mapping[str, Measurement],
    sources: Mapping[str, Any] | None = None,
    origin: Mapping[str, Any] | None = None,
    samples: Samples | None = None,
) -> Bundle:
    """The bundle of a result; the other arguments are those it was scored from."""
    return Bundle(
        digests={"edition": result.edition_digest, "inputs": result.inputs_digest, "result": result.digest},
        edition=edition.content,
        inputs=inputs_content(
            facility=result.facility, profile=profile, measurements=measurements, sources=sources, samples=samples
        ),
        result=result.as_json(),
        origin=origin,
        samples=None if samples is None else samples.as_json(),
    )


def packed(content: Any) -> bytes:
    """Canonical JSON, compressed to the same bytes each time."""
    return gzip.compress(canonical_json(content), mtime=0)


def bundle_name(facility: str) -> str:
    """A file name for a bundle: the facility's own name where it is one, else told apart by a digest of it."""
    plain = _NOT_IN_A_NAME.sub("_", facility)[:80].strip(".")
    if plain != facility:
        plain = f"{plain}-{sha256_hex(facility.encode())[:8]}"
    return f"{plain}.bundle.json.gz"


def edition_path(folder: Path, digest: str) -> Path:
    """Where bundles of a folder look for an edition they only name."""
    return folder / EDITIONS / f"{digest.removeprefix('sha256:')}.json.gz"


def read_bundle(path: Path) -> Bundle:
    """A bundle from a file, plain or compressed.

    Raises:
        InputError: `bad_bundle` for anything that is not a bundle of contract 1, or whose edition is not there.
    """
    content = _json(path)
    try:
        shape = _Shape.model_validate(content)
    except ValidationError as error:
        place = ".".join(str(step) for step in error.errors()[0]["loc"]) or "–"
        raise _bad(
            path, Text(zh=f"“{place}”不符合 contract 1。", en=f"“{place}” is not as contract 1 says.")
        ) from error
    edition = content["edition"]
    if edition is None:
        edition = _json(edition_path(path.parent, shape.digests.edition))
        if not isinstance(edition, dict):
            raise _bad(path, Text(zh="版本内容应为对象。", en="The content of the edition must be an object."))
    return Bundle(
        content["digests"], edition, content["inputs"], content["result"], content["origin"], content.get("samples")
    )


def _json(path: Path) -> Any:
    try:
        return STRICT.decode(text_of_json(Source.of_path(path), largest=LARGEST_BUNDLE))
    except OSError:
        raise InputError(
            "file_not_found",
            Text(zh="文件不存在或无法读取。", en="The file does not exist or cannot be read."),
            where=Where(file=path.name),
            hint=Text(
                zh="结果包所用的版本应在其旁边的 editions 文件夹中。",
                en="An edition that a bundle only names stands in the folder “editions” beside it.",
            )
            if path.parent.name == EDITIONS
            else Text(zh="请检查路径和权限。", en="Check the path and the permissions."),
        ) from None
    except UserFacingError as error:
        raise _bad(path, error.message) from error
    except (ValueError, RecursionError) as error:
        raise _bad(path, Text(zh="不是可用的 JSON。", en="It is not usable JSON.")) from error


class _Part(BaseModel):
    model_config = ConfigDict(strict=True)  # what is added later is left alone


class _Digests(_Part):
    edition: str = Field(pattern="^sha256:[0-9a-f]{64}$")
    inputs: str
    result: str


class _Sources(_Part):
    evidence: dict[str, str] = {}
    profile: str = ""
    measures: dict[str, str] = {}
    reference_tables: dict[str, str] = {}


class _Inputs(_Part):
    facility: str
    profile: Json
    measurements: dict[str, Json]
    sources: _Sources
    samples: str | None = None


class _File(_Part):
    sha256: str
    name: str
    format: str
    encoding: str
    timezone: str
    column_map: Json | None = None  # of a table of the centre's own


class _Words(_Part):
    zh: str
    en: str


class _Rejected(_Part):
    sha256: str
    name: str
    format: str
    code: str
    message: _Words
    where: dict[str, str | int]
    column_map: Json | None = None


class _Origin(_Part):
    profile: Json
    evidence: list[_File]
    rejected: list[_Rejected] = []


class _Shape(_Part):
    """Contract 1 of the file; the parts themselves are kept as they are written."""

    contract: Literal[1]
    bundle: Literal["result"]
    digests: _Digests
    edition: Json | None
    inputs: _Inputs
    result: Json
    origin: _Origin | None
    samples: dict[str, list[Json]] | None = None


def _bad(path: Path, what: Text) -> InputError:
    return InputError(
        "bad_bundle",
        Text(zh=f"结果包无法使用：{what.zh}", en=f"The result bundle cannot be used. {what.en}"),
        where=Where(file=path.name),
        hint=Text(
            zh="请重新下载，或用 zhiheng score … --bundle 重新导出。",
            en="Download it again, or export it again with zhiheng score … --bundle.",
        ),
    )
