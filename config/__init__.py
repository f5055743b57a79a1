"""Wiring. Celery is loaded here so that every process that loads Django shares one task app."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
