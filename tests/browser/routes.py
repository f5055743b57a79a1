"""What the URL configuration and its views say of the pages, against which `test_pages` holds what the sweep says."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, SimpleNamespace
from typing import Any

from django.conf import settings
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

# Documents for programs, and the pages Django brings along.
FOREIGN = {"api", "admin"}
EMPTY_BOX = 'class="empty"'
_TAKEN_IN = re.compile(r"""{% (?:include|extends) ["']([^"']+)["']""")
_NO_METHOD = "BREW"


@dataclass(frozen=True)
class Route:
    """A named address of the site."""

    view: Callable[..., Any]
    parameters: tuple[str, ...]

    @property
    def asks_who(self) -> bool:
        """Whether its view is closed to whoever has not signed in; Django's decorator leaves a mark."""
        return hasattr(self.view, "login_url")

    @property
    def takes_forms(self) -> bool:
        """Whether something can be posted: a class has the method, a function says which it would allow."""
        if (of_class := getattr(self.view, "view_class", None)) is not None:
            return hasattr(of_class, "post")
        request = RequestFactory().generic(_NO_METHOD, "/")
        request.user = SimpleNamespace(is_authenticated=True)
        answer = self.view(request, **dict.fromkeys(self.parameters, ""))
        return "POST" in answer.headers["Allow"]

    @property
    def has_an_empty_box(self) -> bool:
        """Whether a template that its view may render has room for saying that nothing is there."""
        return any(EMPTY_BOX in text for text in map(_text_of, _with_parts(templates_of(self.view))))


def page_routes() -> dict[str, Route]:
    """By name, every route of the site that is not a foreign one."""
    found = _walk(get_resolver().url_patterns)
    return {name: route for name, route in found if name.split(":")[0] not in FOREIGN}


def templates_of(view: Callable[..., Any]) -> set[str]:
    """The names of templates in a view and in whatever of its own module it calls."""
    if (of_class := getattr(view, "view_class", None)) is not None:
        return {getattr(of_class, "template_name", None) or view.view_initkwargs["template_name"]}
    found: set[str] = set()
    seen: set[Any] = set()
    left = [inspect.unwrap(view)]
    while left:
        function = left.pop()
        if function in seen:
            continue
        seen.add(function)
        for code in _codes(function.__code__):
            found |= {one for one in code.co_consts if isinstance(one, str) and one.endswith(".html")}
            called = (function.__globals__.get(name) for name in code.co_names)
            left += [inner for one in called if _module(one) == function.__module__ for inner in _functions(one)]
    return found


def _walk(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, Route]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)
        elif isinstance(pattern, URLPattern):
            parameters = tuple(pattern.pattern.regex.groupindex)
            yield f"{prefix}{pattern.name}", Route(pattern.callback, parameters)


def _codes(code: CodeType) -> Iterator[CodeType]:
    """A function and those inside it."""
    yield code
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _codes(inner)


def _functions(found: Any) -> list[Any]:
    if inspect.isclass(found):
        return [one for one in vars(found).values() if inspect.isfunction(one)]
    return [inspect.unwrap(found)] if inspect.isfunction(found) else []


def _module(found: Any) -> str | None:
    return getattr(found, "__module__", None)


def _with_parts(names: set[str]) -> set[str]:
    """With the templates they extend and include by name."""
    found: set[str] = set()
    left = set(names)
    while left:
        found |= left
        left = {part for name in left for part in _TAKEN_IN.findall(_text_of(name))} - found
    return found


def _text_of(name: str) -> str:
    file = Path(settings.BASE_DIR) / "templates" / name
    return file.read_text(encoding="utf-8") if file.is_file() else ""
