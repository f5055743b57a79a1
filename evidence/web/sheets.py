"""The lists of the pages of evidence as workbooks: the columns of each page, its rows as the page shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.text import Text
from evidence.models import ArchiveMember, Evidence
from evidence.templatetags.evidence_words import format_title, issue_count, state_sign
from operations.http.sheets import Columns, Sheet, Told
from operations.templatetags.words import place, said


def evidence_sheet(title: Text, files: Iterable[Evidence]) -> Sheet[Evidence]:
    columns: Columns = [
        (_("File"), lambda item: item.name),
        (_("Format"), format_title),
        (_("State"), _state),
        (_("Issues"), issue_count),
        (_("Size in bytes"), lambda item: item.blob.size),
        (_("Received"), lambda item: item.received_at),
        ("SHA-256", lambda item: item.blob_id),
    ]
    return Sheet("evidence", title, columns, files)


def issues_sheet(title: str, issues: Iterable[Mapping[str, Any]]) -> Sheet[Mapping[str, Any]]:
    columns: Columns = [
        (_("Severity"), lambda issue: capfirst(said(issue["severity"].words))),
        (_("Where"), lambda issue: place(issue.get("where"))),
        (_("What"), lambda issue: said(issue["message"])),
        (_("Hint"), lambda issue: said(issue.get("hint"))),
    ]
    return Sheet("issues", title, columns, issues)


def members_sheet(title: str, members: Iterable[ArchiveMember]) -> Sheet[ArchiveMember]:
    columns: Columns = [
        (_("File"), lambda member: member.name),
        (_("Format"), lambda member: format_title(member.evidence)),
        (_("State"), lambda member: _state(member.evidence)),
        ("SHA-256", lambda member: member.evidence.blob_id),
    ]
    return Sheet("archive", title, columns, members)


def maps_sheet(title: Text, maps: Iterable[Mapping[str, Any]]) -> Sheet[Mapping[str, Any]]:
    columns: Columns = [
        (_("Map"), lambda one: one["title"]),
        (_("Identifier"), lambda one: one["name"]),
        (_("What the rows are"), lambda one: one["kind"]),
        (_("Version"), lambda one: one["number"]),
        (_("Saved"), lambda one: one["saved_at"]),
        (_("Digest"), lambda one: one["digest"]),
    ]
    return Sheet("column-maps", title, columns, maps)


def _state(item: Evidence) -> Told:
    return capfirst(said(state_sign(item).words))
