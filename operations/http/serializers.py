"""Serializers that refuse what stock ones ignore, and numbers by our own grammar."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from rest_framework import serializers

from core.errors import InputError
from core.quantity import plain, read_number


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


class WholeNumberField(serializers.IntegerField):
    """An integer as JSON writes it; text, booleans and fractions are refused."""

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return super().to_internal_value(data)


class DecimalTextField(serializers.Field[Decimal, Any, str, Any]):
    """A decimal as text, read by `core.quantity.read_number`; written without exponent."""

    default_error_messages = {"invalid": "Write plain digits and a decimal point, as text."}  # noqa: RUF012

    def to_internal_value(self, data: Any) -> Decimal:
        if isinstance(data, int) and not isinstance(data, bool):
            return Decimal(data)
        if not isinstance(data, str):
            self.fail("invalid")
        try:
            return read_number(data)
        except InputError:
            self.fail("invalid")

    def to_representation(self, value: Decimal) -> str:
        return plain(value)
