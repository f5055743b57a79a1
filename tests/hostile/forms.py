"""The forms of a page as a browser would send them back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    """Where it goes, what is in it, the files it takes, and the buttons it is sent by."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def sent(self) -> Iterator[dict[str, str]]:
        """What each button sends."""
        for name, value in self.buttons or [("", "")]:
            yield self.fields | ({name: value} if name else {})

    def wordless(self) -> dict[str, str]:
        """What is sent when nobody writes in it."""
        return next(self.sent()) | dict.fromkeys(self.words, "")


class _Reader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "form" and given.get("method") == "post":
            self._form = Form(given.get("action", ""))
            self.forms.append(self._form)
        elif self._form is None:
            return
        elif tag == "option" and self._select and value:
            self._form.fields[self._select] = self._form.fields[self._select] or value
        elif tag == "button" and name:
            self._form.buttons.append((name, value))
        elif tag == "input" and name and given.get("type") == "file":
            self._form.files.append(name)
        elif tag in ("input", "select", "textarea") and name and name != "csrfmiddlewaretoken":
            self._select = name if tag == "select" else ""
            if tag == "textarea" or given.get("type") == "text":
                self._form.words.append(name)
            self._form.fields[name] = value or ("" if tag == "select" else "a word")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None


def forms_of(page: str) -> list[Form]:
    return _Reader(page).forms
