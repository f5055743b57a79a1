from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save


class CentresConfig(AppConfig):
    name = "centres"

    def ready(self) -> None:
        from centres import roles

        for change in (post_save, post_delete):
            change.connect(roles.forget, sender="centres.StaffRole")
