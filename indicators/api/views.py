from __future__ import annotations

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from rest_framework import generics
from rest_framework.permissions import AllowAny

from indicators.api.serializers import EditionListed, EditionSerializer
from indicators.models import Edition
from indicators.selectors import editions
from operations.http.views import StrictQuery


class Editions(StrictQuery, generics.ListAPIView[Edition]):
    """Every published rubric edition; open to anyone."""

    serializer_class = EditionListed
    permission_classes = (AllowAny,)

    def get_queryset(self) -> QuerySet[Edition]:
        return editions()


class EditionDetail(StrictQuery, generics.RetrieveAPIView[Edition]):
    """One edition with its content as authored, from which the digest can be recomputed."""

    serializer_class = EditionSerializer
    permission_classes = (AllowAny,)

    def get_object(self) -> Edition:
        return get_object_or_404(editions(), rubric=self.kwargs["rubric"], edition=self.kwargs["edition"])
