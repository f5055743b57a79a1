"""The database itself refuses to change a published edition, or to have one person publish alone."""

from django.db import migrations, models
from django.db.models import F, Q

FIXED = (
    *("rubric", "edition", "digest", "content", "standing_zh", "standing_en"),
    *("sealed", "author_id", "proposed_by_id", "published_by_id", "published_at"),
)
IS_FINAL = "a published edition is final"
FROM_REVIEW = "an edition is published from review"
SECOND_PERSON = "a second person publishes an edition"
ADDED_ONLY = "acts and trials of editions are immutable"
APPENDED = ("indicators_editionact", "indicators_editiontrial")

_CHANGED = {
    "sqlite": " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in FIXED),
    "postgresql": " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in FIXED),
}
_WAS_FINAL = "OLD.state IN ('published', 'superseded')"
_CHANGES_WHAT_IS_FINAL = "{was_final} AND ({changed} OR NEW.state NOT IN ('superseded', OLD.state))"
_BECOMES_FINAL = "NEW.state IN ('published', 'superseded') AND NOT NEW.sealed"
_IS_PUBLISHED = "NEW.state = 'published' AND OLD.state <> 'published' AND NOT NEW.sealed"
_BY_A_CONTRIBUTOR = """EXISTS (SELECT 1 FROM indicators_editionact
    WHERE edition_id = NEW.id AND act IN ('upload', 'propose') AND person_id = NEW.published_by_id)"""

SQLITE = {
    "indicators_edition_final": (
        f"BEFORE UPDATE ON indicators_edition WHEN "
        f"{_CHANGES_WHAT_IS_FINAL.format(was_final=_WAS_FINAL, changed=_CHANGED['sqlite'])}",
        IS_FINAL,
    ),
    "indicators_edition_kept": (f"BEFORE DELETE ON indicators_edition WHEN {_WAS_FINAL}", IS_FINAL),
    "indicators_edition_born": (f"BEFORE INSERT ON indicators_edition WHEN {_BECOMES_FINAL}", FROM_REVIEW),
    "indicators_edition_reviewed": (
        f"BEFORE UPDATE ON indicators_edition WHEN {_IS_PUBLISHED} AND OLD.state <> 'review'",
        FROM_REVIEW,
    ),
    "indicators_edition_second": (
        f"BEFORE UPDATE ON indicators_edition WHEN {_IS_PUBLISHED} AND {_BY_A_CONTRIBUTOR}",
        SECOND_PERSON,
    ),
    **{f"{table}_added": (f"BEFORE UPDATE ON {table}", ADDED_ONLY) for table in APPENDED},
}
POSTGRESQL = (
    f"""
    CREATE FUNCTION indicators_edition_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        IF {_BECOMES_FINAL} THEN RAISE EXCEPTION '{FROM_REVIEW}'; END IF;
        RETURN NEW;
      END IF;
      IF TG_OP = 'DELETE' THEN
        IF {_WAS_FINAL} THEN RAISE EXCEPTION '{IS_FINAL}'; END IF;
        RETURN OLD;
      END IF;
      IF {_CHANGES_WHAT_IS_FINAL.format(was_final=_WAS_FINAL, changed=_CHANGED["postgresql"])} THEN
        RAISE EXCEPTION '{IS_FINAL}';
      END IF;
      IF {_IS_PUBLISHED} THEN
        IF OLD.state <> 'review' THEN RAISE EXCEPTION '{FROM_REVIEW}'; END IF;
        IF {_BY_A_CONTRIBUTOR} THEN RAISE EXCEPTION '{SECOND_PERSON}'; END IF;
      END IF;
      RETURN NEW;
    END $$
    """,
    f"""
    CREATE FUNCTION indicators_is_added_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{ADDED_ONLY}'; END $$
    """,
    """
    CREATE TRIGGER indicators_edition_final BEFORE INSERT OR UPDATE OR DELETE ON indicators_edition
    FOR EACH ROW EXECUTE FUNCTION indicators_edition_is_final()
    """,
    *(
        f"CREATE TRIGGER {table}_added BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION indicators_is_added_only()"
        for table in APPENDED
    ),
)


def install(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for name, (when, refusal) in SQLITE.items():
            schema_editor.execute(f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, '{refusal}'); END")
    else:
        for statement in POSTGRESQL:
            schema_editor.execute(statement)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for name in SQLITE:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")
        return
    for table in APPENDED:
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_added ON {table}")
    schema_editor.execute("DROP TRIGGER IF EXISTS indicators_edition_final ON indicators_edition")
    schema_editor.execute("DROP FUNCTION IF EXISTS indicators_edition_is_final")
    schema_editor.execute("DROP FUNCTION IF EXISTS indicators_is_added_only")


class Migration(migrations.Migration):
    dependencies = [("indicators", "0003_loaded_editions_are_sealed")]

    operations = [
        migrations.AddConstraint(
            "edition",
            models.UniqueConstraint(
                fields=("rubric",), condition=Q(state="published"), name="one_published_edition_per_rubric"
            ),
        ),
        migrations.AddConstraint(
            "edition",
            models.CheckConstraint(
                name="two_people_publish_an_edition",
                condition=Q(state__in=("draft", "review"))
                | Q(sealed=True)
                | (
                    Q(proposed_by__isnull=False, published_by__isnull=False)
                    & ~Q(published_by=F("proposed_by"))
                    & (Q(author=None) | ~Q(published_by=F("author")))
                ),
            ),
        ),
        migrations.RunPython(install, remove),
    ]
