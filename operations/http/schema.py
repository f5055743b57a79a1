"""The machine-readable description of the API."""

from __future__ import annotations

import threading
from typing import Any

from drf_spectacular.generators import SchemaGenerator

_ONE = threading.Lock()


class OneAtATime(SchemaGenerator):
    """The library loads its extensions into globals at the first use: two threads at once would see half of them."""

    def get_schema(self, request: Any = None, public: bool = False) -> Any:
        with _ONE:
            return super().get_schema(request=request, public=public)  # type: ignore[no-untyped-call]  # the library's
