from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assessment.sampling.draw import commitment_to, draw, new_secret, sample_size, seed_of
from assessment.sampling.inventory import LARGEST, commitment_of, inventory, inventory_file, read_inventory
from assessment.sampling.record import Drawn, differences, make_draw
from core.errors import InputError
from core.provenance import Where
from zhiheng.main import main

SECRET = "5a" * 32
CARDS = inventory(f"SN{number:05d}" for number in range(2048))
FIVE_PER_CENT = Decimal("0.05")


def drawn(names: tuple[str, ...] = CARDS, **changes: object) -> Drawn:
    given = {"of": "cards", "word": "和林格尔", "secret": SECRET, "share": FIVE_PER_CENT, "at_least": 1}
    return make_draw(names, body_commitment=commitment_to(SECRET), **(given | changes))  # type: ignore[arg-type]


def refused(code: str) -> pytest.RaisesExc[InputError]:
    return pytest.RaisesExc(InputError, check=lambda error: error.code == code)


def test_five_per_cent_of_the_serials_are_rounded_up() -> None:
    assert [sample_size(count) for count in (1, 20, 21, 2048, 10_000)] == [1, 1, 2, 103, 500]
    assert sample_size(8, at_least=30) == 8
    assert sample_size(2048, at_least=200) == 200


def test_the_draw_is_this_one_on_every_machine() -> None:
    assert drawn().names[:3] == ("SN01676", "SN01374", "SN01691")
    assert len(drawn().names) == 103


SEEN = st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp"))
NAMES = st.lists(st.text(SEEN, min_size=1, max_size=9).map(str.strip).filter(bool), min_size=1, unique=True)


@given(NAMES, st.randoms())
def test_the_order_of_the_inventory_does_not_matter(names: list[str], random: object) -> None:
    first = inventory(names)
    random.shuffle(names)  # type: ignore[attr-defined]
    assert inventory(names) == first
    seed = seed_of(SECRET, inventory_commitment=commitment_of(first, of="cards", word=""))
    assert sorted(draw(first, seed=seed, size=len(first))) == list(first)
    assert draw(first, seed=seed, size=1) == draw(first, seed=seed, size=len(first))[:1]


def test_whoever_changes_one_card_or_word_or_the_secret_gets_another_draw() -> None:
    others = [
        drawn((*CARDS[:-1], "SN99999")).names,
        drawn(word="贵阳").names,
        make_draw(
            CARDS, of="cards", word="和林格尔", secret="5b" * 32, body_commitment=commitment_to("5b" * 32),
            share=FIVE_PER_CENT, at_least=1,
        ).names,
    ]  # fmt: skip
    assert all(set(other) != set(drawn().names) for other in others)


def test_every_card_is_drawn_about_equally_often() -> None:
    """1,000 draws of 5 from 100: each card 50 times ± 5 standard deviations of a binomial."""
    names = inventory(f"N{number}" for number in range(100))
    counts = dict.fromkeys(names, 0)
    for number in range(1000):
        for name in draw(names, seed=number.to_bytes(32, "big"), size=5):
            counts[name] += 1
    assert all(abs(count - 50) < 5 * 6.9 for count in counts.values())


@example(["A,1", '"B', "serial", "#", "'"])
@given(NAMES)
def test_what_the_page_of_a_sample_hands_out_is_read_as_the_inventory_that_was_committed_to(names: list[str]) -> None:
    committed = inventory(names)
    assert read_inventory(inventory_file(committed, of="cards").encode()) == committed


def test_a_body_cannot_open_another_secret_than_it_committed_to() -> None:
    with refused("secret_differs"):
        drawn(secret=new_secret())


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (b"", "inventory_empty"),
        (b"serial\n", "inventory_empty"),
        (b"A\nB\nA\n", "inventory_repeats"),
        (b"A\n\nB\n", "inventory_name_empty"),
        (b"x" * 201, "inventory_name_too_long"),
        (b"\xff\xfe", "not_text"),
        (b'A\n"B\nC\n', "bad_csv"),
        (b'"' + b"x" * 200_000 + b'"', "bad_csv"),
        (b'A\n"B\nC"\n', "inventory_name_unreadable"),
        (b"A\t910B\nB\t910B\n", "inventory_name_unreadable"),
        ("A\nA\u200b\n".encode(), "inventory_name_unreadable"),
        (b"A-1, A-2, A-3\n", "inventory_no_head"),
        (b"SN,model\nA,910B\n", "inventory_no_head"),
        (b"A\n" * (LARGEST // 2 + 1), "inventory_too_long"),
    ],
)
def test_an_inventory_that_cannot_be_committed_to_is_refused(lines: bytes, code: str) -> None:
    with refused(code):
        read_inventory(lines)


def test_a_line_is_counted_as_the_file_has_it() -> None:
    with refused("inventory_repeats") as refusal:
        read_inventory(b'serial,note\nA,"two\nlines"\nB,\nA,\n')
    assert refusal.value.where == Where(line=5)
    assert "line 2" in refusal.value.message.en


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_any_end_of_lines_is_read(ends: str) -> None:
    assert read_inventory(ends.join(("serial", "B2", "A1", "", "")).encode()) == ("A1", "B2")


def test_the_first_column_of_a_table_is_read() -> None:
    assert read_inventory("序列号,型号\nB2,H800\nA1,H800\n".encode()) == ("A1", "B2")


def test_the_command_repeats_a_draw_and_finds_what_was_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cards, record = tmp_path / "cards.txt", tmp_path / "record.json"
    cards.write_text("\n".join(CARDS), encoding="utf-8")
    assert main(["sample", "draw", str(cards), "--word", "和林格尔", "--secret", SECRET]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said == drawn().as_json()
    record.write_text(json.dumps(said), encoding="utf-8")
    assert main(["sample", "--language", "en", "verify", str(record), str(cards)]) == 0
    assert capsys.readouterr().out.count("✓") == 4
    said["drawn"][0] = "SN00000"
    record.write_text(json.dumps(said), encoding="utf-8")
    assert main(["sample", "verify", str(record), str(cards), "--json"]) == 1
    checks = {check["name"]: check["ok"] for check in json.loads(capsys.readouterr().out)["checks"]}
    assert checks == {"secret": True, "inventory": True, "size": True, "draw": False}
    cards.write_text("\n".join(CARDS[1:]), encoding="utf-8")
    assert main(["sample", "verify", str(record), str(cards)]) == 1
    assert not differences(drawn(), CARDS[1:])["inventory"]


def test_the_commitment_can_be_computed_by_hand() -> None:
    """RFC 8785 of the four fields, so that a centre needs none of our code."""
    import hashlib

    by_hand = hashlib.sha256(b'{"contract":1,"names":["A","B"],"of":"cards","word":"w"}').hexdigest()
    assert commitment_of(("A", "B"), of="cards", word="w") == f"sha256:{by_hand}"
