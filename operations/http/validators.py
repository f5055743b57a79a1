"""What fields ask of words beyond their length: the same at pages, at the API and in the administration."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.encoding import punycode

from core.errors import InputError
from core.text import holds_unseen_characters
from operations.http.words import HINT_BY_CODE, WORDS_BY_CODE
from operations.templatetags.words import said


def on_one_line(words: str) -> None:
    """Names and the like stand on papers and in letters, where nothing may read otherwise than it is.

    Raises:
        ValidationError: `control_character`, which a line break is, too.
    """
    if holds_unseen_characters(words):
        raise _refused("control_character")


def reached_by_mail(address: str) -> None:
    """A domain is written in ASCII to send a letter there (IDNA), and not each can be, however well it looks.

    Raises:
        ValidationError: `control_character`; `no_mail_domain`. What is no address at all the field itself refuses.
    """
    on_one_line(address)
    if _is_address(address) and not _has_ascii_form(address.rpartition("@")[2]):
        raise _refused("no_mail_domain")


def _is_address(words: str) -> bool:
    try:
        validate_email(words)
    except ValidationError:
        return False
    return True


def _has_ascii_form(domain: str) -> bool:
    """By what sends our letters, so that nothing is taken that it stumbles over."""
    try:
        punycode(domain)
    except UnicodeError:
        return False
    return True


def _refused(code: str) -> ValidationError:
    """In the words of the API, which pages say in the reader's language."""
    refusal = InputError(code, WORDS_BY_CODE[code], hint=HINT_BY_CODE[code])
    return ValidationError(said(refusal.told), code=code)
