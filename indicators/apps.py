from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "indicators"

    def ready(self) -> None:
        from indicators import permissions  # noqa: F401  (its rules are registered by being imported)
