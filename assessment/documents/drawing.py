"""The few strokes every chart is drawn with, in the paper's colours; ink is `currentColor`."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

INK, MUTED, LINE, CINNABAR = "#1c2733", "#5c6a78", "#d9dee3", "#b3391f"
FONT = "Zhiheng Sans, Noto Sans SC, sans-serif"


def line(x1: float, y1: float, x2: float, y2: float, colour: str, width: float) -> str:
    stroke = "currentColor" if colour == INK else colour
    ends = f'x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}"'
    return f'<line {ends} stroke="{stroke}" stroke-width="{number(width)}"/>'


def pointer(x: float, beam: float, size: float, hue: str = CINNABAR) -> str:
    """A triangle under the beam, its tip on the figure."""
    left, right, low = number(x - size * 0.6), number(x + size * 0.6), number(beam + size)
    return f'<path d="M{number(x)} {number(beam)} L{left} {low} H{right} Z" fill="{hue}"/>'


def text(
    x: float, y: float, words: str, size: float, colour: str, *, anchor: str = "middle", bold: bool = False
) -> str:
    fill = "currentColor" if colour == INK else colour
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{number(x)}" y="{number(y)}" font-size="{number(size)}" font-family="{FONT}" text-anchor="{anchor}" '
        f'fill="{fill}"{weight}>{escape(words)}</text>'
    )


def number(value: float) -> str:
    """A coordinate with two decimals at most: enough for print, and the same text on every machine."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def svg(width: int, height: int, title: str, parts: Sequence[str], name: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart {name}" viewBox="0 0 {width} {height}" '
        f'role="img" color="{INK}"><title>{escape(title)}</title>{"".join(parts)}</svg>'
    )
