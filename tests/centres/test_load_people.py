from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from centres.models import Centre, Membership, Person, StaffRole

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
