"""`zhiheng sample`: commit to an inventory, draw from it, and repeat a draw to check it."""

from __future__ import annotations

import argparse
import json
from decimal import Decimal, InvalidOperation
from pathlib import Path

from assessment.sampling.draw import SHARE_OF_CARDS, commitment_to, new_secret
from assessment.sampling.inventory import commitment_of, read_inventory
from assessment.sampling.record import Drawn, differences, make_draw
from core.errors import InputError
from core.text import Language, Text
from zhiheng.output import no_such_file, print_json, printable

_CHECKS = {
    "secret": Text(zh="随机数与承诺相符", en="the secret is the one committed to"),
    "inventory": Text(zh="清单与承诺相符", en="the inventory is the one committed to"),
    "size": Text(zh="样本量符合规则", en="the sample has the size of the rule"),
    "draw": Text(zh="抽取结果可重现", en="the draw comes out the same"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    acts.add_parser("secret", help="生成随机数及其承诺 · a new secret and the commitment to it")
    commit = acts.add_parser("commit", help="对清单作出承诺 · commit to an inventory")
    _inventory(commit)
    drawn = acts.add_parser("draw", help="抽取 · draw")
    _inventory(drawn)
    drawn.add_argument("--secret", required=True, help="公开的随机数 · the opened secret")
    drawn.add_argument("--share", default=str(SHARE_OF_CARDS), help="比例，如 0.05 · share of the inventory")
    drawn.add_argument("--at-least", type=int, default=1, help="至少抽取 · the least number")
    verify = acts.add_parser("verify", help="按记录重新抽取并比对 · repeat a recorded draw")
    verify.add_argument("record", help="平台导出的抽样记录 · the record the platform exported (JSON)")
    verify.add_argument("inventory", help="清单文件 · the inventory")
    verify.add_argument("--json", action="store_true", help="输出 JSON · print JSON")


def run(arguments: argparse.Namespace) -> int:
    """Exit code 1 when a check of a record fails."""
    match arguments.act:
        case "secret":
            secret = new_secret()
            print_json({"secret": secret, "commitment": commitment_to(secret)})
        case "commit":
            names = read_inventory(_bytes(arguments.inventory))
            committed = commitment_of(names, of=arguments.of, word=arguments.word)
            print_json({"of": arguments.of, "population": len(names), "commitment": committed})
        case "draw":
            print_json(_drawn(arguments).as_json())
        case _:
            return _verify(arguments)
    return 0


def _drawn(arguments: argparse.Namespace) -> Drawn:
    try:
        share = Decimal(arguments.share)
    except InvalidOperation:
        share = Decimal(0)
    if not 0 < share <= 1 or arguments.at_least < 0:
        raise InputError(
            "bad_share",
            Text(zh="比例须大于 0、不大于 1。", en="The share lies above 0, at most 1."),
            hint=Text(
                zh="例如 --share 0.05；--at-least 不小于 0。", en="Write --share 0.05, say; --at-least from 0 on."
            ),
        )
    return make_draw(
        read_inventory(_bytes(arguments.inventory)),
        of=arguments.of,
        word=arguments.word,
        secret=arguments.secret,
        body_commitment=commitment_to(arguments.secret),
        share=share,
        at_least=arguments.at_least,
    )


def _verify(arguments: argparse.Namespace) -> int:
    try:
        given = json.loads(_bytes(arguments.record))
    except ValueError:
        given = {}
    record = Drawn.from_json(given if isinstance(given, dict) else {})
    found = differences(record, read_inventory(_bytes(arguments.inventory)))
    if arguments.json:
        checks = [{"name": name, "ok": ok, "detail": _CHECKS[name].as_json()} for name, ok in found.items()]
        print_json({"contract": 1, "checks": checks, "drawn": len(record.names)})
    else:
        for line in _lines(found, arguments.language):
            print(printable(line))
    return 0 if all(found.values()) else 1


def _lines(found: dict[str, bool], language: Language) -> list[str]:
    return [f"{'✓' if ok else '✗'} {_CHECKS[name].said_in(language)}" for name, ok in found.items()]


def _inventory(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("inventory", help="清单文件：每行一个，或 CSV 首列 · one a line, or the first column of a CSV")
    parser.add_argument("--of", choices=("cards", "nodes", "jobs"), default="cards", help="清单内容 · what is listed")
    parser.add_argument("--word", default="", help="中心自选的词 · the centre's own word")


def _bytes(name: str) -> bytes:
    path = Path(name)
    if not path.is_file():
        raise no_such_file(name)
    return path.read_bytes()
