"""A centre with accepted evidence, the people of its case, and the published edition."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from assessment.documents.content.agreement import agreement
from assessment.models import Assessment, Certificate, SiteVisit
from assessment.services.application import admit
from assessment.services.application.open_assessment import open_assessment
from assessment.services.application.sign_agreement import sign_agreement
from assessment.services.application.submit import submit
from assessment.services.chain.certificate_version import version_of
from assessment.services.evaluation.grant_competence import grant_competence
from assessment.services.evaluation.plan_evaluation import assign
from assessment.services.results import score as scoring
from assessment.services.visits.site_visit import close_visit, schedule_visit, write_record
from centres.models import Centre, CentreRole, Membership, Person, ProfileVersion, Role, StaffRole
from centres.services.declare_interests import declare_interests
from core.outcome import Outcome, Quality
from evidence.models import Blob, Evidence, EvidenceState
from indicators.measures.base import CentreEvidence, Measurement
from indicators.models import Edition, EditionState
from tests.assessment.documents import examples
from tests.assessment.judged_edition import judged_edition
from tests.editions import zhisuan

PILLARS = ("CE", "ST", "GR", "US")
GOOD = {
    "model_flops_utilisation": "0.45",
    "scaling_efficiency_per_doubling": "0.95",
    "inter_node_collective_efficiency": "0.80",
    "intra_node_interconnect_efficiency": "0.85",
    "accelerator_allocation_rate": "82",
    "training_benchmark_parity": "0.95",
    "compute_availability": "99.6",
    "facility_availability": "99.98",
    "interruption_rate": "0.4",
    "longest_uninterrupted_run": "0.8",
    "root_cause_coverage": "92",
    "operations_assurance": "90",
    "annual_pue": "1.18",
    "it_load_factor": "62",
    "renewable_energy_factor": "70",
    "water_usage_effectiveness": "0.6",
    "energy_reuse_factor": "8",
    "metering_completeness": "98",
    "service_catalogue_coverage": "90",
    "time_to_first_job": "60",
    "mean_queue_wait": "600",
    "platform_job_failure": "2",
    "ticket_resolution": "95",
    "sla_completeness": "100",
    "sus_mean": "78",
    "off_peak_utilisation": "0.8",
    "security_and_isolation": "100",
}


@pytest.fixture(autouse=True)
def express(settings: Any) -> None:
    """The short chain without rulings on single indicators, unless a test is about them."""
    settings.SCHEME_EXPRESS, settings.SCHEME_RATING = True, "none"


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What the evidence amounts to in this test; change an entry before scoring."""
    values = dict(GOOD)

    def measure_all(evidence: CentreEvidence) -> dict[str, Measurement]:
        return {
            name: Measurement(name, Outcome.SCORED, value=Decimal(value), quality=Quality.A, period=examples.MONTHS)
            for name, value in values.items()
        }

    monkeypatch.setattr(scoring, "measure_all", measure_all)
    return values


@pytest.fixture
def edition(db: None) -> Edition:
    read = zhisuan()
    return Edition.objects.create(
        rubric=read.rubric,
        edition=read.edition,
        digest=read.digest,
        content=dict(read.content),
        standing_zh=read.standing.zh,
        standing_en=read.standing.en,
        state=EditionState.PUBLISHED,
        sealed=True,
        published_at=timezone.now(),
    )


@pytest.fixture
def person(db: None) -> Callable[..., Person]:
    def make(name: str, *roles: Role, zh: str = "") -> Person:
        made = Person.objects.create_user(name, password="a long pass phrase", name_zh=zh, name_en=name.title())
        StaffRole.objects.bulk_create(StaffRole(user=made, role=role) for role in roles)
        return made

    return make


@pytest.fixture
def ana(person: Callable[..., Person]) -> Person:
    return person("ana", Role.ASSESSOR, zh="安娜")


@pytest.fixture
def ravi(person: Callable[..., Person]) -> Person:
    return person("ravi", Role.REVIEWER, zh="拉维")


@pytest.fixture
def deng(person: Callable[..., Person]) -> Person:
    return person("deng", Role.DECIDER, zh="邓明决")


@pytest.fixture
def zoe(person: Callable[..., Person]) -> Person:
    """An outsider: she works for another centre."""
    return person("zoe")


@pytest.fixture
def olu(person: Callable[..., Person]) -> Person:
    return person("olu", zh="奥卢")


@pytest.fixture
def centre(olu: Person) -> Centre:
    return add_centre("demo-horinger-1", owner=olu)


def as_read(case: Assessment) -> dict[str, int]:
    """What a form on a page of the case carries: the version it was opened on."""
    return {"version": Assessment.objects.get(pk=case.pk).version}


def certificate_as_read(number: str = "") -> dict[str, int]:
    """The same of a certificate; without a number of the only one there is."""
    found = Certificate.objects.filter(pk=number) if number else Certificate.objects.all()
    return {"version": version_of(found.get())}


