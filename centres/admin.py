from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from centres.models import Centre, Membership, Person, StaffRole


class StaffRoles(admin.TabularInline):
    model = StaffRole
    extra = 0


class Memberships(admin.TabularInline):
    model = Membership
    extra = 0


@admin.register(Person)
class PersonAdmin(UserAdmin):
    inlines = (StaffRoles, Memberships)


@admin.register(Centre)
class CentreAdmin(admin.ModelAdmin):
    list_display = ("slug", "name_zh", "name_en", "province")
    search_fields = ("slug", "name_zh", "name_en")
    readonly_fields = ("slug", "name_zh", "name_en", "province")  # they follow the profile
