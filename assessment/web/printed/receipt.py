"""The receipt of a submission as a paper: what was frozen, file by file, and the signature it can be checked with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from assessment.documents.content.paper import Block, Heading, Paper, Sentence, Table, facts
from assessment.web.printed.answer import moment, paper_on
from evidence.templatetags.evidence_words import title_of_format
from operations.templatetags.words import said


def receipt_paper(title: Any, shown: Mapping[str, Any]) -> Paper:
    """`shown`: what the page is made of."""
    return paper_on(shown["assessment"], title, _blocks(shown))


def _blocks(shown: Mapping[str, Any]) -> Iterator[Block]:
    manifest, package = shown["manifest"], shown["manifest"]["package"]
    yield facts(
        (
            (_("Centre"), f"{said(manifest['centre']['name'])} {manifest['centre']['id']}"),
            (_("Assessment"), manifest["assessment"]),
            (_("Submission"), str(manifest["submission"])),
            (_("Submitted by"), f"{said(manifest['submitted_by']['name'])} {manifest['submitted_by']['username']}"),
            (_("Submitted at"), moment(shown["submitted_at"])),
            (_("Remark"), manifest["reason"] or "–"),
            (_("Rubric"), f"{shown['edition']['name']}\n{package['edition']['digest']}"),
            (_("Profile"), package["profile"]["digest"]),
        )
    )
    yield Heading(_("Files"))
    rows = tuple((file["name"], _read_as(file), f"{file['size']:,} B", file["sha256"]) for file in shown["counting"])
    yield Table((_("File"), _("Read as"), _("Size"), "SHA-256"), rows, shares=(4, 4, 2, 6))
    if shown["left_out"]:
        yield Heading(_("Handed in, but not counted"), level=2)
        for file in shown["left_out"]:
            yield Sentence(f"{file['name']}{_(': ')}{said(file['why'])} {file['sha256']}", listed=True)
    yield Heading(_("Signature"))
    yield Sentence(
        _(
            "The manifest above is signed by this platform. "
            "Keep the file: it proves what you handed in, also without us."
        )
    )
    yield facts(
        (
            (_("Digest of the manifest"), shown["receipt"].digest),
            (_("Signing key"), f"Ed25519 {shown['key']}"),
            (_("Signature"), shown["signature"]),
            (_("Check it"), "zhiheng receipt verify receipt.json --key keys.json"),
        )
    )


def _read_as(file: Mapping[str, Any]) -> str:
    reading = file["reading"]
    named = [file["parser"], reading.get("encoding"), reading.get("timezone")]
    return f"{said(title_of_format(file['format']))} {' · '.join(filter(None, named))}"
