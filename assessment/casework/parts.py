"""Who is what in a case, and who was assigned to assess which pillars of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from assessment.casework.states import Part

Person = settings.AUTH_USER_MODEL


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
