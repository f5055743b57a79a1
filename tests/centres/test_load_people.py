from __future__ import annotations

import io
from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, call_command

from centres.models import Centre, Membership, Person, StaffRole
from centres.services.load_people import load_people
from core.errors import InputError

pytestmark = pytest.mark.django_db

PEOPLE = """
contract: 1
centres:
  - {id: first, name: {zh: 一号中心, en: First centre}, province: 贵州}
people:
  - username: li.wei
    name: {zh: 李维, en: Li Wei}
    centres: {first: engineer}
  - username: ana
    name: {zh: 安娜, en: Ana}
    password: a long enough one
    roles: [assessor, {role: regulator, province: 贵州}]
"""


def load(content: str, tmp_path: Path) -> str:
    file = tmp_path / "people.yaml"
    file.write_text(content, encoding="utf-8")
    said = io.StringIO()
    call_command("load_people", str(file), stdout=said)
    return said.getvalue()


def test_people_come_with_roles_centres_and_passwords(tmp_path: Path) -> None:
    username, password = load(PEOPLE, tmp_path).strip().split("\t")
    assert username == "li.wei"
    assert Person.objects.get(username="li.wei").check_password(password)
    assert Person.objects.get(username="ana").check_password("a long enough one")
    assert Membership.objects.get().centre == Centre.objects.get(slug="first")
    assert set(StaffRole.objects.values_list("role", "province")) == {("assessor", ""), ("regulator", "贵州")}


def test_the_same_file_twice_changes_nothing(tmp_path: Path) -> None:
    load(PEOPLE, tmp_path)
    assert load(PEOPLE, tmp_path) == ""
    assert (Person.objects.count(), Membership.objects.count(), StaffRole.objects.count()) == (2, 1, 2)


def test_a_centre_that_is_not_there_stops_the_whole_file(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no centre called"):
        load(PEOPLE.replace("{first: engineer}", "{second: engineer}"), tmp_path)
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    ("right", "wrong", "field", "hint"),
    [
        ("province: 贵州}\npeople", "province: Guizhou}\npeople", "centres[0].province", "Write it as “贵州”."),
        (
            "regulator, province: 贵州",
            "regulator, province: 贵州省",
            "people[1].roles[1].province",
            "Write it as “贵州”.",
        ),
        ("regulator, province: 贵州", "regulator, province: Atlantis", "people[1].roles[1].province", "One of: 北京"),
        ("roles: [assessor", "roles: [asessor", "people[1].roles[0].role", "Copy one of them"),
    ],
)
def test_a_province_or_a_role_that_is_none_stops_the_whole_file_and_is_told_at_its_place(
    tmp_path: Path, right: str, wrong: str, field: str, hint: str
) -> None:
    assert PEOPLE.replace(right, wrong) != PEOPLE
    with pytest.raises(InputError) as refused:
        load_people(yaml.safe_load(PEOPLE.replace(right, wrong)))
    assert refused.value.where is not None
    assert refused.value.where.field == field
    assert refused.value.hint is not None
    assert hint in refused.value.hint.en
    assert refused.value.hint.zh
    assert not Centre.objects.exists()
    assert not Person.objects.exists()


def test_a_regulator_may_be_one_for_all_provinces(tmp_path: Path) -> None:
    load(PEOPLE.replace("regulator, province: 贵州", 'regulator, province: ""'), tmp_path)
    assert StaffRole.objects.get(role="regulator").province == ""
