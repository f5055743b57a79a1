"""Column maps through the API: proposed, tried, saved, used; and what another version leaves untouched."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from rest_framework.test import APIClient

from assessment.models import ProvisionalResult, StoredResult
from assessment.scoring.recompute.rebuild import Status
from assessment.services.results.result_bundle import recompute_stored
from evidence.models import ColumnMapVersion, Evidence, EvidenceState, ObservationTable
from evidence.selectors import accepted_evidence, tables_of
from operations.models import AuditEntry
from tests.assessment.conftest import edition  # noqa: F401 – a fixture
from tests.evidence.api.test_upload import upload
from tests.factories import Cast
from tests.operations.test_problems import problem

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_parser", "edition")]
Api = Callable[..., APIClient]
Run = Callable[[], int]

READINGS = (
    "采集时间,回路,有功(MWh),状态\n"
    "2025-04-01 00:15:00,A,1.5,正常\n"
    "2025-04-01 00:30:00,A,2.25,异常\n"
    "2025-04-01 00:15:00,B,3,正常\n"
).encode()
MAPS = "/api/v1/centres/olu-centre/maps/"


def energy_map(**changes: Any) -> dict[str, Any]:
    return {
        "contract": 1,
        "map": "dcim-energy",
        "title": {"zh": "动环电量", "en": "Energy of the building"},
        "kind": "energy_readings",
        "fields": {
            "at": {"column": "采集时间"},
            "meter": {"column": "回路"},
            "value": {"column": "有功"},
            "reading": {"constant": "interval"},
        },
        **changes,
    }


NORMAL_ONLY = energy_map(filter=[{"column": "状态", "is": ["正常"]}])


def save(client: APIClient, document: dict[str, Any]) -> Any:
    """As who has read the newest version."""
    newest = ColumnMapVersion.objects.filter(name=document["map"]).first()
    headers = {"If-Match": f'"{newest.number}"'} if newest else {}
    return client.post(MAPS, {"map": document}, format="json", headers=headers)


@pytest.mark.torture("T34", "412 with the current version", "428 without one", "never wins silently")
def test_of_two_who_save_one_map_the_second_learns_of_the_first(api: Api, cast: Cast) -> None:
    client = api(cast.olu)
    assert save(client, energy_map())["ETag"] == '"1"'
    problem(client.post(MAPS, {"map": NORMAL_ONLY}, format="json"), 428, "version_required")
    assert save(client, NORMAL_ONLY)["ETag"] == '"2"'
    late = client.post(MAPS, {"map": energy_map()}, format="json", headers={"If-Match": '"1"'})
    told = problem(late, 412, "version_changed")["errors"][0]["message"]["en"]
    assert "saved dcim-energy@2 at" in told
    assert "its version is 2 now" in told
    assert ColumnMapVersion.objects.count() == 2


def handed_in(client: APIClient, content: bytes = READINGS, **query: str) -> Evidence:
    answer = upload(client, content, name="d.csv", **query)
    assert answer.status_code == 201, answer.content
    return Evidence.objects.get(pk=answer.json()["id"])


def fresh(evidence: Evidence) -> Evidence:
    return Evidence.objects.get(pk=evidence.pk)


def test_a_table_nobody_knows_is_proposed_tried_saved_and_read(api: Api, cast: Cast, run_jobs: Run) -> None:
    client = api(cast.olu)
    problem(upload(client, READINGS, name="d.csv"), 422, "unknown_format")
    unread = handed_in(client, format="mapped_table")
    run_jobs()
    assert (fresh(unread).state, fresh(unread).problem["code"]) == (EvidenceState.REJECTED, "no_column_map")

    answer = client.get(f"/api/v1/evidence/{unread.pk}/proposal/").json()
    assert answer["headings"] == ["采集时间", "回路", "有功(MWh)", "状态"]
    assert answer["fitting"] == []
    assert {"energy_readings"} <= {one["map"]["kind"] for one in answer["proposals"]}

    tried = client.post(f"/api/v1/evidence/{unread.pk}/preview/", {"map": energy_map()}, format="json").json()
    assert "rows" in tried, tried
    assert [row["value"] for row in tried["rows"]] == ["1500.000000000", "2250.000000000", "3000.000000000"]
    assert {row["unit"] for row in tried["rows"]} == {"kWh"}
    assert not ColumnMapVersion.objects.exists(), "a preview keeps nothing"

    saved = save(client, energy_map())
    assert saved.status_code == 201, saved.content
    assert saved["Location"] == f"{MAPS}dcim-energy/1/"
    again = client.post(f"/api/v1/evidence/{unread.pk}/reread/", {"name": "dcim-energy"}, format="json")
    assert again.status_code == 201, again.content
    run_jobs()
    read = Evidence.objects.get(pk=again.json()["id"])
    assert read.state == EvidenceState.ACCEPTED
    assert fresh(unread).state == EvidenceState.REJECTED
    shown = client.get(f"/api/v1/evidence/{read.pk}/").json()
    assert shown["map"] == "dcim-energy@1"
    assert shown["parser"] == f"mapped_table/1-{saved.json()['digest'].removeprefix('sha256:')[:16]}"
    [(_, tables)] = tables_of(accepted_evidence(cast.centre))
    assert tables["energy_readings"].column("line").to_pylist() == [2, 3, 4]
    acts = set(AuditEntry.objects.values_list("act", flat=True))
    assert {"column_map.saved", "evidence.reread", "evidence.accepted"} <= acts


def test_a_later_file_is_read_by_naming_the_map_and_is_offered_it(api: Api, cast: Cast, run_jobs: Run) -> None:
    client = api(cast.olu)
    save(client, energy_map())
    may = READINGS.replace(b"2025-04", b"2025-05")
    named = handed_in(client, may, map="dcim-energy")
    june = handed_in(client, READINGS.replace(b"2025-04", b"2025-06"), format="mapped_table")
    run_jobs()
    assert fresh(named).state == EvidenceState.ACCEPTED
    offered = client.get(f"/api/v1/evidence/{june.pk}/proposal/").json()["fitting"]
    assert [(one["name"], one["version"]) for one in offered] == [("dcim-energy", 1)]
    assert fresh(june).state == EvidenceState.REJECTED, "an offer is never applied by itself"


def test_a_file_in_another_unit_is_not_offered_the_map(api: Api, cast: Cast, run_jobs: Run) -> None:
    client = api(cast.olu)
    document = energy_map()
    document["fields"]["value"]["unit"] = "MWh"
    save(client, document)
    other = handed_in(client, READINGS.replace(b"MWh", b"kWh"), format="mapped_table")
    run_jobs()
    assert client.get(f"/api/v1/evidence/{other.pk}/proposal/").json()["fitting"] == []
    again = client.post(f"/api/v1/evidence/{other.pk}/reread/", {"name": "dcim-energy"}, format="json").json()
    run_jobs()
    assert Evidence.objects.get(pk=again["id"]).problem["code"] == "unit_contradicted"


def test_another_version_of_the_map_is_another_reading_and_old_results_stay(
    api: Api, cast: Cast, run_jobs: Run
) -> None:
    client = api(cast.olu)
    save(client, energy_map())
    first = handed_in(client, map="dcim-energy")
    run_jobs()
    table = ObservationTable.objects.get(evidence=first)

    assert save(client, NORMAL_ONLY).json()["version"] == 2
    answer = client.post(f"/api/v1/evidence/{first.pk}/reread/", {"name": "dcim-energy@2"}, format="json").json()
    assert fresh(first).state == EvidenceState.ACCEPTED, "it counts until the new reading does"
    run_jobs()
    second = Evidence.objects.get(pk=answer["id"])
    assert (fresh(first).state, second.state) == (EvidenceState.SUPERSEDED, EvidenceState.ACCEPTED)
    assert first.blob_id == second.blob_id
    assert fresh(first).parser != second.parser
    [(_, tables)] = tables_of(accepted_evidence(cast.centre))
    assert tables["energy_readings"].num_rows == 2
    assert tables_of([fresh(first)])[0][1]["energy_readings"].num_rows == 3
    assert ObservationTable.objects.get(evidence=first).key == table.key
    results = [result for result in StoredResult.objects.all() if result.inputs["sources"]["evidence"]]
    named = [result.inputs["sources"]["evidence"][first.digest] for result in results]
    assert sorted(named) == sorted([fresh(first).parser, second.parser]), (
        "the result of the first reading is still there"
    )
    for result in results:
        assert recompute_stored(result, from_evidence=True).status is Status.SAME
    assert ProvisionalResult.objects.get(centre=cast.centre).result.inputs["sources"]["evidence"] == {
        second.digest: second.parser
    }
    problem(
        client.post(f"/api/v1/evidence/{first.pk}/reread/", {"name": "dcim-energy"}, format="json"), 409, "wrong_state"
    )
    problem(
        client.post(f"/api/v1/evidence/{second.pk}/reread/", {"name": "dcim-energy"}, format="json"),
        409,
        "same_reading",
    )


def test_a_reading_that_fails_takes_nothing_away(api: Api, cast: Cast, run_jobs: Run) -> None:
    client = api(cast.olu)
    save(client, energy_map())
    first = handed_in(client, map="dcim-energy")
    run_jobs()
    document = energy_map()
    document["fields"]["meter"] = {"column": "no such column"}
    save(client, document)
    answer = client.post(f"/api/v1/evidence/{first.pk}/reread/", {"name": "dcim-energy"}, format="json").json()
    run_jobs()
    failed = Evidence.objects.get(pk=answer["id"])
    assert (failed.state, failed.problem["code"]) == (EvidenceState.REJECTED, "map_does_not_fit")
    assert fresh(first).state == EvidenceState.ACCEPTED
    assert list(accepted_evidence(cast.centre)) == [fresh(first)]


def test_the_same_bytes_handed_in_with_another_map_are_read_anew(api: Api, cast: Cast, run_jobs: Run) -> None:
    client = api(cast.olu)
    save(client, energy_map())
    first = handed_in(client, map="dcim-energy")
    run_jobs()
    assert upload(client, READINGS, name="d.csv", map="dcim-energy").status_code == 200
    assert upload(client, READINGS, name="d.csv", format="mapped_table").json()["id"] == str(first.pk)
    save(client, NORMAL_ONLY)
    second = handed_in(client, map="dcim-energy")
    run_jobs()
    assert (fresh(first).state, fresh(second).state) == (EvidenceState.SUPERSEDED, EvidenceState.ACCEPTED)
    assert upload(client, READINGS, name="d.csv").status_code == 422, "it is still no format of ours"
    assert upload(client, READINGS, name="d.csv", format="mapped_table").json()["id"] == str(second.pk)


def test_saving_the_same_again_makes_no_version_and_versions_never_change(api: Api, cast: Cast) -> None:
    client = api(cast.olu)
    first = save(client, energy_map())
    assert save(client, energy_map()).status_code == 200
    assert save(client, NORMAL_ONLY).json()["version"] == 2
    listed = client.get(MAPS).json()["results"]
    assert [(one["name"], one["version"]) for one in listed] == [("dcim-energy", 2)]
    versions = client.get(f"{MAPS}dcim-energy/").json()["results"]
    assert [one["version"] for one in versions] == [2, 1]
    kept = client.get(f"{MAPS}dcim-energy/1/")
    assert kept.json()["map"] == first.json()["map"]
    assert (kept["ETag"], kept.json()["digest"]) == ('"1"', first.json()["digest"])
    for method in (client.put, client.patch, client.delete):
        problem(method(f"{MAPS}dcim-energy/1/", {}, format="json"), 405, "method_not_allowed")


def test_the_database_refuses_to_change_a_version(api: Api, cast: Cast) -> None:
    save(api(cast.olu), energy_map())
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        ColumnMapVersion.objects.update(content={})
    assert ColumnMapVersion.objects.get().content["map"] == "dcim-energy"


def test_of_two_who_read_a_file_anew_at_once_one_is_told_to_wait(api: Api, cast: Cast, run_jobs: Run) -> None:
    client = api(cast.olu)
    save(client, energy_map())
    first = handed_in(client, map="dcim-energy")
    run_jobs()
    save(client, NORMAL_ONLY)
    address = f"/api/v1/evidence/{first.pk}/reread/"
    assert client.post(address, {"name": "dcim-energy"}, format="json").status_code == 201
    problem(client.post(address, {"name": "dcim-energy"}, format="json"), 409, "wrong_state")
    run_jobs()
    assert [one.state for one in Evidence.objects.order_by("received_at")] == ["superseded", "accepted"]


def test_every_fault_of_a_map_is_told_at_its_field(api: Api, cast: Cast) -> None:
    document = energy_map(timezone="Asia/Nowhere", colour="red")
    document["fields"]["value"]["unit"] = "kW"
    del document["fields"]["at"]
    body = problem(save(api(cast.olu), document), 400, "map_key")
    assert {(item["field"], item["code"]) for item in body["errors"]} == {
        ("colour", "map_key"),
        ("timezone", "map_zone"),
        ("fields.value.unit", "wrong_unit"),
        ("fields.at", "map_lacks"),
    }


def test_a_map_nobody_saved_is_refused(api: Api, cast: Cast) -> None:
    client = api(cast.olu)
    problem(upload(client, READINGS, name="d.csv", map="nothing"), 400, "unknown_map")
    save(client, energy_map())
    problem(upload(client, READINGS, name="d.csv", map="dcim-energy@7"), 400, "unknown_map")


def test_another_centres_maps_do_not_exist(api: Api, cast: Cast) -> None:
    save(api(cast.olu), energy_map())
    zoe = api(cast.zoe)
    for address in (MAPS, f"{MAPS}dcim-energy/", f"{MAPS}dcim-energy/1/"):
        problem(zoe.get(address), 404, "not_found")
    problem(save(zoe, energy_map()), 404, "not_found")
    problem(upload(zoe, READINGS, name="d.csv", centre="zoe-centre", map="dcim-energy"), 400, "unknown_map")


def test_assessors_look_and_do_not_save(api: Api, cast: Cast, run_jobs: Run) -> None:
    client = api(cast.olu)
    save(client, energy_map())
    evidence = handed_in(client, map="dcim-energy")
    run_jobs()
    ana = api(cast.ana)
    assert ana.get(f"{MAPS}dcim-energy/1/").status_code == 200
    problem(save(ana, NORMAL_ONLY), 403, "permission_denied")
    reread = ana.post(f"/api/v1/evidence/{evidence.pk}/reread/", {"name": "dcim-energy"}, format="json")
    problem(reread, 403, "permission_denied")


@pytest.mark.parametrize("content", [b"%PDF-1.7\n", b"one word\nanother\n"])
def test_what_is_no_table_gets_no_proposal(api: Api, cast: Cast, run_jobs: Run, content: bytes) -> None:
    client = api(cast.olu)
    answer = upload(client, content, name="t.dat", format="mapped_table")
    assert answer.status_code == 201
    run_jobs()
    problem(client.get(f"/api/v1/evidence/{answer.json()['id']}/proposal/"), 422, "no_table")
