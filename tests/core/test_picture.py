"""Pictures known by their own heads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.picture import Picture, media_type_of, picture_in
from tests.pictures import jpeg, png

HEADS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", png()[:33], jpeg()[:20])


def test_a_picture_tells_what_it_is_and_how_large() -> None:
    assert picture_in(png(4032, 3024)) == Picture("image/png", 4032, 3024)
    assert picture_in(jpeg(640, 480)) == Picture("image/jpeg", 640, 480)


def test_what_a_camera_writes_behind_a_picture_takes_nothing_from_it() -> None:
    assert picture_in(png() + b"film") == Picture("image/png", 1, 1)
    assert picture_in(jpeg() + b"film") == Picture("image/jpeg", 1, 1)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a",
        *HEADS,
        b"\xff\xd8\xff<script>",
        b"\xff\xd8" + b"\xff" * 100_000,
        png(0, 9),
        jpeg(9, 0),
        png().replace(b"IDAT", b"IDOT"),
        png().replace(b"\0\0\0\1", b"\0\0\0\2", 1),
    ],
)
def test_what_only_begins_like_a_picture_is_none(content: bytes) -> None:
    assert picture_in(content) is None


@pytest.mark.parametrize("whole", [png(), jpeg()])
def test_a_picture_that_is_cut_off_is_none(whole: bytes) -> None:
    assert [at for at in range(len(whole)) if picture_in(whole[:at])] == []


@given(st.sampled_from(HEADS), st.binary(max_size=200))
def test_any_bytes_are_a_picture_or_none(head: bytes, rest: bytes) -> None:
    picture = picture_in(head + rest)
    assert picture is None or (picture.pixels > 0 and picture.media_type == media_type_of(head))
