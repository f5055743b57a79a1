from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save


class CentresConfig(AppConfig):
    name = "centres"

    def ready(self) -> None:
        from centres import roles
        from centres.services.rules_of_people import rules
        from operations.rules_in_database import keep

        keep(self, rules)
        for change in (post_save, post_delete):
            change.connect(roles.forget, sender="centres.StaffRole")
