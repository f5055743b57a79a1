from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "evidence"

    def ready(self) -> None:
        from evidence import permissions  # noqa: F401  (its rules are registered by being imported)
