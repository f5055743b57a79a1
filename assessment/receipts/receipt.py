"""The receipt of a submission: the manifest, its digest, and the platform's signature over it; checked offline."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from assessment.receipts.manifest import CONTRACT, KIND
from core.canonical import canonical_digest, canonical_plain
from core.errors import InputError, UserFacingError
from core.provenance import digest
from core.signature import PublicKey, Signature
from core.text import Text
from evidence.parsers.documents.strict_json import STRICT, text_of_json
from evidence.parsers.text.source import Source

LARGEST = 64 * 1024 * 1024
NAMED_FILES = 5


class Status(StrEnum):
    VALID = "valid"  # whole, signed, by a key whoever checks knows
    UNCONFIRMED = "unconfirmed"  # whole and signed, by a key nobody has vouched for
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `ok` is None where it could not be told."""

    name: str
    ok: bool | None
    detail: Text

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "ok": self.ok, "detail": self.detail.as_json()}


@dataclass(frozen=True)
class Receipt:
    """As it stands in the file."""

    manifest: Mapping[str, Any]
    manifest_digest: str
    signature: Signature

    def as_json(self) -> dict[str, Any]:
        return {
            "contract": CONTRACT,
            "receipt": KIND,
            "manifest": self.manifest,
            "manifest_digest": self.manifest_digest,
            "signature": self.signature.as_json(),
        }

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Self:
        """Raises:
        InputError: `receipt_unreadable`.
        """
        try:
            _Shape.model_validate(given)
            return cls(given["manifest"], given["manifest_digest"], Signature.from_json(given["signature"]))
        except ValueError as error:  # pydantic's among them
            raise _unreadable() from error

    @property
    def files(self) -> dict[str, str]:
        """Names of the files of the package, by SHA-256."""
        return {file["sha256"]: file["name"] for file in self.manifest["package"]["files"]}


def read_receipt(path: Path) -> Receipt:
    """A receipt from its file.

    Raises:
        InputError: `receipt_unreadable`, also for a key that stands twice.
        OSError: the file cannot be read.
    """
    try:
        given = STRICT.decode(text_of_json(Source.of_path(path), largest=LARGEST))
    except (UserFacingError, ValueError, RecursionError) as error:
        raise _unreadable() from error
    return Receipt.from_json(given)


class _Part(BaseModel):
    model_config = ConfigDict(strict=True)  # what is added later is left alone


class _File(_Part):
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    name: str


class _Package(_Part):
    files: list[_File]


class _Manifest(_Part):
    package_digest: str
    package: _Package


class _Shape(_Part):
    contract: Literal[1]
    receipt: Literal["submission"]
    manifest: _Manifest
    manifest_digest: str
    signature: dict[str, str]


def check_receipt(
    receipt: Receipt, *, known: Collection[PublicKey], at_hand: Mapping[str, str] | None = None
) -> tuple[Check, ...]:
    """Everything that can be told without a server.

    Args:
        known: keys whoever checks has from the platform itself, not from the receipt.
        at_hand: files to compare with the package, their names by SHA-256; None: none were given.
    """
    return tuple(_checks(receipt, known, at_hand))


def status_of(checks: Collection[Check]) -> Status:
    if any(check.ok is False for check in checks):
        return Status.INVALID
    return Status.UNCONFIRMED if any(check.ok is None for check in checks) else Status.VALID


def _checks(receipt: Receipt, known: Collection[PublicKey], at_hand: Mapping[str, str] | None) -> Iterator[Check]:
    try:
        content = canonical_plain(receipt.manifest)
    except ValueError:  # a number without a canonical form; such a file was never signed
        content = b""
    yield _digest_check(receipt, content)
    same = _digest_of(receipt.manifest["package"]) == receipt.manifest["package_digest"]
    yield Check("package", same, _PACKAGE[same])
    fits = bool(content) and receipt.signature.fits(content)
    yield Check("signature", fits, _SIGNATURE[fits])
    yield _key_check(receipt.signature.key, known)
    if at_hand is not None:
        yield from _file_checks(receipt, at_hand)


def _digest_check(receipt: Receipt, content: bytes) -> Check:
    found = digest(content)
    same = found == receipt.manifest_digest
    return Check("digest", same, _DIGEST[same].filled(found=found, named=receipt.manifest_digest))


def _digest_of(package: Mapping[str, Any]) -> str:
    try:
        return canonical_digest(package)
    except (TypeError, ValueError):
        return ""


def _key_check(key: PublicKey, known: Collection[PublicKey]) -> Check:
    if not known:
        return Check("key", None, _NO_KEY.filled(id=key.id))
    found = key in known
    return Check("key", found, _KEY[found].filled(id=key.id))


def _file_checks(receipt: Receipt, at_hand: Mapping[str, str]) -> Iterator[Check]:
    listed = receipt.files
    strangers = [name for sha256, name in at_hand.items() if sha256 not in listed]
    number = len(at_hand) - len(strangers)
    if strangers:
        named = "、".join(strangers[:NAMED_FILES]) + (" …" if len(strangers) > NAMED_FILES else "")
        yield Check("files", False, _NOT_HANDED_IN.filled(names=named, number=len(strangers)))
    else:
        yield Check("files", True, _HANDED_IN.filled(number=number, listed=len(listed)))


def _unreadable() -> InputError:
    return InputError(
        "receipt_unreadable",
        Text(zh="这不是可读的提交回执。", en="This is no readable receipt of a submission."),
        hint=Text(
            zh="请使用从平台下载的回执文件（JSON），不要改动。",
            en="Use the receipt as downloaded from the platform (JSON), unchanged.",
        ),
    )


_DIGEST = {
    True: Text(zh="清单摘要相符：{found}", en="the manifest has the digest it names: {found}"),
    False: Text(
        zh="清单摘要为 {found}，回执所写为 {named}：清单被改动过",
        en="the manifest's digest is {found}, the receipt names {named}: the manifest was altered",
    ),
}
_PACKAGE = {
    True: Text(zh="文件清单与其摘要相符", en="the list of files has the digest it names"),
    False: Text(zh="文件清单与其摘要不符", en="the list of files does not have the digest it names"),
}
_SIGNATURE = {
    True: Text(zh="签名与清单相符", en="the signature is that of this manifest"),
    False: Text(zh="签名与清单不符", en="the signature is not that of this manifest"),
}
_KEY = {
    True: Text(zh="签名密钥是所给的密钥：{id}", en="signed with a key you gave: {id}"),
    False: Text(zh="签名密钥 {id} 不在所给的密钥之中", en="signed with {id}, which is none of the keys you gave"),
}
_NO_KEY = Text(
    zh="未核对签名密钥 {id}：请用 --key 给出从平台取得的公钥",
    en="nobody vouched for the key {id}: give the platform's public key with --key",
)
_HANDED_IN = Text(
    zh="所给的 {number} 个文件都在清单中（清单共 {listed} 个）",
    en="all {number} files given are in the package ({listed} in all)",
)
_NOT_HANDED_IN = Text(
    zh="{number} 个文件不在清单中，或内容已变：{names}",
    en="not in the package, or with other bytes ({number}): {names}",
)
