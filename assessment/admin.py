"""For looking, not for changing: assessments change by their acts only."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from assessment.models import Assessment, Certificate, RankedReport, StoredResult


class ReadOnly(admin.ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


for model, columns in (
    (Assessment, ("centre", "edition", "state", "created_at")),
    (StoredResult, ("centre", "edition", "verdict", "score", "grade", "created_at")),
    (Certificate, ("number", "state", "issued_on", "valid_until")),
    (RankedReport, ("title_en", "made_on", "made_by")),
):
    admin.site.register(model, type(f"{model.__name__}Admin", (ReadOnly,), {"list_display": columns}))
