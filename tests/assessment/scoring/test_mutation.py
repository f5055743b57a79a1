"""The mutants that test the engine's tests are changes of code, named so that a name keeps its meaning."""

from __future__ import annotations

import ast

from tests.assessment.scoring.mutation import mutants_of

SOURCE = '''
"""A docstring."""
LIMIT = 3

def most(a: int, b: int = 1) -> int | None:
    """Another."""
    if a > b and not a == LIMIT:
        return max(a, b)
    raise ValueError("A sentence for people.")
'''


def names(source: str) -> list[str]:
    return [mutant.name for mutant in mutants_of(source, module="m")]


def test_every_part_of_the_code_is_changed_and_no_sentence_or_annotation() -> None:
    assert names(SOURCE) == [
        "m:module: 3 → 4",
        "m:most: 1 → 2",
        "m:most: if a > b and (not a == LIMIT): → if False:",
        "m:most: if a > b and (not a == LIMIT): → if True:",
        "m:most: a > b and (not a == LIMIT) → a > b or not a == LIMIT",
        "m:most: a > b and (not a == LIMIT) → not a == LIMIT",
        "m:most: a > b and (not a == LIMIT) → a > b",
        "m:most: a > b → a >= b",
        "m:most: a > b → a <= b",
        "m:most: not a == LIMIT → a == LIMIT",
        "m:most: a == LIMIT → a != LIMIT",
        "m:most: return max(a, b) → return None",
        "m:most: max(a, b) → min(a, b)",
        "m:most: raise ValueError('A sentence for people.') → pass",
    ]


def test_names_are_unique_and_do_not_move_with_the_lines() -> None:
    twice = "def f(x):\n    return x + 1\n\ndef g(x):\n    y = x + 1\n    return y + 1\n"
    assert names(twice) == names("\n\n" + twice)
    assert len(set(names(twice))) == len(names(twice))


def test_a_mutant_is_the_whole_module_with_one_change() -> None:
    changed = {ast.unparse(mutant.tree) for mutant in mutants_of("a = 1\nb = a + 2", module="m")}
    assert changed == {"a = 2\nb = a + 2", "a = 1\nb = a - 2", "a = 1\nb = a + 3"}
