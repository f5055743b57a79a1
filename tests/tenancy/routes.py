"""Every address of the site: pages from the URL configuration, doors of the API also from its OpenAPI document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.generators import SchemaGenerator

_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)")
METHODS = ("get", "post", "put", "patch", "delete")
# Answers to nobody's session: looked at by their own tests.
FOREIGN = ("admin:",)


@dataclass(frozen=True)
class Route:
    """One address with its parameters in order, and the methods that are said to answer there."""

    name: str
    template: str
    methods: tuple[str, ...]

    @property
    def parameters(self) -> tuple[str, ...]:
        return tuple(plain or grouped for plain, grouped in _PARAMETER.findall(self.template))

    @property
    def is_api(self) -> bool:
        return self.name.startswith("api:")

    @property
    def undocumented(self) -> tuple[str, ...]:
        """Methods a door of the API should not know."""
        return tuple(method for method in METHODS if method not in self.methods) if self.is_api else ()

    def address(self, values: dict[str, str]) -> str:
        filled = _PARAMETER.sub(lambda found: values[found[1] or found[2]], self.template)
        return "/" + filled.replace("^", "").replace("$", "").replace("\\", "")


@cache
def routes() -> tuple[Route, ...]:
    documented = documented_methods()
    found = []
    for name, template in _walk(get_resolver().url_patterns, "", ""):
        if name.startswith(FOREIGN):
            continue
        plain = "/" + _PARAMETER.sub("{}", template)
        found.append(Route(name, template, documented.pop(plain, ("get",) if name.startswith("api:") else _PAGE)))
    assert not documented, f"in the OpenAPI document, but no address of the site: {sorted(documented)}"
    return tuple(found)


_PAGE = ("get", "post")


def documented_methods() -> dict[str, tuple[str, ...]]:
    """Path with `{}` for each parameter → methods, as the OpenAPI document of the API says."""
    return {path: tuple(method for method in METHODS if method in doors) for path, doors in _paths().items()}


def described(route: Route, method: str) -> dict[str, Any]:
    """What the OpenAPI document says of one door; nothing of a page."""
    found: dict[str, Any] = _paths().get("/" + _PARAMETER.sub("{}", route.template), {}).get(method, {})
    return found


@cache
def document() -> dict[str, Any]:
    found: dict[str, Any] = SchemaGenerator().get_schema(public=True)
    return found


@cache
def _paths() -> dict[str, Any]:
    return {re.sub(r"{[^}]*}", "{}", path): doors for path, doors in document()["paths"].items()}


def _walk(patterns: list[Any], prefix: str, space: str) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inside = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern.url_patterns, address, inside)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}", address
