"""The published rubric, open to everybody in both languages."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.test import Client

from tests.test_conventions import EDITIONS


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_indicator_of_a_published_edition_stands_on_its_page(language: str) -> None:
    folder = next(folder for folder in EDITIONS if folder.parent.name == "zhisuan")
    call_command("load_rubric", str(folder), verbosity=0)
    client = Client()
    client.cookies["django_language"] = language
    address = f"/rubrics/{folder.parent.name}/{folder.name}/"
    assert address in client.get("/rubrics/").content.decode()
    page = client.get(address).content.decode()
    for code in ("CE-1.1", "ST-1.1", "GR-1.1", "GR-2.2", "US-6.1"):
        assert f'id="{code}"' in page