def add_centre(slug: str, *, owner: Person, zh: str = "和林格尔示例智算中心（虚构）") -> Centre:
    """A centre with profile and one accepted file."""
    profile = examples.profile(slug, zh=zh)
    made = Centre.objects.create(slug=slug, name_zh=zh, name_en=slug, province=profile.place.province)
    content: dict[str, Any] = profile.model_dump(mode="json", by_alias=True, exclude_none=True)
    ProfileVersion.objects.create(centre=made, content=content, digest=profile.digest, created_by=owner)
    Membership.objects.create(user=owner, centre=made, role=CentreRole.OWNER)
    add_evidence(made, owner=owner)
    return made


def add_evidence(centre: Centre, *, owner: Person, name: str = "meters.csv", **read: Any) -> Evidence:
    """Accepted, where `read` says nothing else of it."""
    sha256 = hashlib.sha256(f"{centre.slug}/{name}".encode()).hexdigest()
    blob = Blob.objects.create(sha256=sha256, size=1)
    return Evidence.objects.create(
        centre=centre,
        blob=blob,
        name=name,
        uploaded_by=owner,
        **{"state": EvidenceState.ACCEPTED, "parser": "meter_series/1"} | read,
    )


def add_rejected(centre: Centre, *, owner: Person, name: str = "train.log", format: str = "megatron") -> Evidence:
    """A file that was rejected for an error in its line 7."""
    words = {"zh": "第 7 行互相矛盾。", "en": "Line 7 contradicts itself."}
    problem = {"code": "contradictory_log", "message": words, "where": {"line": 7}, "hint": None}
    read = {"state": EvidenceState.REJECTED, "format": format, "parser": f"{format}/1", "problem": problem}
    return add_evidence(centre, owner=owner, name=name, **read)


@pytest.fixture
def assessment(centre: Centre, edition: Edition, olu: Person, measured: dict[str, str]) -> Assessment:
    return open_assessment(centre, edition=edition, person=olu)


def sign(case: Assessment, owner: Person) -> None:
    """An owner of the centre signs the agreement in force."""
    sign_agreement(case, digest=agreement().digest, may_publish=True, person=owner)


@pytest.fixture
def ada(person: Callable[..., Person]) -> Person:
    return person("ada", Role.ADMINISTRATOR)


@pytest.fixture
def rita(person: Callable[..., Person]) -> Person:
    return person("rita", Role.REGISTRAR)


@pytest.fixture
def assigned(
    settings: Any, centre: Centre, edition: Edition, measured: dict[str, str], olu: Person, rita: Person, ada: Person,
    ana: Person, bo: Person,
) -> Assessment:  # fmt: skip
    """Accepted in the full procedure, every indicator to be ruled on; Ana has all pillars, Bo none as yet."""
    settings.SCHEME_EXPRESS, settings.SCHEME_RATING = False, "single"
    case = open_assessment(centre, edition=edition, person=olu)
    scoring.score_package(submit(case, person=olu))
    admit.accept(admit.take_up(case, person=rita, reason="x"), person=rita, reason="x")
    until = timezone.localdate() + dt.timedelta(days=90)
    for assessor in (ana, bo):
        declare_interests(centre, person=assessor, conflict=False, statement="none")
        for pillar in PILLARS:
            grant_competence(assessor, pillar=pillar, grounds="five audits", valid_until=until, granted_by=ada)
    assign(case, assessor=ana, pillars=PILLARS, person=rita)
    return Assessment.objects.get(pk=case.pk)


def visited(case: Assessment, *, by: Person) -> SiteVisit:
    """A site visit that was held and closed, with a reason for whatever was not inspected."""
    day = timezone.localdate()
    present = [{"name": by.username, "organisation": "the body", "role": "assessor"}]
    met = {"held_at": timezone.now().isoformat(), "present": present}
    left_out = dict.fromkeys(("no_meter_walk", "no_sample", "no_witnessed_test"), "the hall was sealed")
    visit = schedule_visit(case, begins_on=day, ends_on=day, place="hall 1", person=by)
    write_record(visit, record={"opening": met, "closing": met, **left_out}, person=by)
    return close_visit(visit, person=by)


# --- cases whose indicators are ruled on ------------------------------------------------------------------------------


@pytest.fixture
def bo(person: Callable[..., Person]) -> Person:
    return person("bo", Role.ASSESSOR, zh="博")


@pytest.fixture
def cai(person: Callable[..., Person]) -> Person:
    return person("cai", Role.ASSESSOR, zh="蔡")


@pytest.fixture
def make_case(centre: Centre, olu: Person, measured: dict[str, str], settings: Any) -> Callable[..., Assessment]:
    """A scored case; the levels the centre claims stand among its measurements."""

    def make(rating: str, edition: Edition) -> Assessment:
        settings.SCHEME_RATING = rating
        for name in ("operations_assurance", "sla_completeness", "security_and_isolation"):
            if edition.edition.endswith("-judged"):
                measured[name] = "5"
        case = open_assessment(centre, edition=edition, person=olu)
        scoring.score_package(submit(case, person=olu))
        return Assessment.objects.get(pk=case.pk)

    return make


@pytest.fixture
def rated_once(make_case: Callable[..., Assessment], edition: Edition) -> Assessment:
    return make_case("single", edition)


@pytest.fixture
def twice(make_case: Callable[..., Assessment], db: None) -> Assessment:
    return make_case("double", judged_edition())
