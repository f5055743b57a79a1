"""A receipt tells by itself whether it was altered, and by whom it was signed."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assessment.receipts.manifest import PackedFile, manifest_content, package_content
from assessment.receipts.receipt import Receipt, Status, check_receipt, read_receipt, status_of
from core.canonical import canonical_json
from core.errors import InputError
from core.provenance import digest, sha256_hex
from core.signature import PublicKey, Signature, public_key, signed
from core.text import Text
from zhiheng.main import main

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
METERS = b"at,meter,value\n"


def packed(content: bytes, name: str, *, problem: str | None = None) -> PackedFile:
    return PackedFile(
        sha256=sha256_hex(content),
        name=name,
        size=len(content),
        format="meter_series",
        parser="meter_series/1",
        encoding="gb18030",
        timezone="Asia/Shanghai",
        column_map=None,
        problem=problem,
    )


def manifest(*files: PackedFile) -> dict[str, Any]:
    package = package_content(
        rubric="zhisuan", edition="2026.1", edition_digest="sha256:e", profile_digest="sha256:p", files=files
    )
    return manifest_content(
        package,
        assessment="00000000-0000-0000-0000-000000000001",
        kind="certification",
        submission=1,
        centre="demo-1",
        centre_name=Text(zh="示例", en="Example"),
        person="olu",
        person_name=Text(zh="奥卢", en="Olu"),
        submitted_at="2026-04-01T02:00:00Z",
        reason="齐备",
    )


@pytest.fixture
def receipt() -> dict[str, Any]:
    content = manifest(packed(METERS, "电表.csv"), packed(b"x", "train.log", problem="contradictory_log"))
    made = Receipt(content, digest(canonical_json(content)), signed(canonical_json(content), key=KEY))
    return json.loads(json.dumps(made.as_json()))


@pytest.fixture
def verify(tmp_path: Path, receipt: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    def run(*arguments: str, of: dict[str, Any] = receipt) -> tuple[int, Any]:
        path = tmp_path / "receipt.json"
        path.write_text(json.dumps(of, ensure_ascii=False), encoding="utf-8")
        code = main(["receipt", "verify", str(path), "--json", *arguments])
        return code, json.loads(capsys.readouterr().out)

    return run


@pytest.fixture
def keys(tmp_path: Path) -> str:
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"contract": 1, "keys": [public_key(KEY).as_json()]}), encoding="ascii")
    return str(path)


def statuses(found: Any) -> dict[str, bool | None]:
    return {check["name"]: check["ok"] for check in found["checks"]}


def test_a_receipt_signed_with_a_key_one_has_is_valid(verify: Any, keys: str) -> None:
    code, found = verify("--key", keys)
    assert code == 0
    assert found["status"] == "valid"
    assert set(statuses(found).values()) == {True}


def test_without_a_key_nobody_vouches_for_it_and_that_is_no_success(verify: Any) -> None:
    code, found = verify()
    assert code == 1
    assert found["status"] == "unconfirmed"
    assert statuses(found) == {"digest": True, "package": True, "signature": True, "key": None}


def test_somebody_elses_signature_is_no_receipt(receipt: dict[str, Any], verify: Any, keys: str) -> None:
    forged = signed(canonical_json(receipt["manifest"]), key=Ed25519PrivateKey.generate())
    receipt["signature"] = forged.as_json()
    code, found = verify("--key", keys)
    assert code == 1
    assert found["status"] == "invalid"
    assert statuses(found) == {"digest": True, "package": True, "signature": True, "key": False}


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        (lambda m: m.update(submitted_at="2026-03-01T02:00:00Z"), {"digest", "signature"}),
        (lambda m: m["package"]["files"][0].update(size=16), {"digest", "package", "signature"}),
        (lambda m: m["package"]["files"].pop(), {"digest", "package", "signature"}),
        (lambda m: m["package"]["files"][0]["reading"].update(timezone=None), {"digest", "package", "signature"}),
        (lambda m: m.update(submission=1.5), {"digest", "signature"}),
    ],
)
def test_whatever_is_altered_shows(receipt: dict[str, Any], verify: Any, keys: str, change: Any, broken: set) -> None:
    altered = copy.deepcopy(receipt)
    change(altered["manifest"])
    code, found = verify("--key", keys, of=altered)
    assert code == 1
    assert {name for name, ok in statuses(found).items() if ok is False} == broken


def test_files_at_hand_are_told_from_those_handed_in(tmp_path: Path, verify: Any, keys: str) -> None:
    folder = tmp_path / "year"
    folder.mkdir()
    (folder / "renamed.csv").write_bytes(METERS)
    assert verify("--key", keys, "--files", str(folder))[0] == 0
    (folder / "later.csv").write_bytes(METERS + b"one more line\n")
    code, found = verify("--key", keys, "--files", str(folder))
    assert code == 1
    assert "later.csv" in found["checks"][-1]["detail"]["en"]


@pytest.mark.parametrize("content", ["", "[]", '{"contract": 1}', '{"a": 1, "a": 2}', "[" * 100_000, '{"a": NaN}'])
def test_anything_else_is_refused_in_words(tmp_path: Path, content: str) -> None:
    path = tmp_path / "receipt.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as refusal:
        read_receipt(path)
    assert refusal.value.code == "receipt_unreadable"


def test_a_file_without_keys_is_refused(tmp_path: Path, receipt: dict[str, Any]) -> None:
    (tmp_path / "receipt.json").write_text(json.dumps(receipt), encoding="utf-8")
    (tmp_path / "keys.json").write_text('{"keys": [{"algorithm": "Ed25519"}]}', encoding="ascii")
    assert main(["receipt", "verify", str(tmp_path / "receipt.json"), "--key", str(tmp_path / "keys.json")]) == 2


def test_the_same_files_in_another_order_are_the_same_package() -> None:
    one, two = packed(b"1", "a"), packed(b"2", "b")
    assert manifest(one, two) == manifest(two, one)


def test_a_key_that_is_no_point_of_the_curve_signs_nothing() -> None:
    assert not Signature(PublicKey(b"\xff" * 32), bytes(64)).fits(b"")


def test_status_is_the_worst_of_the_checks(receipt: dict[str, Any]) -> None:
    read = Receipt.from_json(receipt)
    assert status_of(check_receipt(read, known=[public_key(KEY)])) is Status.VALID
    assert status_of(check_receipt(read, known=[])) is Status.UNCONFIRMED
    assert status_of(check_receipt(read, known=[PublicKey(bytes(32))])) is Status.INVALID
