"""The ways to what lies in and beside a case: once, for the page itself and for those that go on from it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.text import capfirst

from assessment.models import Dispute, Finding, Sample
from assessment.sampling.subjects import SUBJECTS
from assessment.web.pages.case import case_crumbs
from assessment.web.shown.dispute_words import KINDS
from assessment.web.shown.finding_words import SEVERITIES
from centres.web.crumbs import Step, trail
from core.text import Text

FINDINGS = Text(zh="不符合项与观察项", en="Findings")
SAMPLES = Text(zh="抽样", en="Samples")
DISPUTES = Text(zh="投诉、申诉与异议", en="Complaints, appeals and objections")
VERIFY = Text(zh="证书查验", en="Verify a certificate")


def finding_crumbs(finding: Finding, *further: Step) -> list[dict[str, Any]]:
    above = (FINDINGS, reverse("assessment:findings", args=[finding.assessment_id]))
    own = (_titled(SEVERITIES[finding.severity], finding.node), reverse("assessment:finding", args=[finding.pk]))
    return case_crumbs(finding.assessment, above, own, *further)


def sample_crumbs(sample: Sample, *further: Step) -> list[dict[str, Any]]:
    above = (SAMPLES, reverse("assessment:samples", args=[sample.assessment_id]))
    own = (_titled(SUBJECTS[sample.of]), reverse("assessment:sample", args=[sample.pk]))
    return case_crumbs(sample.assessment, above, own, *further)


def dispute_crumbs(dispute: Dispute, *further: Step) -> list[dict[str, Any]]:
    """Not by the case, which whoever lodged it may not see."""
    own = (_titled(KINDS[dispute.kind]), reverse("assessment:dispute", args=[dispute.pk]))
    return trail((DISPUTES, reverse("assessment:disputes")), own, *further)


def certificate_crumbs(number: str, *further: Step) -> list[dict[str, Any]]:
    own = (number, reverse("assessment:certificate", args=[number]))
    return trail((VERIFY, reverse("assessment:verify")), own, *further)


def _titled(words: Text, node: str = "") -> Text:
    return Text(zh=f"{words.zh} {node}".strip(), en=f"{capfirst(words.en)} {node}".strip())
