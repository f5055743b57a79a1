from django.contrib.admin.apps import AdminConfig


class SiteConfig(AdminConfig):
    default_site = "config.admin_site.Site"
