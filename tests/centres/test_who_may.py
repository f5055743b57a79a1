"""A page that is not for an account says for whom it is."""

from __future__ import annotations

import pytest
from django.test import Client

from centres.models import Centre, Person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "zh", "en"),
    [
        ("/board/", "本页供主管部门和评价机构使用。", "for regulators and for the assessing body."),
        ("/people/", "本页供系统管理员使用。", "for administrators."),
        ("/rubrics/upload/", "本页供细则编写人使用。", "for those who write rubrics."),
        ("/admin/", "本页供系统管理员使用。", "for administrators."),
        ("/reratings/", "本页供评价机构的人员使用。", "for the people of the assessing body."),
        ("/centres/{}/interests/", "本页供评价机构的人员使用。", "for the people of the assessing body."),
    ],
)
def test_a_refusal_says_for_whom_the_page_is(olu: Person, centre: Centre, address: str, zh: str, en: str) -> None:
    client = Client()
    client.force_login(olu)
    for language, words in (("zh-hans", zh), ("en", en)):
        answer = client.get(address.format(centre.slug), headers={"Accept-Language": language}, follow=True)
        assert answer.status_code == 403
        assert words in answer.content.decode()
