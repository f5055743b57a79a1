"""Enter a centre."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from centres.models import Centre, Person
from centres.profile import FacilityProfile
from centres.services.save_profile import save_profile
from core.errors import InputError
from core.provenance import Where
from core.text import Text
from operations import audit


def create_centre(profile: FacilityProfile, *, person: Person) -> Centre:
    """A new centre with its first profile; its address is the id the profile gives.

    Raises:
        InputError: `already_exists`.
    """
    with transaction.atomic():
        slug = profile.centre.id
        try:
            with transaction.atomic():
                centre = Centre.objects.create(
                    slug=slug,
                    name_zh=profile.centre.name.zh,
                    name_en=profile.centre.name.en,
                    province=profile.place.province,
                )
        except IntegrityError as error:
            raise InputError(
                "already_exists",
                Text(zh=f"已有标识为“{slug}”的中心。", en=f"There is already a centre called “{slug}”."),
                where=Where(field="centre.id"),
                hint=Text(
                    zh="请换一个 id；更新档案请用 PUT …/profile/。",
                    en="Choose another id; PUT …/profile/ updates a profile.",
                ),
            ) from error
        audit.record(actor=person, act="centre.created", subject=f"centre/{slug}")
        save_profile(centre, profile, person=person)
        return centre
