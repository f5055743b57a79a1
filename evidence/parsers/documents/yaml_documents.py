"""Evidence written as YAML: run cards, declarations and the like are one strict mapping each."""

from __future__ import annotations

from core.text import Text
from core.yaml_document import YamlDocument, bad_yaml, read_mapping
from evidence.parsers.text.source import Source

LARGEST_DOCUMENT = 1024 * 1024


def add_line(line: str) -> Text:
    """The hint where a document lacks what stands on a line of its own."""
    return Text(zh=f"请在开头加上一行：{line}。", en=f"Add a line at its beginning: {line}.")


def read_document(source: Source) -> YamlDocument:
    """Read a file that holds one YAML mapping.

    Raises:
        ParseError: `too_large`, `unknown_encoding`, and what `core.yaml_document.read_mapping` refuses.
    """
    content = source.read(LARGEST_DOCUMENT)
    try:
        text = content.decode(source.text_encoding)
    except UnicodeDecodeError as error:
        raise bad_yaml("not text", None) from error
    return read_mapping(text)
