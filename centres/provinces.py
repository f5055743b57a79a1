"""Provinces in English, as GB/T 2260 romanises them; Chinese is what profiles and factor tables are written in."""

from __future__ import annotations

from core.suggestion import meant, nearest
from core.text import Text

_ENGLISH = {
    "北京": "Beijing",
    "天津": "Tianjin",
    "河北": "Hebei",
    "山西": "Shanxi",
    "内蒙古": "Inner Mongolia",
    "辽宁": "Liaoning",
    "吉林": "Jilin",
    "黑龙江": "Heilongjiang",
    "上海": "Shanghai",
    "江苏": "Jiangsu",
    "浙江": "Zhejiang",
    "安徽": "Anhui",
    "福建": "Fujian",
    "江西": "Jiangxi",
    "山东": "Shandong",
    "河南": "Henan",
    "湖北": "Hubei",
    "湖南": "Hunan",
    "广东": "Guangdong",
    "广西": "Guangxi",
    "海南": "Hainan",
    "重庆": "Chongqing",
    "四川": "Sichuan",
    "贵州": "Guizhou",
    "云南": "Yunnan",
    "西藏": "Xizang",
    "陕西": "Shaanxi",
    "甘肃": "Gansu",
    "青海": "Qinghai",
    "宁夏": "Ningxia",
    "新疆": "Xinjiang",
}

PROVINCES = tuple(_ENGLISH)


def no_such_province(given: str) -> Text:
    return Text(zh=f"没有省级行政区“{given}”。", en=f"There is no province “{given}”.")


def province_hint(given: str) -> Text:
    """What to write for a province that is none of these: the one it is in English or in full, else all of them."""
    by_english = {english.casefold(): province for province, english in _ENGLISH.items()}
    in_short = next((province for province in PROVINCES if given.startswith(province)), None)  # 贵州省, 内蒙古自治区
    if (written := by_english.get(given.casefold(), in_short)) is not None:
        return Text(zh=f"请写作“{written}”。", en=f"Write it as “{written}”.")
    every = Text(zh="可选值：" + "、".join(PROVINCES) + "。", en="One of: " + ", ".join(PROVINCES) + ".")
    near = nearest(given, by_english)
    return meant(by_english[near] if near else given, PROVINCES, otherwise=every) or every


def province_name(province: str) -> Text:
    """The province in both languages; one we do not know keeps the name it was given."""
    return Text(zh=province, en=_ENGLISH.get(province, province))
