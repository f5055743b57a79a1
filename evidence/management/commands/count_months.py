from __future__ import annotations

from typing import Any

import pyarrow.parquet as pq
from django.core.management.base import BaseCommand

from centres.selectors import zone_of
from evidence import store
from evidence.models import ObservationTable
from evidence.observations.months import months_of


class Command(BaseCommand):
    help = "Count the months of tables that were kept before months were counted. Safe to call again."

    def handle(self, *args: Any, **options: Any) -> None:
        zones: dict[int, str] = {}
        counted = 0
        for table in ObservationTable.objects.filter(months__isnull=True).select_related("evidence__centre").iterator():
            centre = table.evidence.centre
            zone = zones.get(centre.pk) or zones.setdefault(centre.pk, zone_of(centre))
            with store.open_key(table.key) as stream:
                table.months = months_of(pq.ParquetFile(stream), kind=table.kind, zone=zone)
            if table.months is not None:
                table.save(update_fields=["months"])
                counted += 1
        self.stdout.write(f"{counted} tables counted")
