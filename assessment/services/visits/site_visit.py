"""A site visit: scheduled, written down as it goes, pictures beside it, closed when nothing is lacking."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessment.models import Assessment, Part, Photograph, SiteVisit
from assessment.sampling.visit_record import read_record
from assessment.services.chain import separation, transitions
from assessment.services.chain.table import When, holds
from assessment.services.chain.wrong_state import wrong_state
from assessment.services.visits.pictures import media_type_of_picture
from assessment.visit_selectors import gaps_of, is_prepared
from centres.models import Person
from core.canonical import canonical_digest
from core.days import moment_of_our_time, of_our_time
from core.errors import DecisionBlocked, InputError
from core.period import instant
from core.provenance import Where
from core.suggestion import meant
from core.text import Text
from core.zones import zone_names
from evidence import store
from evidence.models import Blob
from operations import audit
from operations.words import clock_time

_ZONE = Text(zh="请写 IANA 时区名，例如 Asia/Shanghai。", en="Write an IANA name, such as Asia/Shanghai.")


@transaction.atomic
def schedule_visit(
    assessment: Assessment, *, begins_on: dt.date, ends_on: dt.date, place: str, person: Person, agenda: str = ""
) -> SiteVisit:
    """Raises:
    PermissionDenied, DecisionBlocked: as every act; `wrong_state`.
    InputError: `visit_ends_before_it_begins`; `day_out_of_range`.
    """
    assessment = transitions.locked(assessment)
    transitions.permit(assessment, Part.ASSESSOR, person=person)
    if not is_prepared(assessment):
        raise wrong_state(assessment, "schedule_visit")
    of_our_time(begins_on, field="begins_on")
    if of_our_time(ends_on, field="ends_on") < begins_on:
        raise InputError(
            "visit_ends_before_it_begins",
            Text(zh="结束日期早于开始日期。", en="The visit ends before it begins."),
            where=Where(field="ends_on"),
            hint=Text(zh="请把结束日期改为开始当日或之后。", en="Let it end on the day it begins, or later."),
        )
    separation.join(assessment, person=person, part=Part.ASSESSOR)
    visit = SiteVisit.objects.create(
        assessment=assessment, begins_on=begins_on, ends_on=ends_on, place=place, agenda=agenda, made_by=person
    )
    _audited(visit, "visit.schedule", person, begins_on=begins_on.isoformat(), place=place)
    return visit


@transaction.atomic
def write_record(visit: SiteVisit, *, record: object, person: Person, version: int | None = None) -> SiteVisit:
    """The whole record as it stands now; what stood before is kept by digest in the audit log.

    Raises:
        PermissionDenied, DecisionBlocked: as every act; `wrong_state`; `version_changed`; `visit_closed`.
        InputError: `visit_record_invalid` with the field.
    """
    visit = _open(visit, person=person, version=version)
    visit.record = read_record(record, handed_in=True).model_dump(mode="json")
    visit.version += 1
    visit.save(update_fields=["record", "version"])
    _audited(visit, "visit.write", person, record=canonical_digest(visit.record))
    return visit


@transaction.atomic
def add_photograph(
    visit: SiteVisit,
    file: store.Received,
    *,
    shows: str,
    taken_at: dt.datetime,
    zone: str,
    place: str,
    person: Person,
) -> Photograph:
    """A picture as evidence: its bytes by digest, when and where it was taken. Sent twice it is one picture.

    Args:
        taken_at: an instant with its offset.
        zone: name of the zone it was taken in.

    Raises:
        PermissionDenied, DecisionBlocked: as every act; `wrong_state`; `visit_closed`.
        InputError: `not_a_picture`, `too_many_pixels`, `unknown_zone`, `offset_missing`, `day_out_of_range`;
            `already_exists`, for a picture that is there with other words.
    """
    visit = _open(visit, person=person)
    media_type = media_type_of_picture(file.path)
    _check_time(taken_at, zone)
    told = {"shows": shows, "taken_at": taken_at, "zone": zone, "place": place}
    if (there := visit.photographs.filter(blob=file.sha256).first()) is not None:
        return _the_same(there, told)
    store.keep(file)
    blob, _ = Blob.objects.get_or_create(sha256=file.sha256, defaults={"size": file.size})
    picture = Photograph.objects.create(visit=visit, blob=blob, media_type=media_type, taken_by=person, **told)
    _audited(visit, "visit.photograph", person, sha256=blob.sha256, taken_at=instant(taken_at), place=place)
    return picture


@transaction.atomic
def close_visit(visit: SiteVisit, *, person: Person, version: int | None = None) -> SiteVisit:
    """Raises:
    PermissionDenied, DecisionBlocked: as every act; `wrong_state`; `version_changed`; `visit_incomplete`, naming what
        is lacking.
    """
    visit = _open(visit, person=person, version=version)
    if gaps := gaps_of(visit):
        raise DecisionBlocked(
            "visit_incomplete",
            Text(
                zh="还缺：" + "、".join(gap.zh for gap in gaps) + "。", en=f"Lacking: {', '.join(g.en for g in gaps)}."
            ),
            hint=Text(
                zh="请在现场记录中补齐，或写明为何未检查，再结束。",
                en="Write it into the record, or why it was not inspected; then close the visit.",
            ),
        )
    visit.closed_at, visit.closed_by = timezone.now(), person
    visit.version += 1
    visit.save(update_fields=["closed_at", "closed_by", "version"])
    _audited(visit, "visit.close", person, record=canonical_digest(visit.record))
    return visit


def _locked(visit: SiteVisit) -> SiteVisit:
    """The visit as it is now, and its case, both held: no evaluation ends between a look at its state and the act."""
    case = transitions.locked(Assessment(pk=visit.assessment_id))
    found = SiteVisit.objects.select_for_update().get(pk=visit.pk)
    found.assessment = case
    return found


def _open(visit: SiteVisit, *, person: Person, version: int | None = None) -> SiteVisit:
    visit = _locked(visit)
    transitions.permit(visit.assessment, Part.ASSESSOR, person=person)
    if not holds(When.EVALUATION, visit.assessment):  # what was reviewed and decided on stays as it was read
        raise wrong_state(visit.assessment, "write_visit")
    if visit.closed_at is not None:
        raise DecisionBlocked(
            "visit_closed",
            Text(zh="该现场记录已经结束。", en="This visit is closed and cannot be changed."),
            hint=Text(
                zh="尚需核查的内容请另行安排一次现场核查。",
                en="What is still to be looked at takes another visit: schedule one.",
            ),
        )
    if version not in (None, visit.version):
        raise DecisionBlocked(
            "version_changed",
            Text(
                zh=f"现场记录在此期间已被改动，当前版本为 {visit.version}。",
                en=f"The record has changed meanwhile; its version is {visit.version} now.",
            ),
            hint=Text(zh="请重新读取，对照后再保存。", en="Read it again, compare, then save."),
        )
    separation.join(visit.assessment, person=person, part=Part.ASSESSOR)
    return visit


def _the_same(there: Photograph, told: Mapping[str, Any]) -> Photograph:
    """The picture that is there already, if it was sent with the same words; others would be lost in silence."""
    if all(getattr(there, name) == value for name, value in told.items()):
        return there
    when = clock_time(there.taken_at)
    raise InputError(
        "already_exists",
        Text(
            zh=f"这张照片已经在此：“{there.shows}”，{there.place}，{when}。",
            en=f"This picture is here already, as “{there.shows}”, {there.place}, {when}.",
        ),
        where=Where(field="file"),
        hint=Text(
            zh="请选择另一张照片；原来的说明有误时，请在现场记录中更正。",
            en="Choose another picture; where its words are wrong, put that right in the record of the visit.",
        ),
    )


def _check_time(taken_at: dt.datetime, zone: str) -> None:
    if taken_at.tzinfo is None:
        raise InputError(
            "offset_missing",
            Text(zh="拍摄时间须带时区偏移。", en="The time a picture was taken needs its offset."),
            where=Where(field="taken_at"),
            hint=Text(
                zh="请在时间后写上偏移，例如 2026-03-31T09:30:00+08:00。",
                en="Write the offset behind it, such as 2026-03-31T09:30:00+08:00.",
            ),
        )
    moment_of_our_time(taken_at, field="taken_at")
    if zone not in zone_names():
        raise InputError(
            "unknown_zone",
            Text(zh=f"没有时区 {zone}。", en=f"There is no zone {zone}."),
            where=Where(field="zone"),
            hint=meant(zone, zone_names(), otherwise=_ZONE),
        )


def _audited(visit: SiteVisit, act: str, person: Person, **details: str) -> None:
    given = {"assessment": str(visit.assessment_id), **details}
    audit.record(actor=person, act=act, subject=visit.subject, details=given)
