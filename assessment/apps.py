from django.apps import AppConfig


class AssessmentConfig(AppConfig):
    name = "assessment"

    def ready(self) -> None:
        from assessment import permissions  # noqa: F401  (its rules are registered by being imported)
        from assessment.services.rules.case import rules
        from operations.rules_in_database import keep

        keep(self, rules)
