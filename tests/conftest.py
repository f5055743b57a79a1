"""What tests of the service share. Library tests run without Django, so nothing of it is imported up here."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from rest_framework.test import APIClient

    from centres.models import Centre, Person
    from tests.factories import Cast

pytest_plugins = ("tests.hypothesis_profile", "tests.longest_first", "tests.seldom_garbage")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> ExitStack:
    """Before the first database: a broker in memory, quick hashes and clients, and what migrations made before."""
    from django.conf import settings
    from django.db import connection

    from config.celery import app
    from fixtures.migrated import kept

    # By the names of the settings: Celery lets them win over its own.
    app.conf.update(CELERY_BROKER_URL="memory://", CELERY_BROKER_TRANSPORT_OPTIONS={})
    app.loader.import_default_modules()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.WHITENOISE_AUTOREFRESH = True  # else every client of a test reads the folders of all static files first
    migrating = ExitStack()
    if connection.vendor == "sqlite":
        migrating.enter_context(kept(connection.creation._get_test_db_name()))
    return migrating


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_modify_db_settings: ExitStack, django_db_blocker: Any) -> None:
    """Without the audit triggers, because transactional tests empty every table; their own test puts them back."""
    from django.db import connection

    from tests.operations.triggers import remove_triggers

    django_db_modify_db_settings.close()  # migrated by now
    with django_db_blocker.unblock():
        remove_triggers(connection)


@pytest.fixture(autouse=True)
def installation(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path | None]:
    """A store of its own, neither memory nor language of earlier requests, people who proved themselves."""
    if not {"db", "transactional_db"} & set(request.fixturenames) and not request.node.get_closest_marker("django_db"):
        yield None
        return
    from django.core.cache import cache
    from django.utils import translation

    from tests.second_factor import let_everybody_prove

    let_everybody_prove(request.getfixturevalue("monkeypatch"))
    settings = request.getfixturevalue("settings")
    home = tmp_path_factory.mktemp("home")
    settings.HOME, settings.STORE_ROOT = home, home / "store"
    settings.STORE_ROOT.mkdir()
    location = {"OPTIONS": {"location": settings.STORE_ROOT}}
    settings.STORAGES = settings.STORAGES | {"evidence": settings.STORAGES["evidence"] | location}
    cache.clear()
    translation.deactivate()  # a client of tests leaves on what a request asked for
    yield home
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def cast(db: None) -> Cast:
    """Olu runs a centre, Zoe another one; Ana, Ravi and Dong assess, review and decide; Ada administers."""
    from tests.factories import make_cast

    return make_cast()


@pytest.fixture
def olu(cast: Cast) -> Person:
    return cast.olu


@pytest.fixture
def centre(cast: Cast) -> Centre:
    return cast.centre


@pytest.fixture
def api() -> Callable[[Person | None], APIClient]:
    """An API client signed in as somebody, or as nobody."""
    from rest_framework.test import APIClient

    def signed_in(person: Person | None = None) -> APIClient:
        client = APIClient()
        if person is not None:
            client.force_authenticate(person)
        return client

    return signed_in


@pytest.fixture
def quick_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parse in this process: the same answer a second earlier."""
    from evidence.models import Evidence
    from evidence.parsers.process import sandbox
    from evidence.services import parse_evidence
    from evidence.services.parser_process import request_for

    def run_here(evidence: Evidence, *, folder: Path) -> dict[str, Any]:
        from evidence import store

        with store.local_path(evidence.blob_id, scratch=folder) as path:
            return sandbox.parse(request_for(evidence, path=path, folder=folder), folder)

    monkeypatch.setattr(parse_evidence, "run_parser", run_here)


@pytest.fixture
def run_jobs() -> Callable[[], int]:
    """Do what a worker would do, until nothing is queued; how many jobs that was."""
    from celery import current_app

    from operations.models import Job, JobState

    def run() -> int:
        done = 0
        while (job := Job.objects.filter(state=JobState.QUEUED).order_by("created_at").first()) and done < 1000:
            current_app.tasks[job.task](str(job.pk))
            done += 1
        return done

    return run
