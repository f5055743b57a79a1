"""What a centre sees of its own work: the package as it would be frozen now, and its receipts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from assessment.documents.fonts import missing_glyphs
from assessment.models import Assessment, SubmissionReceipt
from assessment.receipts.manifest import PackedFile, package_content
from centres.models import Centre, ProfileVersion
from centres.profile import FacilityProfile
from centres.selectors import current_profile
from core.canonical import canonical_digest
from core.errors import DecisionBlocked
from core.provenance import Where
from core.signature import PublicKey
from core.text import Text
from evidence.models import Evidence
from evidence.selectors import NOT_YET_READ, accepted_evidence, rejected_evidence
from indicators.models import Edition
from operations.signing import own_public_key


@dataclass(frozen=True)
class Package:
    """What would be frozen if the centre submitted now.

    Args:
        accepted, rejected: what counts; and what does not, named because results name it too.
        in_work: files that are still to be read.
    """

    edition: Edition
    profile_version: ProfileVersion | None
    accepted: tuple[Evidence, ...]
    rejected: tuple[Evidence, ...]
    in_work: int

    @property
    def files(self) -> tuple[Evidence, ...]:
        return (*self.accepted, *self.rejected)

    @cached_property
    def content(self) -> dict[str, Any]:
        """As the manifest of a submission holds it."""
        return package_content(
            rubric=self.edition.rubric,
            edition=self.edition.edition,
            edition_digest=self.edition.digest,
            profile_digest=self.profile_version.digest if self.profile_version else "",
            files=[packed_file(item) for item in self.files],
        )

    @cached_property
    def digest(self) -> str:
        return canonical_digest(self.content)

    def obstacles(self) -> Iterator[DecisionBlocked]:
        """Why it cannot be submitted: `no_profile`, `missing_glyph`, `evidence_in_work`, `no_evidence`."""
        if self.profile_version is None:
            yield DecisionBlocked("no_profile", _NO_PROFILE, hint=_FILL_IN)
        else:
            yield from unprintable(self.profile_version.profile)
        if self.in_work:
            yield DecisionBlocked(
                "evidence_in_work",
                Text(zh=f"还有 {self.in_work} 个文件正在读取。", en=f"{self.in_work} files are still being read."),
                hint=_WAIT,
            )
        if not self.accepted:
            yield DecisionBlocked("no_evidence", _NO_EVIDENCE, hint=_HAND_IN)


def package_of(centre: Centre, *, edition: Edition) -> Package:
    """The package of a centre as it is now, in five queries however many files there are."""
    return Package(
        edition=edition,
        profile_version=current_profile(centre),
        accepted=tuple(accepted_evidence(centre).select_related("blob", "column_map")),
        rejected=tuple(rejected_evidence(centre)),
        in_work=Evidence.objects.filter(centre=centre, state__in=NOT_YET_READ).count(),
    )


def unprintable(profile: FacilityProfile) -> Iterator[DecisionBlocked]:
    """`missing_glyph` at each field that stands on the certificate and holds a sign it cannot be printed with."""
    names = {"centre.name": profile.centre.name, "operator": profile.operator}
    printed = {
        f"{field}.{language}": getattr(said, language) for field, said in names.items() for language in ("zh", "en")
    }
    printed |= {"place.province": profile.place.province, "place.city": profile.place.city}
    printed |= {f"accelerators.{place}.model": one.model for place, one in enumerate(profile.accelerators)}
    for field, words in printed.items():
        if missing := missing_glyphs(words):
            signs = ", ".join(f"{chr(code)} (U+{code:04X})" for code in sorted(missing))
            yield DecisionBlocked(
                "missing_glyph",
                Text(
                    zh=f"设施档案的 {field} 含有证书无法印出的字：{signs}。",
                    en=f"{field} of the facility profile holds what no certificate can print: {signs}.",
                ),
                where=Where(field=field),
                hint=_PRINTABLE,
            )


def packed_file(item: Evidence) -> PackedFile:
    """A file as the manifest names it."""
    mapped = item.column_map
    return PackedFile(
        sha256=item.blob_id,
        name=item.name,
        size=item.blob.size,
        format=item.format or item.declared_format,
        parser=item.parser,
        encoding=item.encoding,
        timezone=item.timezone,
        column_map={"map": str(mapped), "digest": mapped.digest} if mapped else None,
        problem=(item.problem or {}).get("code"),
    )


def receipts_of(case: Assessment) -> QuerySet[SubmissionReceipt]:
    """The last submission first."""
    return SubmissionReceipt.objects.filter(assessment=case)


def signing_keys() -> list[PublicKey]:
    """The key in use, then those that signed earlier receipts."""
    signed = SubmissionReceipt.objects.order_by().values_list("public_key", flat=True).distinct()
    earlier = sorted(PublicKey(bytes(raw)) for raw in signed)
    return list(dict.fromkeys((own_public_key(), *earlier)))


_NO_PROFILE = Text(zh="还没有设施档案。", en="There is no facility profile yet.")
_PRINTABLE = Text(
    zh="请在设施档案中改用可印刷的字；罕用字须由管理员安装完整的 Noto CJK 字体。",
    en="Write it without in the profile; for rare characters an administrator installs the full Noto CJK fonts.",
)
_NO_EVIDENCE = Text(zh="没有已接受的证据。", en="There is no accepted evidence.")
_FILL_IN = Text(zh="请先填写并保存设施档案。", en="Fill in the facility profile and save it first.")
_HAND_IN = Text(
    zh="请先上传证据文件；被拒绝的文件须改正后重新上传。",
    en="Hand in files of evidence first; one that was rejected is mended and handed in again.",
)
_WAIT = Text(zh="请等待读取完成后再提交。", en="Submit again when they have been read.")
