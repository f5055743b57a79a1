"""A column map as YAML that reads back as the same map."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from core.canonical import jsonable


def yaml_of(document: Mapping[str, Any]) -> str:
    out = io.StringIO()
    writer = YAML()
    writer.default_flow_style = False
    writer.allow_unicode = True
    writer.width = 1000
    writer.dump(_quoted(jsonable(document)), out)
    return out.getvalue()


def _quoted(value: Any) -> Any:
    """Texts that some YAML reader takes for something else stand in quotes, whatever the writer thinks of them."""
    match value:
        case str():
            plain = value.replace("_", "").isalpha() and value not in ("true", "false", "null")
            return value if plain else DoubleQuotedScalarString(value)
        case dict():
            return {_quoted(key): _quoted(item) for key, item in value.items()}
        case list():
            return [_quoted(item) for item in value]
    return value
