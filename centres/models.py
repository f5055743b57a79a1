"""Who is assessed, what it says about itself, and who acts."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from centres.profile import FacilityProfile
from core.text import Text


class Person(AbstractUser):
    """Someone who signs in; the names are those printed under a decision."""

    name_zh = models.CharField(max_length=100, blank=True)
    name_en = models.CharField(max_length=100, blank=True)

    @property
    def name(self) -> Text:
        fallback = self.get_full_name() or self.username
        return Text(zh=self.name_zh or fallback, en=self.name_en or fallback)


class Centre(models.Model):
    """An AI computing centre. Names and province are copies from the current profile, for lists and scopes."""

    slug = models.SlugField(max_length=63, unique=True)
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    province = models.CharField(max_length=40, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("slug",)

    def __str__(self) -> str:
        return self.slug

    @property
    def name(self) -> Text:
        return Text(zh=self.name_zh, en=self.name_en)


class ProfileVersion(models.Model):
    """A facility profile as it was at one time; never changed, only followed by the next one."""

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="profiles")
    content = models.JSONField()
    digest = models.CharField(max_length=71)  # sha256:…
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-id",)
        get_latest_by = "id"

    def __str__(self) -> str:
        return f"{self.centre} {self.digest[:15]}"

    @property
    def profile(self) -> FacilityProfile:
        return FacilityProfile.model_validate(self.content)


class CentreRole(models.TextChoices):
    ENGINEER = "engineer", _("centre engineer")
    OWNER = "owner", _("centre owner")


class Membership(models.Model):
    """Someone who works for a centre."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=CentreRole)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "centre"), name="one_role_per_person_and_centre"),)

    def __str__(self) -> str:
        return f"{self.user} {self.role} {self.centre}"


class Role(models.TextChoices):
    """What people of the assessing body, the regulator and the platform may do."""

    ASSESSOR = "assessor", _("assessor")
    REVIEWER = "reviewer", _("reviewer")
    DECIDER = "decider", _("decider")
    REGULATOR = "regulator", _("regulator")
    RUBRIC_AUTHOR = "rubric_author", _("rubric author")
    PUBLISHER = "publisher", _("publisher of rubrics")
    ADMINISTRATOR = "administrator", _("administrator")


class StaffRole(models.Model):
    """A role outside the centres; a regulator's may be limited to one province, empty means all."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="staff_roles")
    role = models.CharField(max_length=15, choices=Role)
    province = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "role", "province"), name="each_staff_role_once"),)

    def __str__(self) -> str:
        return f"{self.user} {self.role} {self.province}".strip()
