from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from operations import audit
from operations.models import AuditEntry
from tests.operations.triggers import install_triggers

pytestmark = pytest.mark.django_db


def three_entries() -> list[AuditEntry]:
    return [
        audit.record(actor="olu", act="test.done", subject=f"thing/{number}", details={"number": number})
        for number in range(3)
    ]


def test_each_entry_holds_the_hash_of_the_one_before() -> None:
    first, second, third = three_entries()
    assert first.previous_hash == audit.BEGINNING
    assert second.previous_hash == first.hash
    assert third.previous_hash == second.hash
    assert audit.first_broken_entry() is None


def test_a_changed_entry_breaks_the_chain_where_it_stands() -> None:
    three_entries()
    AuditEntry.objects.filter(sequence=2).update(reason="something else")
    broken = audit.first_broken_entry()
    assert broken is not None
    assert broken.sequence == 2


def test_a_missing_entry_breaks_the_chain() -> None:
    three_entries()
    AuditEntry.objects.filter(sequence=1).delete()
    broken = audit.first_broken_entry()
    assert broken is not None
    assert broken.sequence == 2


def test_the_command_names_the_first_broken_entry() -> None:
    three_entries()
    call_command("verify_audit_log", stdout=StringIO())
    AuditEntry.objects.filter(sequence=2).update(reason="something else")
    with pytest.raises(CommandError, match="Entry 2 "):
        call_command("verify_audit_log")


def test_the_database_itself_refuses_to_change_or_delete_entries() -> None:
    three_entries()
    install_triggers(connection)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.filter(sequence=1).update(reason="changed")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.filter(sequence=1).delete()


def test_an_act_that_fails_leaves_no_entry() -> None:
    @transaction.atomic
    def act() -> None:
        audit.record(actor="olu", act="test.done", subject="thing/1")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        act()
    assert not AuditEntry.objects.exists()


def test_a_log_that_was_cut_off_is_found_by_what_was_noted_elsewhere(tmp_path: Path) -> None:
    three_entries()
    noted = tmp_path / "heads"
    noted.write_text(_printed("audit_head") + "\n", encoding="utf-8")
    assert "1 noted heads" in _printed("verify_audit_log", noted=noted)
    AuditEntry.objects.filter(sequence=3).delete()
    assert _printed("verify_audit_log") == "The chain holds.\n"  # in itself it does
    with pytest.raises(CommandError, match="Entry 3, noted at"):
        call_command("verify_audit_log", noted=noted)


def test_a_log_written_anew_is_found_by_what_was_noted_elsewhere(tmp_path: Path) -> None:
    three_entries()
    noted = tmp_path / "heads"
    noted.write_text(_printed("audit_head"), encoding="utf-8")
    AuditEntry.objects.all().delete()
    for number in range(3):
        audit.record(actor="olu", act="test.done", subject=f"thing/{number}", details={"number": number + 1})
    assert audit.first_broken_entry() is None
    with pytest.raises(CommandError, match="Entry 3, noted at"):
        call_command("verify_audit_log", noted=noted)


def test_a_file_that_holds_no_heads_is_refused(tmp_path: Path) -> None:
    noted = tmp_path / "heads"
    noted.write_text("{}", encoding="utf-8")
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("verify_audit_log", noted=noted)


def test_the_history_of_a_thing_is_what_was_done_to_it_in_order() -> None:
    three_entries()
    audit.record(actor="zoe", act="test.undone", subject="thing/1")
    assert [entry.act for entry in audit.history(["thing/1"])] == ["test.done", "test.undone"]


def _printed(command: str, **given: object) -> str:
    out = StringIO()
    call_command(command, stdout=out, **given)
    return out.getvalue()
