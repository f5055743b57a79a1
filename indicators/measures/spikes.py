"""When a power is too high to be believed: above three times what 99.9 % of a meter's own stay below.

Source: data-quality rules of the scheme, §3.1 (spike).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

SPIKE_OVER_P999 = 3


def p999(power: npt.NDArray[Any]) -> Any:
    """The value by nearest rank that 99.9 % of some do not exceed; of fewer than a thousand it is the highest."""
    place = -(-len(power) * 999 // 1000) - 1
    return np.partition(power, place)[place]
