"""What readers of `kubectl get … -o json` share: items with their lines, instants, cards asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import re2

from evidence.parsers.documents.json_arrays import ArrayDocument, read_array
from evidence.parsers.schedulers.card_resources import Allotted, Resource, resource_of, together
from evidence.parsers.schedulers.slurm_json import OddValue, mapping
from evidence.parsers.tables.table_batches import no_rows
from evidence.parsers.text.source import Source

LARGEST_QUANTITY = 1_000_000
_ITEMS = re2.compile(rb'"items"\s*:\s*\[')
_INSTANT = re2.compile(
    r"(?:19[7-9]|20[0-9]|21[0-9])[0-9]-[0-9]{2}-[0-9]{2}T[0-9:]{8}(?:\.[0-9]{1,9})?(?:Z|[+-][0-9:]{5})"
)
_QUANTITY = re2.compile(r"[0-9]{1,7}")


def is_list_of(source: Source, *kinds: bytes) -> bool:
    """Whether a file is a list that `kubectl` prints, with an item of one of the kinds in its head."""
    head = source.head_in_utf8.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head.startswith(b"{") or not _ITEMS.search(head):
        return False
    return any(re2.search(rb'"kind"\s*:\s*"' + kind + rb'"', head) is not None for kind in kinds)


def read_items(source: Source) -> ArrayDocument:
    """The items of a list.

    Raises:
        ParseError: what `read_array` raises, and `no_rows` for none.
    """
    document = read_array(source, "items")
    if not document.elements:
        raise no_rows()
    return document


def moment_of(value: Any, name: str) -> dt.datetime | None:
    """An instant of RFC 3339 in UTC with milliseconds; null where there is none.

    Raises:
        OddValue
    """
    if value is None:
        return None
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise OddValue(name)
    try:
        at = dt.datetime.fromisoformat(value).astimezone(dt.UTC)
    except ValueError as error:
        raise OddValue(name) from error
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def text(value: Any, name: str) -> str:
    """A text that is not empty.

    Raises:
        OddValue
    """
    if not isinstance(value, str) or not value.strip():
        raise OddValue(name)
    return value


def replicas(value: Any, name: str, *, otherwise: int = 1) -> int:
    """How many pods are asked for.

    Raises:
        OddValue
    """
    if value is None:
        return otherwise
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST_QUANTITY:
        raise OddValue(name)
    return value


def allotted_in_template(template: Any) -> Allotted:
    """What one pod of a template asks for, over all its containers.

    Raises:
        OddValue
    """
    spec = mapping(mapping(template, "template").get("spec"), "template.spec")
    containers = spec.get("containers")
    if not isinstance(containers, list):
        raise OddValue("template.spec.containers")
    return together(_allotted(mapping(container, "container").get("resources")) for container in containers)


def _allotted(resources: Any) -> Allotted:
    """Of one container; limits before requests, as Kubernetes has it. Without a vendor's domain nothing is unknown."""
    asked: dict[str, Any] = {}
    for name in ("requests", "limits"):
        part = resources.get(name) if isinstance(resources, Mapping) else None
        asked |= dict(part) if isinstance(part, Mapping) else {}
    by_kind: dict[Resource, dict[str, Any]] = {kind: {} for kind in Resource}
    for name, value in asked.items():
        vendor, stroke, resource = name.rpartition("/")
        kind = resource_of(resource)
        if stroke and str(value) != "0" and ("." in vendor or kind is not Resource.UNKNOWN):
            by_kind[kind][name] = value
    return Allotted(
        sum(map(_quantity, by_kind[Resource.CARD].values())),
        frozenset(by_kind[Resource.PART]),
        frozenset(by_kind[Resource.UNKNOWN]),
    )


def _quantity(value: Any) -> int:
    if isinstance(value, str) and _QUANTITY.fullmatch(value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST_QUANTITY:
        raise OddValue("resources")
    return value
