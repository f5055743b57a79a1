"""Who is what in a case, who was assigned to assess which pillars of it, and who was taken off again."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from assessment.casework.states import Part

Person = settings.AUTH_USER_MODEL
IN_HAND = Q(release=None)  # of assignments: nobody was taken off


class CasePart(models.Model):
    """One natural person in one case, in one part; a second part of the same case is refused by the database.

    `natural_person` is the account's, kept here so that a unique constraint can hold it; triggers keep the two equal.
    """

    assessment = models.ForeignKey("assessment.Assessment", on_delete=models.PROTECT, related_name="parts")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    natural_person = models.UUIDField()
    part = models.CharField(max_length=15, choices=[choice for choice in Part.choices if choice[0] != Part.SYSTEM])
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("assessment", "natural_person"), name="one_part_per_natural_person_and_case"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person} {self.part}"


class Assignment(models.Model):
    """An assessor assigned to a pillar of a case; a trigger asks for competence that lasts on that day."""

    assessment = models.ForeignKey("assessment.Assessment", on_delete=models.PROTECT, related_name="assignments")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="assignments")
    pillar = models.CharField(max_length=20)  # code of the pillar in the edition: CE, ST, …
    assigned_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    assigned_on = models.DateField()

    class Meta:
        ordering = ("pillar", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("assessment", "person", "pillar"), name="each_pillar_assigned_once_per_person"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person} {self.pillar}"


class Release(models.Model):
    """An assessor taken off a pillar of a case, and why. What they ruled stays, and so does their part in the case."""

    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="release")
    reason = models.TextField()
    released_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)
        constraints = (models.CheckConstraint(name="a_release_has_its_reason", condition=~Q(reason="")),)

    def __str__(self) -> str:
        return f"{self.assignment} taken off"
