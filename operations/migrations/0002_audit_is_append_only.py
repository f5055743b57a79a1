"""The database itself refuses to change or delete audit entries."""

from django.db import migrations

SQLITE = {
    "audit_no_update": """
        CREATE TRIGGER audit_no_update BEFORE UPDATE ON operations_auditentry
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
    """,
    "audit_no_delete": """
        CREATE TRIGGER audit_no_delete BEFORE DELETE ON operations_auditentry
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
    """,
}

POSTGRESQL = (
    """
    CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$
    """,
    """
    CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON operations_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()
    """,
)


def install(apps, schema_editor):
    statements = SQLITE.values() if schema_editor.connection.vendor == "sqlite" else POSTGRESQL
    for statement in statements:
        schema_editor.execute(statement)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for name in SQLITE:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")
    else:
        schema_editor.execute("DROP TRIGGER IF EXISTS audit_no_change ON operations_auditentry")
        schema_editor.execute("DROP FUNCTION IF EXISTS audit_is_append_only")


class Migration(migrations.Migration):
    dependencies = [("operations", "0001_initial")]

    operations = [migrations.RunPython(install, remove)]
