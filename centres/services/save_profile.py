"""Keep a new version of a centre's profile."""

from __future__ import annotations

from django.db import transaction

from centres.models import Centre, Person, ProfileVersion
from centres.profile import FacilityProfile
from centres.selectors import current_profile
from core.errors import InputError, UserFacingError
from core.provenance import Where
from core.text import Text
from operations import audit, jobs

SCORE_CENTRE = "assessment.score_centre"  # by name: the layer that measures stands above this one


class VersionChanged(UserFacingError):
    """Somebody else saved in between."""


def save_profile(
    centre: Centre, profile: FacilityProfile, *, person: Person, replacing: str | None = None
) -> ProfileVersion:
    """The new version, or the present one when no value changed, however figures are spelt. The centre is scored anew.

    Args:
        replacing: digest of the version the change was made from, empty where there was none; None skips the check.

    Raises:
        InputError: `wrong_centre` when the profile names another centre.
        VersionChanged: `version_changed`.
    """
    if profile.centre.id != centre.slug:
        raise InputError(
            "wrong_centre",
            Text(
                zh=f"档案属于“{profile.centre.id}”，不是“{centre.slug}”。",
                en=f"The profile is of “{profile.centre.id}”, not of “{centre.slug}”.",
            ),
            where=Where(field="centre.id"),
            hint=Text(
                zh=f"请把 centre.id 写作“{centre.slug}”，或提交到该中心自己的地址。",
                en=f"Write “{centre.slug}” as centre.id, or send it to that centre's own address.",
            ),
        )
    with transaction.atomic():
        centre = Centre.objects.select_for_update().get(pk=centre.pk)
        present = current_profile(centre)
        if replacing is not None and replacing != (present.digest if present else ""):
            raise _version_changed(present)
        if present is not None and _says_the_same(present, profile):
            return present
        content = profile.model_dump(mode="json", by_alias=True, exclude_none=True)
        version = ProfileVersion(centre=centre, content=content, digest=profile.digest, created_by=person)
        version.full_clean()
        version.save(force_insert=True)
        centre.name_zh, centre.name_en = profile.centre.name.zh, profile.centre.name.en
        centre.province = profile.place.province
        centre.full_clean()
        centre.save()
        audit.record(
            actor=person, act="profile.saved", subject=f"centre/{centre.slug}", details={"digest": profile.digest}
        )
        request_scoring(centre)
        return version


def _says_the_same(present: ProfileVersion, profile: FacilityProfile) -> bool:
    """A digest keeps the digits as they were written: `1e5` is another text than `100000`, and the same figure."""
    return present.digest == profile.digest or present.profile == profile


def request_scoring(centre: Centre) -> None:
    """Have the centre measured and scored once more; a request that is still waiting serves all of us."""
    subject = f"centre/{centre.slug}"
    if jobs.is_known(SCORE_CENTRE) and not jobs.is_waiting(SCORE_CENTRE, subject=subject):
        jobs.enqueue(SCORE_CENTRE, subject=subject, scope=centre.slug, centre=centre.slug)


def _version_changed(present: ProfileVersion | None) -> VersionChanged:
    digest = present.digest if present else "-"
    return VersionChanged(
        "version_changed",
        Text(
            zh=f"档案已被更新，当前版本为 {digest}。",
            en=f"The profile was changed meanwhile; the present version is {digest}.",
        ),
        hint=Text(
            zh="请重新读取档案，合并后再保存。", en="Read the profile again, merge your change and save once more."
        ),
    )
