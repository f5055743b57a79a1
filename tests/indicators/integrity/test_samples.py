"""Real files, each as if it were the whole evidence of a large centre: what real tools write is not odd."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import UserFacingError
from evidence.parsers.registry import identify
from evidence.parsers.text.source import Source
from indicators.integrity.base import Dossier
from indicators.integrity.registry import flags_of
from indicators.measures.base import CentreEvidence
from tests.indicators.measures.evidence import profile
from tests.samples import SAMPLES, every_sample, needs_samples

LARGE = profile(
    accelerators=[{"model": "NVIDIA H100 SXM", "cards": 100_000, "cards_per_node": 8}], it_capacity_kw="100000"
)
LARGEST = 3_000_000  # bytes


def read(path: Path) -> tuple[str, dict] | None:
    try:
        source = Source.of_path(path, timezone="Asia/Shanghai")
        return source.sha256, dict(identify(source).parse(source).tables)
    except UserFacingError:
        return None


@pytest.mark.slow
@pytest.mark.long
@needs_samples
def test_no_real_file_by_itself_is_odd() -> None:
    found = {}
    for path in every_sample():
        if path.stat().st_size <= LARGEST and (content := read(path)) is not None:
            evidence = CentreEvidence.pooled(LARGE, [content])
            if codes := [flag.code for flag in flags_of(Dossier(evidence, names={content[0]: path.name}))]:
                found[str(path.relative_to(SAMPLES))] = codes
    assert found == {}


@needs_samples
@pytest.mark.parametrize(
    ("folder", "codes"),
    [
        ("v4.0_ASUSTeK_h100pciex8_resnet", set()),
        # Pauses as long as runs stand between some of its ten runs: worth a question, and no more.
        ("v5.1_AMD_mi355x8_llama31_8b", {"holes_between_runs"}),
    ],
)
def test_published_sets_of_runs(folder: str, codes: set[str]) -> None:
    paths = sorted((SAMPLES / "mlperf-training-sets" / folder).glob("result_*.txt"))
    files = {path.name: content for path in paths if (content := read(path)) is not None}
    names = {content[0]: name for name, content in files.items()}
    flags = flags_of(Dossier(CentreEvidence.pooled(LARGE, list(files.values())), names=names))
    assert {flag.code for flag in flags} == codes
