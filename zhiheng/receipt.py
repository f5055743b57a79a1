"""`zhiheng receipt verify FILE`: check a receipt of a submission offline, and files against it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from assessment.receipts.receipt import Check, Receipt, Status, check_receipt, read_receipt, status_of
from assessment.scoring.recompute.remeasure import files_by_digest
from core.errors import InputError
from core.provenance import DIGEST_PREFIX, Where
from core.signature import PublicKey
from core.text import Language, Text
from evidence.parsers.base import CONTRACT
from zhiheng.output import no_such_file, print_json, printable

_STATUS = {
    Status.VALID: Text(zh="有效", en="valid"),
    Status.UNCONFIRMED: Text(zh="完整，但签名密钥未核对", en="whole, but nobody vouched for the key"),
    Status.INVALID: Text(zh="无效", en="not valid"),
}
_SIGNS = {True: "✓", False: "✗", None: "?"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    verify = acts.add_parser("verify", help="核对回执 · check a receipt")
    verify.add_argument("receipt", help="从平台下载的回执 · the receipt as downloaded (JSON)")
    verify.add_argument(
        "--key",
        metavar="FILE",
        help="平台公布的公钥，取自 /api/v1/signing-keys/ · the platform's public keys, from /api/v1/signing-keys/",
    )
    verify.add_argument(
        "--files", metavar="DIR", help="与清单比对的文件夹 · folder of files to compare with the package"
    )
    verify.add_argument("--json", action="store_true", help="输出 JSON（contract 1） · print JSON (contract 1)")


def run(arguments: argparse.Namespace) -> int:
    """Exit code 1 unless the receipt is whole, signed, and by a key that was given."""
    try:
        receipt = read_receipt(Path(arguments.receipt))
    except OSError as error:
        raise no_such_file(arguments.receipt) from error
    given = [Path(name) for name in (arguments.receipt, arguments.key) if name]
    checks = check_receipt(receipt, known=_keys(arguments.key), at_hand=_files(arguments.files, but=given))
    status = status_of(checks)
    if arguments.json:
        shown = [check.as_json() for check in checks]
        print_json({"contract": CONTRACT, "status": status.value, "checks": shown})
    else:
        for line in _lines(receipt, status, checks, arguments.language):
            print(printable(line))
    return 0 if status is Status.VALID else 1


def _keys(name: str | None) -> tuple[PublicKey, ...]:
    """Raises:
    InputError: `file_not_found`, `keys_unreadable`.
    """
    if name is None:
        return ()
    try:
        given = json.loads(Path(name).read_bytes())
        keys = tuple(PublicKey.from_json(one) for one in given["keys"])
    except OSError as error:
        raise no_such_file(name) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _unreadable_keys(name) from error
    if not keys:
        raise _unreadable_keys(name)
    return keys


def _files(name: str | None, *, but: Sequence[Path]) -> dict[str, str] | None:
    """Names by SHA-256 of the files of a folder; the receipt and the keys may lie among them."""
    if name is None:
        return None
    if not Path(name).is_dir():
        raise no_such_file(name)
    found = files_by_digest(Path(name)).items()
    return {
        digest.removeprefix(DIGEST_PREFIX): path.name
        for digest, path in found
        if not any(path.samefile(other) for other in but)
    }


def _unreadable_keys(name: str) -> InputError:
    return InputError(
        "keys_unreadable",
        Text(zh="公钥文件不可用。", en="The file of public keys is not usable."),
        where=Where(file=name),
        hint=Text(zh="请从平台的 /api/v1/signing-keys/ 原样下载。", en="Download /api/v1/signing-keys/ as it is."),
    )


def _lines(receipt: Receipt, status: Status, checks: tuple[Check, ...], language: Language) -> Iterator[str]:
    manifest = receipt.manifest
    centre = manifest.get("centre", {}).get("id", "–") if isinstance(manifest.get("centre"), dict) else "–"
    yield f"{centre}  {manifest.get('submitted_at', '–')}  {_STATUS[status].said_in(language)}"
    for check in checks:
        yield f"  {_SIGNS[check.ok]} {check.detail.said_in(language)}"
