"""Which files are pictures that a visit keeps."""

from __future__ import annotations

from pathlib import Path

from core.errors import InputError
from core.picture import media_type_of, picture_in
from core.provenance import Where
from core.text import Text

LARGEST_PICTURE = 30 * 1024**2
MOST_PIXELS = 40_000_000


def media_type_of_picture(path: Path) -> str:
    """Raises:
    InputError: `not_a_picture`; `too_many_pixels`.
    """
    content = path.read_bytes()
    if (picture := picture_in(content)) is None:
        raise _no_picture(content)
    if picture.pixels > MOST_PIXELS:
        raise InputError(
            "too_many_pixels",
            Text(
                zh=f"照片有 {picture.width} × {picture.height} 像素，超过 {MOST_PIXELS // 10_000} 万像素。",
                en=f"The picture has {picture.width} × {picture.height} pixels, more than {MOST_PIXELS:,}.",
            ),
            where=Where(field="file"),
            hint=Text(zh="请降低分辨率后再上传。", en="Save it at a lower resolution, and upload that."),
        )
    return picture.media_type


def _no_picture(content: bytes) -> InputError:
    if media_type_of(content) is None:
        message = Text(zh="照片须为 JPEG 或 PNG。", en="A picture is JPEG or PNG.")
        hint = Text(
            zh="请把照片另存为 JPEG 或 PNG（手机的 HEIC 照片也须转换）。",
            en="Save it as JPEG or PNG; the HEIC of a telephone has to be converted too.",
        )
    else:
        message = Text(
            zh="文件开头像照片，但读不出照片：它不完整，或不是照片。",
            en="The file begins like a picture, but none can be read from it: it is cut off, or something else.",
        )
        hint = Text(
            zh="请在看图软件中打开核对，再从相机或手机重新复制。",
            en="See whether it opens on your side, and copy it from the camera or telephone once more.",
        )
    return InputError("not_a_picture", message, where=Where(field="file"), hint=hint)


def picture_too_large() -> InputError:
    most = LARGEST_PICTURE // 1024**2
    return InputError(
        "too_large",
        Text(zh=f"照片超过 {most} MiB。", en=f"The picture is larger than {most} MiB."),
        where=Where(field="file"),
        hint=Text(zh="请降低分辨率或压缩率后再上传。", en="Save it at a lower resolution or quality, and upload that."),
    )
