from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest

from centres.models import Membership, Person, StaffRole
from centres.permissions import is_administrator, signed_in
from operations import audit


class StaffRoles(admin.TabularInline):
    model = StaffRole
    extra = 0


class Memberships(admin.TabularInline):
    model = Membership
    extra = 0


@admin.register(Person)
class PersonAdmin(UserAdmin):
    """Accounts, roles and memberships; every change is written to the audit log."""

    inlines = (StaffRoles, Memberships)
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (None, {"fields": ("name_zh", "name_en", "email", "is_active")}),
    )
    list_display = ("username", "name_zh", "name_en", "is_active")
    list_filter = ("is_active", "staff_roles__role")
    filter_horizontal = ()

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._record(request, "person.added", obj, message)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._record(request, "person.changed", obj, message)
        return super().log_change(request, obj, message)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # acts name their people; an account that has served is made inactive

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(is_administrator(request.user))

    def _record(self, request: HttpRequest, act: str, person: Person, message: Any) -> None:
        roles = {
            "roles": sorted(person.staff_roles.values_list("role", flat=True)),
            "centres": sorted(person.memberships.values_list("centre__slug", flat=True)),
        }
        audit.record(
            actor=signed_in(request.user), act=act, subject=f"person/{person.username}", details={"now": roles}
        )
