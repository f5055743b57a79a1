"""The facility profile tests start from, as JSON values; needs no database."""

from __future__ import annotations

from typing import Any


def profile_content(slug: str = "example-1", **changes: Any) -> dict[str, Any]:
    """A training-led centre of 2,048 H800 cards with two registers, applied on 2026-03-31."""
    return {
        "contract": 1,
        "centre": {
            "id": slug,
            "name": {"zh": f"示例智算中心 {slug}（虚构）", "en": f"Example centre {slug} (fictional)"},
        },
        "operator": {"zh": "示例算力公司（虚构）", "en": "Example Compute Co. (fictional)"},
        "place": {"province": "内蒙古", "city": "呼和浩特", "hub_node": True, "timezone": "Asia/Shanghai"},
        "class": "training_led",
        "applied_on": "2026-03-31",
        "accelerators": [{"model": "NVIDIA H800 SXM", "cards": 2048, "cards_per_node": 8}],
        "it_capacity_kw": "3200",
        "meters": [
            {"id": "M-IN", "at": "utility_incomer", "measures": "facility", "kind": "cumulative", "unit": "kWh"},
            {"id": "M-UPS1", "at": "ups_output", "measures": "it", "kind": "cumulative", "unit": "kWh"},
        ],
        **changes,
    }
