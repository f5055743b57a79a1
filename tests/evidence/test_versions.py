"""A file handed in again with other bytes: which one counts, and that nothing of the old one is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.errors import DecisionBlocked, InputError
from evidence import store
from evidence.models import Evidence, EvidenceState
from evidence.selectors import accepted_evidence, read_table
from evidence.services.versions import count_again, tell_apart
from operations.models import AuditEntry
from tests.factories import Cast, evidence_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_parser")]
RunJobs = Callable[[], int]

MARCH = b"at,meter,value\n2025-03-01T00:00:00+08:00,M-IN,100\n2025-03-02T00:00:00+08:00,M-IN,210\n"
MARCH_MENDED = MARCH.replace(b"210", b"220")
APRIL = MARCH.replace(b"2025-03", b"2025-04")


def fresh(evidence: Evidence) -> Evidence:
    return Evidence.objects.get(pk=evidence.pk)


def states(*items: Evidence) -> list[str]:
    return [fresh(item).state for item in items]


def handed_in(cast: Cast, run_jobs: RunJobs, *contents: bytes, **said: str) -> list[Evidence]:
    items = []
    for content in contents:
        items.append(evidence_of(cast.centre, cast.olu, content, "meter.csv", **said))
        run_jobs()
    return items


@pytest.mark.torture("T06")
def test_the_same_name_with_other_bytes_of_the_same_rows_is_a_new_version(cast: Cast, run_jobs: RunJobs) -> None:
    old, new = handed_in(cast, run_jobs, MARCH, MARCH_MENDED)
    assert states(old, new) == ["superseded", "accepted"]
    assert fresh(new).supersedes == old
    assert [fresh(old).version, fresh(new).version] == [1, 2]
    assert list(accepted_evidence(cast.centre)) == [new]
    assert AuditEntry.objects.get(act="evidence.superseded").subject == f"evidence/{old.pk}"


def test_next_months_export_of_the_same_name_counts_beside_it(cast: Cast, run_jobs: RunJobs) -> None:
    march, april, mended = handed_in(cast, run_jobs, MARCH, APRIL, MARCH_MENDED)
    assert states(march, april, mended) == ["superseded", "accepted", "accepted"]
    assert fresh(april).supersedes is None


@pytest.mark.torture("T06")
def test_the_old_version_keeps_its_bytes_and_observations(cast: Cast, run_jobs: RunJobs) -> None:
    old, _ = handed_in(cast, run_jobs, MARCH, MARCH_MENDED)
    with store.open_blob(old.blob_id) as stream:
        assert stream.read() == MARCH
    assert str(read_table(fresh(old).tables.get().key)["value"].to_pylist()[1]) == "210.000000000"


def test_a_version_read_before_the_one_it_replaces_still_replaces_it(cast: Cast, run_jobs: RunJobs) -> None:
    from evidence.tasks import parse

    old = evidence_of(cast.centre, cast.olu, MARCH, "meter.csv")
    new = evidence_of(cast.centre, cast.olu, MARCH_MENDED, "meter.csv")
    parse(str(new.job_id))
    parse(str(old.job_id))
    assert states(old, new) == ["superseded", "accepted"]
    assert [fresh(old).version, fresh(new).version] == [1, 2]


def test_a_rejected_version_leaves_the_old_one_counting(cast: Cast, run_jobs: RunJobs) -> None:
    old, rejected = handed_in(cast, run_jobs, MARCH, b"at,meter,value\n,,\n")
    assert states(old, rejected) == ["accepted", "rejected"]
    (mended,) = handed_in(cast, run_jobs, MARCH_MENDED)
    assert states(old, mended) == ["superseded", "accepted"]
    assert fresh(mended).supersedes == old


def test_the_uploader_may_say_that_it_replaces_nothing_or_a_file_of_another_name(cast: Cast, run_jobs: RunJobs) -> None:
    (old,) = handed_in(cast, run_jobs, MARCH)
    (apart,) = handed_in(cast, run_jobs, MARCH_MENDED, replaces="nothing")
    assert states(old, apart) == ["accepted", "accepted"]
    renamed = evidence_of(cast.centre, cast.olu, APRIL, "april.csv", replaces=str(old.pk))
    run_jobs()
    assert states(old, apart, renamed) == ["superseded", "accepted", "accepted"]


def test_a_file_of_another_centre_cannot_be_replaced(cast: Cast) -> None:
    theirs = evidence_of(cast.other_centre, cast.zoe, MARCH, "meter.csv")
    for said in (str(theirs.pk), "no such thing"):
        with pytest.raises(InputError) as refused:
            evidence_of(cast.centre, cast.olu, MARCH, "meter.csv", replaces=said)
        assert refused.value.code == "unknown_evidence"


def test_an_older_version_can_be_made_to_count_again(cast: Cast, run_jobs: RunJobs) -> None:
    old, new = handed_in(cast, run_jobs, MARCH, MARCH_MENDED)
    count_again(old, person=cast.olu)
    assert states(old, new) == ["accepted", "superseded"]
    with pytest.raises(DecisionBlocked):
        count_again(old, person=cast.olu)
    third = evidence_of(cast.centre, cast.olu, MARCH.replace(b"210", b"230"), "meter.csv")
    run_jobs()
    assert states(old, new, third) == ["superseded", "superseded", "accepted"]
    assert fresh(third).version == 3


def test_a_file_taken_for_a_new_version_can_be_told_apart(cast: Cast, run_jobs: RunJobs) -> None:
    old, new = handed_in(cast, run_jobs, MARCH, MARCH_MENDED)
    tell_apart(fresh(new), person=cast.olu)
    assert states(old, new) == ["accepted", "accepted"]
    assert fresh(new).supersedes is None
    with pytest.raises(DecisionBlocked):
        tell_apart(fresh(new), person=cast.olu)


def test_the_same_bytes_again_are_still_no_new_version(cast: Cast, run_jobs: RunJobs) -> None:
    old, _ = handed_in(cast, run_jobs, MARCH, MARCH_MENDED)
    assert evidence_of(cast.centre, cast.olu, MARCH, "meter.csv") == old
    assert Evidence.objects.exclude(state=EvidenceState.SUPERSEDED).count() == 1
