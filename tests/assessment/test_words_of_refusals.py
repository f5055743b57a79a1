"""Every act that may be refused by the state of a case has a name, in both languages."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import assessment.services
from assessment.models import CertificateState
from assessment.services.chain.table import TITLES, Of
from assessment.services.chain.wrong_state import named_act, named_state

SERVICES = Path(assessment.services.__file__).parent


def acts_named() -> Iterator[str]:
    """What services hand to `wrong_state` and write as the act of a note, where they spell it out."""
    for path in SERVICES.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call):
                continue
            called = getattr(call.func, "attr", getattr(call.func, "id", ""))
            given = {keyword.arg: keyword.value for keyword in call.keywords}
            act = call.args[1] if called == "wrong_state" and len(call.args) > 1 else None
            act = given.get("act") if called in ("_note", "_said") else act
            if isinstance(act, ast.Constant) and isinstance(act.value, str):
                yield act.value


def test_services_name_acts_beside_the_table() -> None:
    assert {"assign", "sign_agreement", "write_visit", "raise", "ask"} <= set(acts_named()) - set(TITLES)


@pytest.mark.parametrize("act", sorted({*acts_named(), *TITLES}))
def test_an_act_is_called_by_its_name_and_its_code(act: str) -> None:
    named = named_act(act)
    assert named.zh.endswith(f"（{act}）")
    assert act in named.en


def test_a_state_is_called_as_pages_call_it() -> None:
    assert named_state(Of.CERTIFICATE, CertificateState.TERMINATED).zh == "“已注销”（terminated）"
    assert named_state(Of.CERTIFICATE, CertificateState.TERMINATED).en == "“cancelled” (terminated)"
    assert named_state(Of.CERTIFICATE, CertificateState.VALID).en == "valid"
