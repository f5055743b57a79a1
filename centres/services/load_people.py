"""People, their roles and their centres from one YAML file; the same file twice changes nothing."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from django.db import transaction
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from centres.models import Centre, CentreRole, Membership, Person, Role, StaffRole
from centres.profile import CentreName, Names
from centres.profile_rules import HANDED_IN, province_there_is
from centres.selectors import is_taken
from centres.services.give_role import give_role
from centres.services.hold_human import hold_human
from centres.services.join_centre import join_centre
from centres.services.second_factor import give_second_factor
from core.errors import DecisionBlocked, InputError
from core.model_faults import faults_in
from core.provenance import Where
from core.text import Text
from operations import audit

GENERATED_PASSWORD_BYTES = 12


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class BareCentre(CentreName):
    """A centre that has not entered its profile yet."""

    province: Annotated[str, AfterValidator(province_there_is)]


class GivenRole(_Strict):
    """A role outside the centres, written with a province or alone; a regulator's is for all provinces without one."""

    role: Role
    province: Annotated[str, AfterValidator(lambda value: value and province_there_is(value))] = ""

    @model_validator(mode="before")
    @classmethod
    def _alone(cls, given: Any) -> Any:
        return {"role": given} if isinstance(given, str) else given


class PersonEntry(_Strict):
    # As it is stored: full-width letters are those of half the width.
    username: Annotated[str, BeforeValidator(Person.normalize_username), Field(pattern=r"^[\w.@+-]{1,150}$")]
    name: Names
    password: Annotated[str, Field(min_length=10, max_length=200)] | None = None
    # A key known beforehand, in base32; without one, who needs a second factor sets it up at the first sign-in.
    second_factor: Annotated[str, Field(pattern=r"^[A-Z2-7]{32,64}$")] | None = None
    roles: tuple[GivenRole, ...] = ()
    centres: Mapping[str, CentreRole] = {}


class PeopleFile(_Strict):
    contract: Literal[1]
    centres: tuple[BareCentre, ...] = ()
    people: tuple[PersonEntry, ...]


def load_people(content: Mapping[str, Any]) -> dict[str, str]:
    """Create or update everybody in the file; user name → password generated now.

    Roles and memberships become exactly those of the file. A password or the key of a second factor in the file is set
    each time; without one, an existing person keeps theirs.

    Raises:
        InputError: `people_file_invalid`; `unknown_centre` for a membership of a centre that is not there;
            `judges_this_centre` for one of a centre whose open case the person has a part in;
            `administers_and_judges` for roles one human being does not hold together.
    """
    try:
        file = PeopleFile.model_validate(content, context=HANDED_IN)
    except ValidationError as refusal:
        first = faults_in(refusal)[0]
        raise InputError(
            "people_file_invalid",
            Text(zh=f"人员文件有误：{first.words.zh}", en=f"The people file is wrong: {first.words.en}"),
            where=Where(field=first.field),
            hint=first.hint,
        ) from refusal
    with transaction.atomic():
        for centre in file.centres:
            names = {"name_zh": centre.name.zh, "name_en": centre.name.en, "province": centre.province}
            Centre.objects.get_or_create(slug=centre.id, defaults=names)
        # Everybody at once: one after the other, in the order of the file, would wait in a ring with somebody else.
        hold_human(*Person.objects.filter(username__in=[entry.username for entry in file.people]))
        generated = {entry.username: password for entry in file.people if (password := _load(entry))}
        audit.record(actor=audit.SYSTEM, act="people.loaded", subject="people", details={"people": len(file.people)})
    return generated


def _load(entry: PersonEntry) -> str | None:
    person = Person.objects.filter(username=entry.username).first()
    if is_new := person is None:
        person = _new(entry.username)
    person.name_zh, person.name_en, person.is_active = entry.name.zh, entry.name.en, True
    generated = None
    if entry.password is not None and (is_new or not person.check_password(entry.password)):
        person.set_password(entry.password)
    elif is_new and entry.password is None:
        generated = secrets.token_urlsafe(GENERATED_PASSWORD_BYTES)
        person.set_password(generated)
    person.full_clean()
    person.save()
    if entry.second_factor is not None:
        give_second_factor(person, entry.second_factor)
    StaffRole.objects.filter(user=person).delete()
    for given in entry.roles:
        _give(person, given)
    Membership.objects.filter(user=person).delete()
    for slug, role_there in entry.centres.items():
        _join(person, centre=_centre(slug), role=role_there)
    return generated


def _new(username: str) -> Person:
    if is_taken(username):
        raise InputError(
            "already_exists",
            Text(
                zh=f"用户名“{username}”曾属于他人，或另有含义，不能再用。",
                en=f"The user name “{username}” was somebody else's, or means something else.",
            ),
            where=Where(field="username"),
            hint=Text(zh="请另选用户名。", en="Choose another one."),
        )
    return Person(username=username)


def _give(person: Person, given: GivenRole) -> None:
    try:
        give_role(person, role=given.role, province=given.province)
    except DecisionBlocked as refusal:
        raise InputError(refusal.code, refusal.message, hint=refusal.hint) from refusal


def _join(person: Person, *, centre: Centre, role: CentreRole) -> None:
    try:
        join_centre(person, centre=centre, role=role)
    except DecisionBlocked as refusal:
        raise InputError(refusal.code, refusal.message, hint=refusal.hint) from refusal


def _centre(slug: str) -> Centre:
    try:
        return Centre.objects.get(slug=slug)
    except Centre.DoesNotExist as error:
        raise InputError(
            "unknown_centre",
            Text(zh=f"没有标识为“{slug}”的中心。", en=f"There is no centre called “{slug}”."),
            hint=Text(
                zh="请先创建该中心，或在同一文件的 centres 中列出。",
                en="Create it first, or list it under centres of the same file.",
            ),
        ) from error
