"""From a folder of YAML to a checked edition, or to one list of all its faults."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.errors import RubricError
from core.provenance import Where
from core.text import Text
from indicators.rubric.cases import read_cases
from indicators.rubric.check import check_edition
from indicators.rubric.digest import EDITION_FILE, content_digest, final_edition_changed, sealed_digest
from indicators.rubric.faults import Faults
from indicators.rubric.fields import Fields
from indicators.rubric.head import read_head
from indicators.rubric.model import Edition
from indicators.rubric.tree import CASES_FILE, RUBRIC_FILE, TreeReader
from indicators.rubric.variation import read_variation
from indicators.rubric.yaml_reader import Value, authored, from_authored, read_yaml

MOST_FILES = 5000
_OTHER_FILES = frozenset((EDITION_FILE, "README.md", "README.zh.md"))


def load_edition(folder: Path) -> Edition:
    """Read, check and, where it is sealed, verify an edition.

    Args:
        folder: holds `rubric.yaml`, and below it the files of the tree.

    Raises:
        RubricError: all faults of the folder in `faults`, each with file and line; `edition_is_final` when the content
            of a sealed edition was changed.
    """
    faults = Faults()
    files = _read_folder(folder, faults)
    edition = _edition(files, faults, final=(sealed := sealed_digest(folder)) is not None)
    if sealed is not None and sealed != edition.digest:
        raise final_edition_changed(sealed=sealed, found=edition.digest)
    return edition


def edition_of_content(content: Mapping[str, Any], *, final: bool = True) -> Edition:
    """The same edition from its authored content, as a database keeps it."""
    faults = Faults()
    files = {path: from_authored(part, file=path) for path, part in content.items()}
    return _edition(files, faults, final=final)


def _edition(files: Mapping[str, Value], faults: Faults, *, final: bool) -> Edition:
    if RUBRIC_FILE not in files:
        faults.raise_if_any()
        raise RubricError(
            "no_rubric",
            Text(zh=f"文件夹中没有 {RUBRIC_FILE}。", en=f"There is no {RUBRIC_FILE} in the folder."),
            where=Where(file=RUBRIC_FILE),
        )
    fields = Fields(files[RUBRIC_FILE], faults)
    head = read_head(fields)
    fields.raw("robustness", "robustness")  # read below, once the tree it speaks of is known
    root = TreeReader(files, head, faults).root(fields)
    content = {path: authored(value) for path, value in files.items()}
    edition = Edition(
        rubric=head.rubric,
        edition=head.edition,
        title=head.title,
        standing=head.standing,
        summary=head.summary,
        semantics=head.semantics,
        decimals=head.decimals,
        highest_points=head.span.highest,
        levels=tuple((level.id, level.title) for level in head.levels),
        measures=head.measures,
        classes=head.classes,
        grades=head.grades,
        quality_caps=head.quality_caps,
        limits=head.limits,
        peers=head.peers,
        robustness=read_variation(fields, root=root, head=head),
        tags=head.tags,
        sources=head.sources,
        root=root,
        cases=read_cases(files.get(CASES_FILE), faults),
        digest=content_digest(content),
        final=final,
        content=content,
        parameters=head.parameters,
        lowest_points=head.span.lowest,
        level_decimals={level.id: level.decimals for level in head.levels if level.decimals is not None},
    )
    check_edition(edition, faults)
    faults.raise_if_any()
    return edition


def _read_folder(folder: Path, faults: Faults) -> dict[str, Value]:
    if not folder.is_dir():
        raise RubricError(
            "no_rubric",
            Text(zh=f"没有这样的文件夹：{folder.name}。", en=f"There is no such folder: {folder.name}."),
            hint=Text(zh="请给出含 rubric.yaml 的文件夹。", en="Name the folder that holds rubric.yaml."),
        )
    files: dict[str, Value] = {}
    for path in sorted(folder.rglob("*"))[:MOST_FILES]:
        relative = path.relative_to(folder).as_posix()
        where = Where(file=relative)
        if path.is_symlink():
            faults.add("symlink", where, zh=f"{relative} 是符号链接。", en=f"{relative} is a symbolic link.")
        elif path.is_dir() or relative in _OTHER_FILES:
            continue
        elif path.suffix != ".yaml":
            faults.add("unknown_file", where, zh=f"{relative} 不是 .yaml 文件。", en=f"{relative} is not a .yaml file.")
        else:
            try:
                files[relative] = read_yaml(path.read_bytes(), file=relative)
            except RubricError as error:
                faults.take(tuple(fault for fault in error.faults if isinstance(fault, RubricError)))
    return files
