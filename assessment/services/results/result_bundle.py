"""A stored result as a bundle, and the proof that it can still be rebuilt from what it names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assessment.models import StoredResult
from assessment.result_selectors import files_of, inputs_of
from assessment.scoring.recompute.bundle import Bundle
from assessment.scoring.recompute.rebuild import Recomputed, recompute
from assessment.scoring.recompute.remeasure import remeasure, source_of
from core.provenance import DIGEST_PREFIX
from evidence import store
from evidence.models import Blob, Evidence
from evidence.parsers.text.source import Source


def result_bundle(stored: StoredResult, *, with_origin: bool) -> Bundle:
    """Everything the result is rebuilt from.

    Args:
        with_origin: also the profile document and the evidence files by name, for those who may open them.
    """
    inputs = inputs_of(stored)
    return Bundle(
        digests={"edition": stored.edition.digest, "inputs": stored.inputs_digest, "result": stored.digest},
        edition=stored.edition.content,
        inputs=inputs,
        result=stored.tree,
        origin=_origin(stored, inputs) if with_origin else None,
    )


def public_bundle(stored: StoredResult) -> Bundle | None:
    """The bundle for those who may not open the files; None for a result of before whose inputs name rejected ones.

    Without the names the digest of those inputs could not be checked, and with them they would be published.
    """
    bundle = result_bundle(stored, with_origin=False)
    rejected = bundle.inputs["sources"].get("rejected", {})
    return None if any("name" in told for told in rejected.values()) else bundle


def recompute_stored(stored: StoredResult, *, from_evidence: bool) -> Recomputed:
    """Rebuild a stored result; with `from_evidence` its measurements too, from the bytes in the store."""
    bundle = result_bundle(stored, with_origin=from_evidence)
    return recompute(bundle, further=remeasure(bundle, find=_in_the_store) if from_evidence else ())


def _origin(stored: StoredResult, inputs: Mapping[str, Any]) -> dict[str, Any]:
    sources = inputs["sources"]
    return {
        "profile": stored.profile_version.content,
        "evidence": [
            {
                "sha256": item.digest,
                "name": item.name,
                "format": item.declared_format,
                "encoding": item.declared_encoding,
                "timezone": item.timezone,
            }
            | ({"column_map": item.column_map.content} if item.column_map else {})
            for item in files_of(stored, sources)
        ],
        "rejected": _rejected(stored, sources.get("rejected", {}), reasons=_reasons(inputs["measurements"])),
    }


def _rejected(stored: StoredResult, codes: Mapping[str, Mapping[str, str]], *, reasons: str) -> list[dict[str, Any]]:
    """The files that did not count, as the sources tell of them: by code of the first error, in rows of before by name.

    Of several tries of the same bytes the one that a reason names, which has to come out again; else the last.
    """
    blobs = [digest.removeprefix(DIGEST_PREFIX) for digest in codes]
    tries = Evidence.objects.filter(centre=stored.centre_id, blob__in=blobs, problem__isnull=False)
    found: dict[str, dict[str, Any]] = {}
    for item in sorted(tries.order_by("received_at", "pk"), key=lambda item: f"“{item.name}”" in reasons):
        problem, told = item.problem or {}, codes[item.digest]
        if (problem["code"], item.name) == (told["code"], told.get("name", item.name)):
            found[item.digest] = {
                "sha256": item.digest,
                "name": item.name,
                "format": item.format or item.declared_format,
                "code": problem["code"],
                "message": problem["message"],
                "where": problem.get("where") or {},
            } | ({"column_map": item.column_map.content} if item.column_map else {})
    return [rejected for _, rejected in sorted(found.items())]


def _reasons(measurements: Mapping[str, Mapping[str, Any]]) -> str:
    """All that reasons and notes of the measurements say."""
    told = (reason for one in measurements.values() for reason in (one.get("reason"), *one.get("notes", ())) if reason)
    return "\n".join(reason["message"]["zh"] for reason in told)


def _in_the_store(entry: Mapping[str, Any]) -> Source | None:
    blob = Blob.objects.filter(pk=str(entry["sha256"]).removeprefix(DIGEST_PREFIX)).first()
    if blob is None:
        return None
    try:
        store.open_blob(blob.pk).close()
    except FileNotFoundError:
        return None
    return source_of(entry, opener=lambda: store.open_blob(blob.pk), size=blob.size)
