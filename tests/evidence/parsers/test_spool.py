"""Rows that are too many for memory end up where the sandbox puts all tables."""

from __future__ import annotations

import json
from pathlib import Path
from unittest.mock import patch

import pyarrow.parquet as pq

from evidence.parsers import spool
from evidence.parsers.process.sandbox import Request, parse


def test_a_table_on_disk_becomes_the_output_under_its_kind(tmp_path: Path) -> None:
    metric = {"__name__": "DCGM_FI_PROF_SM_ACTIVE", "Hostname": "gpu-01", "UUID": "GPU-0"}
    values = [[1_746_057_600 + 30 * number, "0.5"] for number in range(40)]
    content = {"status": "success", "data": {"resultType": "matrix", "result": [{"metric": metric, "values": values}]}}
    file = tmp_path / "range.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    folder = tmp_path / "output"
    folder.mkdir()
    request = Request(
        str(file), file.name, "sha256:0", file.stat().st_size, "", "", "", str(folder), 0, 0, 2**30, 2**30
    )
    with patch.object(spool, "MOST_IN_MEMORY", 10):
        found = parse(request, folder)
    assert found["tables"] == {"device_samples": 40}
    assert [path.name for path in folder.iterdir()] == ["device_samples.parquet"]
    assert pq.read_table(folder / "device_samples.parquet").num_rows == 40
