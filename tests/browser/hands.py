"""Two ways of working a page: with a mouse, and with nothing but a keyboard."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any, Protocol

from playwright.sync_api import Locator, Page, expect

MOST_STEPS = 600  # presses of Tab; no page of ours has as many stops
MOST_CHOICES = 20
PASTED = 200  # letters; what is longer nobody types
# Where the focus is, as seen from the control that is wanted, and what is wrong with how it shows.
LOOK = """target => {
  const at = document.activeElement;
  const nowhere = at === document.body;
  const group = target.type === 'radio' && at.type === 'radio' && at.name === target.name && at.form === target.form;
  const side = target.compareDocumentPosition(at);
  return {
    here: at === target || group,
    skips: at.matches('.skip') && document.querySelector('main').contains(target),
    behind: !nowhere && !(side & Node.DOCUMENT_POSITION_CONTAINS) && !!(side & Node.DOCUMENT_POSITION_FOLLOWING),
    what: `${at.tagName.toLowerCase()}#${at.id} “${(at.innerText ?? at.name ?? '').trim().slice(0, 60)}”`,
    unseen: nowhere || at.matches('main') ? '' : unseen(),
  };

  function unseen() {
    const style = getComputedStyle(at);
    const ringed = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
    if (!ringed && style.boxShadow === 'none') return 'has no ring';
    const box = [...at.getClientRects()].find(one => one.width > 1 && one.height > 1);
    if (!box) return 'has no size';
    const [left, top] = [Math.max(box.left, 0), Math.max(box.top, 0)];
    const [width, height] = [Math.min(box.right, innerWidth) - left, Math.min(box.bottom, innerHeight) - top];
    if (width <= 0 || height <= 0) return 'is outside the window';
    const parts = [0.1, 0.5, 0.9];
    const spots = parts.flatMap(x => parts.map(y => document.elementFromPoint(left + x * width, top + y * height)));
    return spots.some(on => on && (at.contains(on) || on.contains(at))) ? '' : 'is covered by something else';
  }
}"""


class Hands(Protocol):
    """What somebody does with the controls of a page."""

    def press(self, control: Locator) -> None:
        """A link, a button, or what folds something out."""

    def write(self, field: Locator, words: str) -> None:
        """In place of what stands there."""

    def choose(self, field: Locator, words: str) -> None:
        """An entry of a list."""

    def pick(self, choice: Locator) -> None:
        """One of several, or one that is there or not."""

    def drop(self, choice: Locator) -> None:
        """One that was there."""

    def attach(self, field: Locator, file: Path) -> None: ...

    def rule(self, key: str, words: str = "") -> None:
        """At the desk: what stands at this key, with these words, and on to the next indicator."""


class Mouse:
    """Points and clicks; types where there is something to write."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, control: Locator) -> None:
        control.click()

    def write(self, field: Locator, words: str) -> None:
        field.click()
        field.fill(words)

    def choose(self, field: Locator, words: str) -> None:
        field.select_option(label=words)

    def pick(self, choice: Locator) -> None:
        if not choice.is_checked():
            choice.click()
        expect(choice).to_be_checked()

    def drop(self, choice: Locator) -> None:
        choice.click()
        expect(choice).not_to_be_checked()

    def attach(self, field: Locator, file: Path) -> None:
        field.set_input_files(file)

    def rule(self, key: str, words: str = "") -> None:
        form = self.page.locator("#ruling-form")
        self.pick(form.locator(f"input[data-key='{key}']"))
        if words:
            self.write(form.locator("textarea"), words)
        self.press(form.locator("button[value=next]"))


class Keyboard:
    """Tab, Shift+Tab, Enter, Space, arrows, letters, the single keys of the desk; the focus is seen at every stop."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.on("filechooser", lambda _: None)  # while anybody listens, the system's own window does not open

    def press(self, control: Locator) -> None:
        self.reach(control)
        self.page.keyboard.press("Enter")

    def write(self, field: Locator, words: str) -> None:
        self.reach(field)
        if field.get_attribute("type") == "date":
            self._write_day(field, words)
            return
        self.page.keyboard.press("Control+A")
        if len(words) > PASTED:
            self.page.keyboard.insert_text(words)
        elif words:
            self.page.keyboard.type(words)
        else:
            self.page.keyboard.press("Delete")

    def _write_day(self, field: Locator, words: str) -> None:
        """Figure by figure from the first box on, in the order the browser shows day, month and year."""
        day = dt.date.fromisoformat(words)
        for order in ("%d%m%Y", "%m%d%Y", "%Y%m%d"):
            for _box in range(2):
                self.page.keyboard.press("ArrowLeft")
            self.page.keyboard.type(day.strftime(order))
            if field.input_value() == words:
                return
        raise AssertionError(f"{self.page.url}: {words} cannot be typed into {field}, which has {field.input_value()}")

    def choose(self, field: Locator, words: str) -> None:
        self.reach(field)
        labels = [label.strip() for label in field.locator("option").all_inner_texts()]
        assert words in labels, f"{self.page.url}: {words} is not among {labels}"
        steps = labels.index(words) - int(field.evaluate("field => field.selectedIndex"))
        for _ in range(abs(steps)):
            self.page.keyboard.press("ArrowDown" if steps > 0 else "ArrowUp")
        assert field.evaluate("field => field.selectedOptions[0].label") == words

    def pick(self, choice: Locator) -> None:
        self.reach(choice)
        if not choice.is_checked():
            self.page.keyboard.press("Space")  # of a group: the one that has the focus
        for _ in range(MOST_CHOICES):
            if choice.is_checked():
                break
            self.page.keyboard.press("ArrowDown")
        expect(choice).to_be_checked()

    def drop(self, choice: Locator) -> None:
        self.reach(choice)
        self.page.keyboard.press("Space")
        expect(choice).not_to_be_checked()

    def attach(self, field: Locator, file: Path) -> None:
        self.reach(field)
        with self.page.expect_file_chooser() as chooser:
            self.page.keyboard.press("Enter")
        chooser.value.set_files(file)

    def rule(self, key: str, words: str = "") -> None:
        expect(self.page.locator(f"input[data-key='{key}']")).to_be_visible()
        self.page.keyboard.press(key)
        if words:
            expect(self.page.locator("#ruling-form textarea")).to_be_focused()
            self.page.keyboard.press("Control+A")
            self.page.keyboard.type(words)
            self.page.keyboard.press("Control+Enter")

    def reach(self, control: Locator) -> None:
        """Go to a control, or to the group of choices it belongs to, by the shorter of the two directions.

        Raises:
            AssertionError: it cannot be reached, or the focus is not to be seen on the way.
        """
        control.wait_for()
        wanted = control.element_handle()
        seen: list[str] = []
        for _ in range(MOST_STEPS):
            look: dict[str, Any] = self.page.evaluate(LOOK, wanted)
            assert not look["unseen"], f"{self.page.url}: the focus is on {look['what']}, which {look['unseen']}"
            if look["here"]:
                return
            seen.append(look["what"])
            self.page.keyboard.press("Enter" if look["skips"] else "Shift+Tab" if look["behind"] else "Tab")
        raise AssertionError(f"{self.page.url}: the keyboard does not reach {control}; it went round {seen[-12:]}")
