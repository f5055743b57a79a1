from __future__ import annotations

from contextlib import suppress
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from centres.models import Centre, CentreRole, Membership, Person, Role, StaffRole
from centres.permissions import is_administrator, signed_in
from centres.provinces import PROVINCES, province_name
from centres.selectors import is_taken
from centres.services.give_role import refuse_to_administer_and_judge, roles_of
from centres.services.hold_human import hold_human
from centres.services.join_centre import join_centre
from centres.services.passwords import end_what_a_password_opened
from centres.services.rules_of_roles import JUDGES
from core.errors import UserFacingError
from operations import audit
from operations.http.validators import on_one_line, reached_by_mail
from operations.templatetags.words import said


class StaffRoleForm(forms.ModelForm):
    """A province as profiles write it: one misspelt would be a region without centres."""

    province = forms.ChoiceField(
        label=_("Province"),
        required=False,
        choices=lambda: [("", "–"), *((one, said(province_name(one))) for one in PROVINCES)],
    )

    class Meta:
        model = StaffRole
        fields = ("role", "province")

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("province") and given.get("role") != Role.REGULATOR:
            self.add_error("province", _("Only a regulator's role is limited to a province."))
        return given


class StaffRoleForms(forms.BaseInlineFormSet):
    """Asks whether one human being may hold together what the page would leave them with."""

    def clean(self) -> None:
        super().clean()
        hold_human(self.instance)  # until the page has saved
        kept = [form for form in self.forms if form.is_valid() and not form.cleaned_data.get("DELETE")]
        roles = {form.cleaned_data["role"] for form in kept if form.cleaned_data.get("role")}
        if self.instance.is_superuser:
            roles.add(Role.ADMINISTRATOR)
        try:
            refuse_to_administer_and_judge(
                roles | roles_of(self.instance, own=False), username=self.instance.get_username()
            )
        except UserFacingError as refusal:
            raise forms.ValidationError(said(refusal.told)) from refusal

    def save(self, commit: bool = True) -> list[StaffRole]:
        """First what ends, last what administers or judges, and of that first what did before and now does the other:
        the database looks at each row as it comes.
        """
        apart = (Role.ADMINISTRATOR, *JUDGES)
        before = {form.instance.pk: form.initial.get("role") for form in self.initial_forms}
        rows: list[StaffRole] = super().save(commit=False)
        if commit:
            for ended in self.deleted_objects:
                ended.delete()
            for row in sorted(rows, key=lambda row: (row.role in apart, before.get(row.pk) not in apart)):
                row.save()
        return rows


class StaffRoles(admin.TabularInline):
    model = StaffRole
    form = StaffRoleForm
    formset = StaffRoleForms
    extra = 0


class NewAccountForm(AdminUserCreationForm):
    """Refuses a name somebody had before; the database does so too."""

    def clean_username(self) -> str:
        username: str = super().clean_username()
        if is_taken(username):
            raise forms.ValidationError(_("Somebody has or had this user name. Choose another one."))
        return username


class MembershipForms(forms.BaseInlineFormSet):
    """Asks the rules of the database before the page saves, so that a refusal is told at its row."""

    def clean(self) -> None:
        super().clean()
        for form in self.forms:
            given = form.cleaned_data if form.is_valid() else {}
            if not form.has_changed() or given.get("DELETE") or not given.get("centre") or not self.instance.pk:
                continue
            try:
                _try_to_join(self.instance, given["centre"], given["role"])
            except UserFacingError as refusal:
                form.add_error("centre", said(refusal.told))


class Memberships(admin.TabularInline):
    model = Membership
    formset = MembershipForms
    extra = 0


class PasswordGiven(AdminPasswordChangeForm):
    """A password an administrator sets ends what the old one opened, as one that somebody sets themselves does."""

    @transaction.atomic
    def save(self, commit: bool = True) -> Person:
        person: Person = super().save(commit)
        end_what_a_password_opened(person)
        return person


# Names stand on papers, and letters go to the address.
_ASKED = {"name_zh": on_one_line, "name_en": on_one_line, "email": reached_by_mail}


class _Tried(Exception):
    """What was done is to be undone."""


@admin.register(Person)
class PersonAdmin(UserAdmin):
    """Accounts, roles and memberships; every change is written to the audit log."""

    add_form = NewAccountForm
    inlines = (StaffRoles, Memberships)
    change_password_form = PasswordGiven
    fieldsets = (
        (
            None,
            {
                "fields": ("username", "password"),
                "description": _("A user name is never changed and never given again: the log names people by it."),
            },
        ),
        (None, {"fields": ("name_zh", "name_en", "email", "is_active")}),
    )
    list_display = ("username", "name_zh", "name_en", "is_active")
    list_filter = ("is_active", "staff_roles__role")
    filter_horizontal = ()

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name in _ASKED:
            field.validators.append(_ASKED[db_field.name])
        return field

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._record(request, "person.added", obj, message)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._record(request, "person.changed", obj, message)
        return super().log_change(request, obj, message)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return () if obj is None else ("username",)

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


def _try_to_join(person: Person, centre: Centre, role: str) -> None:
    with suppress(_Tried), transaction.atomic():
        join_centre(person, centre=centre, role=CentreRole(role))
        raise _Tried
