"""Who did what, when and why: a hash-chained log that the database refuses to change."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from core.canonical import canonical_json
from core.period import instant
from core.provenance import sha256_hex
from operations.models import AuditEntry

SYSTEM, ANYBODY = "system", "anonymous"
NO_PERSON = (SYSTEM, ANYBODY)  # what nobody may be called
BEGINNING = "0" * 64
_CHAIN_LOCK = 0x5A48_4155  # any number, the same everywhere


def record(
    *,
    actor: AbstractBaseUser | AnonymousUser | str,
    act: str,
    subject: str,
    reason: str = "",
    details: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Append one entry, in the transaction of the act itself.

    Args:
        actor: the person, or `SYSTEM`.
        act: verb and object, dotted: `evidence.received`.
        subject: what it was done to: `evidence/<id>`, `centre/<slug>`.
        details: JSON values without floats, secrets or file contents.
    """
    with transaction.atomic():
        _take_the_end_of_the_chain()
        last = AuditEntry.objects.order_by("-sequence").first()
        entry = AuditEntry(
            sequence=last.sequence + 1 if last else 1,
            at=timezone.now(),
            actor=_name(actor),
            act=act,
            subject=subject,
            reason=reason,
            details=dict(details or {}),
            previous_hash=last.hash if last else BEGINNING,
        )
        entry.hash = _hash(entry)
        entry.clean_fields()  # the rest the database refuses by itself
        entry.save(force_insert=True)
        return entry


def names(username: str) -> bool:
    """Whether the log speaks of somebody by this user name, or means nobody by it."""
    spoken_of = Q(actor=username) | Q(subject=f"person/{username}")
    return username.lower() in NO_PERSON or AuditEntry.objects.filter(spoken_of).exists()


def history(subjects: Collection[str]) -> QuerySet[AuditEntry]:
    """Everything that was done to these, oldest first."""
    return AuditEntry.objects.filter(subject__in=subjects).order_by("sequence")


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain at one time, to be noted where whoever keeps the database cannot reach it."""

    sequence: int
    hash: str
    at: str

    def as_json(self) -> dict[str, Any]:
        return {"sequence": self.sequence, "hash": self.hash, "at": self.at}


def head() -> Head | None:
    """None while nothing was done yet."""
    last = AuditEntry.objects.order_by("-sequence").first()
    return Head(last.sequence, last.hash, instant(last.at)) if last else None


def first_broken_entry() -> AuditEntry | None:
    """The first entry whose hash or link does not hold; None when the whole chain does."""
    previous, sequence = BEGINNING, 1
    for entry in AuditEntry.objects.order_by("sequence").iterator():
        if entry.sequence != sequence or entry.previous_hash != previous or entry.hash != _hash(entry):
            return entry
        previous, sequence = entry.hash, sequence + 1
    return None


def first_lost_head(noted: Iterable[Head]) -> Head | None:
    """The first noted head the log does not have any more: it was cut off, or written anew from before it.

    A chain that was cut or rewritten to its end holds in itself; only what was noted elsewhere tells.
    """
    for one in sorted(noted, key=lambda head: head.sequence):
        if not AuditEntry.objects.filter(sequence=one.sequence, hash=one.hash).exists():
            return one
    return None


def _take_the_end_of_the_chain() -> None:
    # SQLite transactions are IMMEDIATE, so there the writer lock is enough.
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHAIN_LOCK])


def _name(actor: AbstractBaseUser | AnonymousUser | str) -> str:
    if isinstance(actor, str):
        return actor
    return actor.get_username() or ANYBODY


def _hash(entry: AuditEntry) -> str:
    return sha256_hex(
        canonical_json(
            {
                "sequence": entry.sequence,
                "at": instant(entry.at),
                "actor": entry.actor,
                "act": entry.act,
                "subject": entry.subject,
                "reason": entry.reason,
                "details": entry.details,
                "previous_hash": entry.previous_hash,
            }
        )
    )
