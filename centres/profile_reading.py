"""From YAML or plain values to a facility profile, or to all its faults at once, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from centres.profile import FacilityProfile
from centres.profile_rules import HANDED_IN
from core.errors import InputError, UserFacingError
from core.model_faults import ModelFault, faults_in
from core.provenance import Where
from core.text import Text
from core.yaml_document import YamlDocument, read_mapping


class ProfileError(InputError):
    """A profile breaks a rule; `faults` holds every one found, each with its field."""

    def __init__(self, faults: tuple[UserFacingError, ...]) -> None:
        super().__init__(
            "profile_invalid",
            Text(zh=f"设施档案有 {len(faults)} 处错误。", en=f"The facility profile has {len(faults)} faults."),
            hint=Text(zh="请逐处改正后再保存。", en="Mend each of them and save it again."),
        )
        self.faults = faults


def read_profile(content: Mapping[str, Any], *, document: YamlDocument | None = None) -> FacilityProfile:
    """A checked profile, as it is handed in.

    Args:
        content: plain values, decimals as text, `Decimal` or `int`.
        document: the YAML it came from, so that faults name lines.

    Raises:
        ProfileError: with every fault.
    """
    try:
        return FacilityProfile.model_validate(content, context=HANDED_IN)
    except ValidationError as refusal:
        raise _refused(refusal, document) from refusal


def read_kept_profile(content: Mapping[str, Any]) -> FacilityProfile:
    """A profile that was accepted once, perhaps before some rule of today.

    Raises:
        ProfileError: with every fault.
    """
    try:
        return FacilityProfile.model_validate(content)
    except ValidationError as refusal:
        raise _refused(refusal) from refusal


def read_profile_yaml(content: bytes) -> FacilityProfile:
    """A checked profile from one YAML mapping in UTF-8.

    Raises:
        ParseError: for YAML that cannot be read, with its line.
        ProfileError: with every fault, each with field and line.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            "unknown_encoding",
            Text(zh="档案文件不是 UTF-8 文本。", en="The profile is not UTF-8 text."),
            where=Where(byte=error.start),
            hint=Text(zh="请将文件另存为 UTF-8 编码。", en="Save the file as UTF-8."),
        ) from error
    document = read_mapping(text)
    return read_profile(document.content, document=document)


def _refused(refusal: ValidationError, document: YamlDocument | None = None) -> ProfileError:
    return ProfileError(tuple(_located(fault, document) for fault in faults_in(refusal)))


def _located(fault: ModelFault, document: YamlDocument | None) -> UserFacingError:
    code = {"missing": "required", "extra_forbidden": "unknown_field"}.get(fault.rule, fault.rule)
    line = document.where(*fault.path).line if document else None
    return InputError(code, fault.words, where=Where(field=fault.field, line=line), hint=fault.hint)
