"""New versions of a file: which file one takes the place of, once it was read.

The same name alone says little: exports of every month are called alike. A file is a new version of an earlier one of
its name and format when it repeats at least one of its rows, by the kind's identity; else both count. Whoever uploads
may say otherwise. An older version keeps its bytes, its observations and every result that cites it.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from centres.models import Centre, Person
from centres.services.save_profile import request_scoring
from core.errors import DecisionBlocked, InputError
from core.provenance import Where
from core.text import Text
from evidence.models import REPLACES_NOTHING, Evidence, EvidenceState
from evidence.observations.registry import KIND_BY_NAME
from evidence.observations.row_difference import shares_a_row
from evidence.selectors import read_table, versions_of
from operations import audit


def check_replaced(said: str, *, centre: Centre) -> str:
    """What an uploader says a file replaces, as it is kept.

    Raises:
        InputError: `unknown_evidence` for what is no evidence of this centre.
    """
    if said in ("", REPLACES_NOTHING):
        return said
    try:
        found = Evidence.objects.filter(centre=centre, pk=UUID(said)).exclude(state=EvidenceState.WITHDRAWN).first()
    except ValueError:
        found = None
    if found is None:
        raise InputError(
            "unknown_evidence",
            Text(zh="本中心没有这个证据。", en="The centre has no such evidence."),
            where=Where(field="replaces"),
            hint=Text(
                zh="请填写被替代证据的编号，或 nothing。", en="Give the id of the evidence it replaces, or “nothing”."
            ),
        )
    return str(found.pk)


def settle_version(evidence: Evidence) -> None:
    """Put an evidence that was just accepted, in this transaction, in its place among the versions of its file."""
    Centre.objects.select_for_update().get(pk=evidence.centre_id)
    if older := _older(evidence):
        for other in (older, *versions_of(older)):
            if other.state == EvidenceState.ACCEPTED and other.received_at < evidence.received_at:
                _supersede(other, by=evidence)
        _follow(older, evidence)
    if newer := _newer(evidence):  # a later version was read first
        if newer.supersedes_id and not evidence.supersedes_id:
            _follow(Evidence.objects.get(pk=newer.supersedes_id), evidence)
        _follow(evidence, newer)
        _supersede(evidence, by=newer)


@transaction.atomic
def count_again(evidence: Evidence, *, person: Person) -> None:
    """Have a superseded version count again in place of the one that counts now.

    Raises:
        DecisionBlocked: `wrong_state` unless it is superseded.
    """
    centre = Centre.objects.select_for_update().get(pk=evidence.centre_id)
    evidence = Evidence.objects.select_for_update().get(pk=evidence.pk)
    if evidence.state != EvidenceState.SUPERSEDED:
        raise DecisionBlocked(
            "wrong_state",
            Text(zh="只有已被替代的版本可以恢复。", en="Only a superseded version can be made to count again."),
            hint=_LOOK_AGAIN,
        )
    for other in versions_of(evidence):
        if other.state == EvidenceState.ACCEPTED:
            _supersede(other, by=evidence)
    _count(evidence, person=person, centre=centre)


@transaction.atomic
def tell_apart(evidence: Evidence, *, person: Person) -> None:
    """Say that a file is no new version of the one it took the place of: both count.

    Raises:
        DecisionBlocked: `wrong_state` unless it counts and took the place of another one.
    """
    centre = Centre.objects.select_for_update().get(pk=evidence.centre_id)
    evidence = Evidence.objects.select_for_update().get(pk=evidence.pk)
    older = evidence.supersedes
    if evidence.state != EvidenceState.ACCEPTED or older is None or older.state != EvidenceState.SUPERSEDED:
        raise DecisionBlocked(
            "wrong_state",
            Text(zh="该文件没有替代其他仍可计入的文件。", en="The file has not taken the place of another one."),
            hint=_LOOK_AGAIN,
        )
    evidence.supersedes, evidence.version, evidence.replaces = None, 1, REPLACES_NOTHING
    evidence.save(update_fields=("supersedes", "version", "replaces"))
    _record(evidence, act="evidence.told_apart", actor=person, other=older)
    _count(older, person=person, centre=centre)


def _count(evidence: Evidence, *, person: Person, centre: Centre) -> None:
    evidence.state = EvidenceState.ACCEPTED
    evidence.save(update_fields=("state",))
    _record(evidence, act="evidence.counts_again", actor=person, other=None)
    request_scoring(centre)


def _older(evidence: Evidence) -> Evidence | None:
    """The file this one is a new version of, if any."""
    if evidence.replaces == REPLACES_NOTHING:
        return None
    if evidence.replaces:
        return Evidence.objects.get(pk=evidence.replaces)
    earlier = _namesakes(evidence).filter(received_at__lt=evidence.received_at)
    for other in earlier.filter(state=EvidenceState.ACCEPTED).order_by("-received_at"):
        if _repeats_a_row(other, evidence):
            return other
    newest = earlier.order_by("-received_at").first()
    return newest if newest is not None and newest.problem is not None else None  # the mended file


def _newer(evidence: Evidence) -> Evidence | None:
    later = Evidence.objects.filter(centre=evidence.centre_id, state=EvidenceState.ACCEPTED)
    later = later.filter(received_at__gt=evidence.received_at).order_by("received_at")
    if named := later.filter(replaces=str(evidence.pk)).first():
        return named
    by_name = later.filter(pk__in=_namesakes(evidence).values("pk"), replaces="")
    return next((other for other in by_name if _repeats_a_row(evidence, other)), None)


def _namesakes(evidence: Evidence) -> QuerySet[Evidence]:
    """Others of the centre with its name and, once they were read, its format."""
    return (
        Evidence.objects.filter(Q(format="") | Q(format=evidence.format), centre=evidence.centre_id, name=evidence.name)
        .exclude(pk=evidence.pk)
        .exclude(state=EvidenceState.WITHDRAWN)
    )


def _repeats_a_row(older: Evidence, newer: Evidence) -> bool:
    """Whether the newer file has a row that the identity of its kind calls the same as one of the older's."""
    olds, news = ({table.kind: table for table in one.tables.all()} for one in (older, newer))
    if not olds and not news:  # files of facts alone
        return True
    for name in sorted(olds.keys() & news.keys()):
        kind = KIND_BY_NAME[name]
        before, after = (read_table(side[name].key, columns=kind.identity) for side in (olds, news))
        if shares_a_row(before, after, kind=kind):
            return True
    return False


def _follow(older: Evidence, newer: Evidence) -> None:
    before = [one.version for one in versions_of(older) if one.received_at < newer.received_at]
    newer.supersedes, newer.version = older, 1 + max(older.version, *before, 0)
    newer.save(update_fields=("supersedes", "version"))


def _supersede(older: Evidence, *, by: Evidence) -> None:
    older.state = EvidenceState.SUPERSEDED
    older.save(update_fields=("state",))
    _record(older, act="evidence.superseded", actor=audit.SYSTEM, other=by)


def _record(evidence: Evidence, *, act: str, actor: Person | str, other: Evidence | None) -> None:
    audit.record(
        actor=actor,
        act=act,
        subject=f"evidence/{evidence.pk}",
        details={"sha256": evidence.blob_id} | ({"by": str(other.pk)} if other else {}),
    )


_LOOK_AGAIN = Text(zh="请重新读取文件的各版本及其状态。", en="Read the versions of the file and their states again.")
