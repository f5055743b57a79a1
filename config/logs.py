"""Logs as lines of JSON, whoever writes them."""

from __future__ import annotations

from typing import Any

import structlog

_STEPS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]


def json_lines(*, level: str) -> dict[str, Any]:
    """Django's `LOGGING`.

    JSON escapes control characters, so nothing a file or a name contains reaches a terminal raw.
    """
    formatter = structlog.stdlib.ProcessorFormatter
    steps = [formatter.remove_processors_meta, structlog.processors.JSONRenderer(ensure_ascii=True)]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": formatter, "processors": steps, "foreign_pre_chain": _STEPS}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": {"handlers": [], "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
        },
    }
