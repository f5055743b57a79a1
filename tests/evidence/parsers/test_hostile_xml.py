"""XML with a document type, entities or inclusions: refused, and nothing outside the file is looked at."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import ParseError
from evidence.parsers.registry import identify
from evidence.parsers.text.source import Source
from tests.evidence.parsers.workbooks import member, repacked, workbook

GOOD = workbook([["month", "meter", "energy_kwh"], ["2025-04", "M1", 5]])
SHEET = "xl/worksheets/sheet1.xml"
HOSTILE = {
    "entity": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
    "bomb": b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]>',
    "network": b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
}
INCLUDE = b'<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="file:///etc/hostname"/></a>'

# Run by itself, because what an audit hook sees cannot be taken off a process again.
WATCH = """
import sys
from pathlib import Path
from core.errors import ParseError
from evidence.parsers.registry import PARSERS, identify
from evidence.parsers.text.source import Source

folder, seen = Path(sys.argv[1]), []
sources = [Source.of_bytes(path.read_bytes(), path.name) for path in sorted(folder.iterdir())]
for parser in PARSERS:
    for source in sources:
        parser.recognises(source)
sys.addaudithook(lambda event, arguments: seen.append((event, arguments)) if event in WATCHED else None)
for source in sources:
    try:
        identify(source).parse(source)
        sys.exit(f"{source.name} was read")
    except ParseError as error:
        if error.code != "forbidden_xml":
            sys.exit(f"{source.name}: {error.code}")
print([(event, str(arguments[0])) for event, arguments in seen])
""".replace("WATCHED", repr(("open", "socket.connect", "socket.getaddrinfo", "os.system", "subprocess.Popen")))


def refused(content: bytes, name: str) -> str:
    source = Source.of_bytes(content, name)
    with pytest.raises(ParseError) as caught:
        identify(source).parse(source)
    return caught.value.code


@pytest.mark.torture("T11", "SVG", "document type", "entity expansion", "external entity")
@pytest.mark.parametrize("prefix", HOSTILE.values(), ids=HOSTILE)
def test_an_svg_or_other_xml_with_a_document_type_is_refused_as_such(prefix: bytes) -> None:
    svg = prefix.replace(b"DOCTYPE x", b"DOCTYPE svg") + b'<svg xmlns="http://www.w3.org/2000/svg">&a;</svg>'
    assert refused(svg, "chart.svg") == "forbidden_xml"
    assert refused(b'<?xml version="1.0"?>' + prefix + b"<a>&a;</a>", "data.xml") == "forbidden_xml"


@pytest.mark.torture("T11", "XInclude")
def test_an_inclusion_in_xml_is_refused() -> None:
    assert refused(b'<?xml version="1.0"?>' + INCLUDE, "data.xml") == "forbidden_xml"


@pytest.mark.slow
@pytest.mark.torture("T11", "no outside file read", "no connection")
@pytest.mark.torture("T22", "nothing executed")
def test_no_outside_file_is_opened_no_connection_made_and_nothing_run(tmp_path: Path) -> None:
    sheet = member(GOOD, SHEET)
    for name, prefix in HOSTILE.items():
        (tmp_path / f"{name}.xlsx").write_bytes(repacked(GOOD, replace={SHEET: prefix + sheet}))
        (tmp_path / f"{name}.xml").write_bytes(b'<?xml version="1.0"?>' + prefix + b"<a>&a;</a>")
    (tmp_path / "include.xlsx").write_bytes(repacked(GOOD, replace={SHEET: INCLUDE}))
    watched = subprocess.run(
        [sys.executable, "-c", WATCH, str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[3],
        check=False,
    )
    assert (watched.returncode, watched.stdout.strip()) == (0, "[]"), watched.stderr
