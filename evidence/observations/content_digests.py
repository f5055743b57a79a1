"""What a file is called besides by the digest of its stored bytes: digests of its content, whatever it came in."""

from core.text import Text
from evidence.observations.schema import TEXT, Column, Kind

CONTENT_DIGESTS = Kind(
    name="content_digests",
    title=Text(zh="内容摘要", en="Digests of the content"),
    own_columns=(
        Column("digest", TEXT),  # sha256:… of the unpacked bytes, or of the text in UTF-8 with LF line ends
    ),
    identity=("digest",),
)
