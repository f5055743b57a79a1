"""Who is assessed, what it says about itself, and who acts."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from functools import cached_property

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from centres.profile import FacilityProfile
from core.canonical import canonical_digest
from core.text import Text


class Person(AbstractUser):
    """An account someone signs in with; the names are those printed under a decision.

    `natural_person` is the human being behind it: accounts that share it are one person wherever people are kept apart.
    """

    name_zh = models.CharField(max_length=100, blank=True)
    name_en = models.CharField(max_length=100, blank=True)
    natural_person = models.UUIDField(default=uuid.uuid4, editable=False, db_index=True)
    sessions_ended = models.PositiveIntegerField(default=0, editable=False)  # how often all of them were, at once

    def get_session_auth_hash(self) -> str:
        """What every session of the account carries; none is any good once they were ended."""
        return self._of_sessions(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        yield from map(self._of_sessions, super().get_session_auth_fallback_hash())

    def _of_sessions(self, own: str) -> str:
        return f"{own}{self.sessions_ended or ''}"

    @staticmethod
    def named_by(relation: str) -> list[str]:
        """The columns `name` is made of, for queries that read nothing else of a person."""
        return [f"{relation}__{one}" for one in ("name_zh", "name_en", "username", "first_name", "last_name")]

    def standing(self) -> str:
        """A digest of the roles of this account and of what its human works for: another one when any of it changes."""
        roles = self.staff_roles.order_by("pk").values_list("role", "province")
        centres = Membership.objects.filter(user__natural_person=self.natural_person).order_by("pk")
        return canonical_digest([self.is_superuser, list(roles), list(centres.values_list("user", "centre", "role"))])

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

    @cached_property
    def profile(self) -> FacilityProfile:
        return FacilityProfile.model_validate(self.content)

    @property
    def name(self) -> Text:
        """Of the centre at that time: what attests something names it so, whatever it calls itself by now."""
        return Text(**self.content["centre"]["name"])

    @property
    def province(self) -> str:
        return str(self.content["place"]["province"])


class CentreRole(models.TextChoices):
    """Engineers and owners do all of a centre's work; the others hand in what their department keeps."""

    ENGINEER = "engineer", _("centre engineer")
    OWNER = "owner", _("centre owner")
    ENERGY = "energy", _("energy colleague")
    NETWORK = "network", _("network colleague")
    FINANCE = "finance", _("finance colleague")


class Membership(models.Model):
    """Someone who works for a centre."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=CentreRole)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "centre"), name="one_role_per_person_and_centre"),)

    def __str__(self) -> str:
        return f"{self.user} {self.role} {self.centre}"


class FormerMembership(models.Model):
    """That somebody worked for a centre, and until when; the database adds one whenever a membership ends."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=10, choices=CentreRole)
    left_at = models.DateTimeField()

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.user} {self.role} {self.centre} until {self.left_at:%Y-%m-%d}"


class Role(models.TextChoices):
    """What people of the assessing body, the regulator and the platform may do."""

    REGISTRAR = "registrar", _("registrar")
    ASSESSOR = "assessor", _("assessor")
    REVIEWER = "reviewer", _("reviewer")
    DECIDER = "decider", _("decider")
    APPEAL_HANDLER = "appeal_handler", _("appeal handler")
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


class TokenGrant(models.Model):
    """What a token of the API was given for: since when a second factor stands behind it, and whether it only reads."""

    token = models.OneToOneField("knox.AuthToken", on_delete=models.CASCADE, primary_key=True, related_name="grant")
    proved_at = models.DateTimeField(null=True, blank=True)
    read_only = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.token} {'reads' if self.read_only else 'acts'}"


class Invitation(models.Model):
    """A role offered to whoever receives a mail; the link in it is known here by its hash only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField()
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, null=True, blank=True, related_name="invitations")
    role = models.CharField(max_length=15)  # of the centre where there is one, else of the body or a regulator
    province = models.CharField(max_length=40, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ("-invited_at", "id")
        constraints = (
            models.CheckConstraint(
                name="no_invitation_is_accepted_and_revoked", condition=Q(revoked_at=None) | Q(accepted_at=None)
            ),
            models.CheckConstraint(
                name="who_accepted_stands_with_when",
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.email} {self.role}"

    @property
    def role_label(self) -> str:
        return str((CentreRole if self.centre_id else Role)(self.role).label)


class Declaration(models.Model):
    """What somebody declared about their interests in one centre; rows are only added, the newest in force counts.

    A declaration without conflict lasts a year at most. A conflict keeps its author out of every case of the centre
    until the day it ends: two years after employment or advice.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="declarations")
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="declarations")
    conflict = models.BooleanField()
    statement = models.TextField()
    declared_on = models.DateField()
    valid_until = models.DateField()

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                name="declaration_ends_after_it_begins", condition=Q(valid_until__gte=F("declared_on"))
            ),
        )

    def __str__(self) -> str:
        return f"{self.person} {self.centre} {'conflict' if self.conflict else 'no conflict'}"


class Competence(models.Model):
    """That somebody may assess a pillar, until when, on what grounds; said by somebody else."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="competences")
    pillar = models.CharField(max_length=20)  # code of the pillar in the rubric: CE, ST, …
    grounds = models.TextField()
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    granted_on = models.DateField()
    valid_until = models.DateField()

    class Meta:
        ordering = ("pillar", "-id")
        constraints = (
            models.CheckConstraint(name="nobody_grants_their_own_competence", condition=~Q(person=F("granted_by"))),
            models.CheckConstraint(
                name="competence_ends_after_it_begins", condition=Q(valid_until__gte=F("granted_on"))
            ),
        )

    def __str__(self) -> str:
        return f"{self.person} {self.pillar}"
