"""Finished papers are kept like evidence: by their SHA-256, never changed."""

from __future__ import annotations

from evidence import store

LARGEST_PAPER = 200 * 1024 * 1024


def keep_paper(content: bytes) -> str:
    """Keep the bytes durably; their SHA-256."""
    with store.received([content], limit=LARGEST_PAPER) as file:
        store.keep(file)
        return file.sha256
