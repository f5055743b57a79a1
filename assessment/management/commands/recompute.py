from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet

from assessment.models import StoredResult
from assessment.scoring.recompute.rebuild import Status
from assessment.services.results.result_bundle import recompute_stored
from core.errors import UserFacingError
from core.provenance import DIGEST_PREFIX


class Command(BaseCommand):
    help = "Rebuild stored results from what they name; fails when one does not come out the same to the byte."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("results", nargs="*", metavar="RESULT", help="digest, the beginning of one, or number")
        parser.add_argument("--all", action="store_true", help="every stored result")
        parser.add_argument("--evidence", action="store_true", help="from the stored files up: read and measure again")

    def handle(self, *args: Any, results: list[str], evidence: bool, **options: Any) -> None:
        if bool(results) == options["all"]:
            raise CommandError("Name results, or say --all.")
        found = StoredResult.objects.order_by("pk") if options["all"] else _named(results)
        different = 0
        for stored in found.select_related("edition", "profile_version", "centre").iterator(chunk_size=20):
            try:
                recomputed = recompute_stored(stored, from_evidence=evidence)
            except UserFacingError as error:
                different += 1
                self.stdout.write(f"{stored.digest} {stored.centre} different: {error.message.zh} {error.message.en}")
                continue
            different += recomputed.status is Status.DIFFERENT
            self.stdout.write(f"{stored.digest} {stored.centre} {recomputed.status.value}")
            for check in recomputed.checks:
                if check.ok is not True and check.detail is not None:
                    self.stdout.write(f"  {check.name}: {check.detail.zh} {check.detail.en}")
        if different:
            raise CommandError(f"{different} results do not come out the same.")


def _named(words: list[str]) -> QuerySet[StoredResult]:
    """Every word names exactly one result."""
    pks: list[int] = []
    for word in words:
        if word.isascii() and word.isdigit() and len(word) < 12:
            matching = StoredResult.objects.filter(pk=int(word))
        else:
            matching = StoredResult.objects.filter(digest__startswith=DIGEST_PREFIX + word.removeprefix(DIGEST_PREFIX))
        digests = set(matching.values_list("digest", flat=True))
        if len(digests) != 1:
            raise CommandError(f"{word}: {len(digests) or 'no'} results of that name.")
        pks += matching.values_list("pk", flat=True)
    return StoredResult.objects.filter(pk__in=pks).order_by("pk")
