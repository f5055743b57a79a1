from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from operations.models import AuditEntry, Job


class ReadOnly(admin.ModelAdmin):
    """To look at; the services are the only way to change it."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Job)
class JobAdmin(ReadOnly):
    list_display = ("task", "subject", "state", "attempts", "created_at", "finished_at")
    list_filter = ("state", "task")


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnly):
    list_display = ("sequence", "at", "actor", "act", "subject", "reason")
    list_filter = ("act",)
