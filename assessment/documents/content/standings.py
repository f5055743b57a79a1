"""What stands behind a place in a ranking: the certificate, or how far the case is without one."""

from __future__ import annotations

from collections.abc import Mapping

from core.text import Text

STANDINGS: Mapping[str, Text] = {
    "valid": Text(zh="有效", en="Valid"),
    "expired": Text(zh="已到期", en="Expired"),
    "suspended": Text(zh="已暂停", en="Suspended"),
    "withdrawn": Text(zh="已撤销", en="Withdrawn"),
    "terminated": Text(zh="已注销", en="Cancelled"),
    "unknown": Text(zh="查无此证", en="Unknown number"),
}
_OF_CERTIFICATES: Mapping[str, Text] = {
    "expired": Text(zh="证书已到期", en="the certificate has expired"),
    "suspended": Text(zh="证书已暂停", en="the certificate is suspended"),
    "withdrawn": Text(zh="证书已撤销", en="the certificate was withdrawn"),
    "terminated": Text(zh="证书已注销", en="the certificate was cancelled"),
}
_OF_CASES: Mapping[str, Text] = {
    "evaluated": Text(zh="已评价，尚未复核和决定", en="evaluated, neither reviewed nor decided"),
    "reviewed": Text(zh="已复核，尚未决定", en="reviewed, not decided"),
    "announced": Text(zh="公示中，决定尚未生效", en="open to objections, the decision is not in effect"),
    "refused": Text(zh="决定不予发证", en="a certificate was refused"),
}


def standing_remark(*, standing: str | None, case: str) -> Text | None:
    """Why nobody may rely on a grade today; None where a certificate in force stands behind it.

    Args:
        standing: of the certificate today; None without one.
        case: the state of the case.
    """
    return _OF_CASES.get(case) if standing is None else _OF_CERTIFICATES.get(standing)
