"""Serializers that refuse what stock ones ignore."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from core.errors import InputError
from core.quantity import read_number


class StrictSerializer(serializers.Serializer[Any]):
    """Unknown and read-only fields are named, each, instead of silently left aside."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            refused = {}
            for name in data:
                field = self.fields.get(name)
                if field is None:
                    refused[name] = [serializers.ErrorDetail("unknown field", code="unknown_field")]
                elif field.read_only:
                    refused[name] = [serializers.ErrorDetail("read-only field", code="read_only_field")]
            if refused:
                raise serializers.ValidationError(refused)
        return super().to_internal_value(data)


def validated(serializer: type[StrictSerializer], request: Request) -> dict[str, Any]:
    """What a body says, by the serializer that reads it.

    Raises:
        ValidationError: with each field that cannot be read.
    """
    reader = serializer(data=request.data)
    reader.is_valid(raise_exception=True)
    given: dict[str, Any] = reader.validated_data
    return given


class FigureField(serializers.DecimalField):
    """A figure by the one grammar of figures: Python would read `１` and `1_0` as well."""

    def to_internal_value(self, data: Any) -> Any:
        try:
            read_number(str(data))
        except InputError:
            self.fail("invalid")
        return super().to_internal_value(data)


class InstantField(serializers.DateTimeField):
    """An instant as it was written; one without an offset stays so, and whoever takes it asks for the offset.

    The framework would put it where this installation is, hours from where it was meant.
    """

    def enforce_timezone(self, value: dt.datetime) -> dt.datetime:
        return value
