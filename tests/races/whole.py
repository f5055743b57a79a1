"""What all rounds left, whoever raced beside whom: `python -m tests.races.whole --decided 20`; run by `nightly`.

Exit code 1 when there are not as many decisions, certificates and numbers as rounds, or the audit log is not whole.
"""

from __future__ import annotations

import argparse
import sys

import django

django.setup()

from assessment.models import Act, Certificate  # noqa: E402
from assessment.services.certificates.numbers import check_character  # noqa: E402
from operations.audit import first_broken_entry  # noqa: E402
from operations.models import AuditEntry  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--decided", type=int, required=True, help="rounds in which a case was decided")
    decided = parser.parse_args().decided
    certificates, decisions = Certificate.objects.count(), Act.objects.filter(act="certify").count()
    faults = [
        *([] if (certificates, decisions) == (decided, decided) else ["not one of each a round"]),
        *_faults_of_numbers(),
        *(["the chain of the audit log is broken"] if first_broken_entry() else []),
    ]
    print(  # noqa: T201
        f"the whole: {decided} cases raced for, {decisions} decisions, {certificates} certificates, "
        f"{AuditEntry.objects.count()} entries of the audit log; {len(faults)} faults",
        *faults[:20],
        sep="\n",
        flush=True,
    )
    return 1 if faults else 0


def _faults_of_numbers() -> list[str]:
    """They run without a gap, each with its check character."""
    numbers = list(Certificate.objects.values_list("number", flat=True))
    running = sorted(int(number.split("-")[2]) for number in numbers)
    faults = [] if running == list(range(1, len(numbers) + 1)) else ["numbers were skipped or given twice"]
    return faults + [f"{one} has another check character" for one in numbers if check_character(one[:-2]) != one[-1]]


if __name__ == "__main__":
    sys.exit(main())
