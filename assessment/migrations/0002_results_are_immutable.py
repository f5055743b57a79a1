"""The database itself refuses to change stored results, acts and frozen packages."""

from django.db import migrations

TABLES = ("assessment_storedresult", "assessment_act", "assessment_assessedevidence")
FUNCTION = """
    CREATE FUNCTION assessment_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'results, acts and packages are immutable'; END $$
"""


def install(apps, schema_editor):
    sqlite = schema_editor.connection.vendor == "sqlite"
    if not sqlite:
        schema_editor.execute(FUNCTION)
    for table in TABLES:
        if sqlite:
            schema_editor.execute(
                f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'results, acts and packages are immutable'); END"
            )
        else:
            schema_editor.execute(
                f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION assessment_is_immutable()"
            )


def remove(apps, schema_editor):
    for table in TABLES:
        on = "" if schema_editor.connection.vendor == "sqlite" else f" ON {table}"
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_update{on}")
    if schema_editor.connection.vendor != "sqlite":
        schema_editor.execute("DROP FUNCTION IF EXISTS assessment_is_immutable")


class Migration(migrations.Migration):
    dependencies = [("assessment", "0001_initial")]

    operations = [migrations.RunPython(install, remove)]
