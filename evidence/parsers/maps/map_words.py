"""What is said about a column map that cannot be used: message and hint of every fault."""

from __future__ import annotations

from core.text import Text

WORDS: dict[str, tuple[Text, Text]] = {
    "map_contract": (
        Text(zh="列映射须写明 contract: {contract}。", en="A column map must say `contract: {contract}`."),
        Text(zh="请在开头加上这一行。", en="Add this line at its beginning."),
    ),
    "map_kind": (
        Text(
            zh="“{kind}”不是可映射的观测类型。",
            en="“{kind}” is no kind of observation a table can be mapped to.",
        ),
        Text(
            zh="可用类型：{known}。基准测试结果、运行卡与声明请使用其原始文件。",
            en="Kinds: {known}. Results of benchmarks, run cards and declarations are handed in as their own files.",
        ),
    ),
    "map_name": (
        Text(zh="“{name}”不能作为映射的名称。", en="“{name}” cannot be the name of a map."),
        Text(
            zh="请用小写字母、数字和连字符，例如 dcim-power。",
            en="Use lower-case letters, digits and hyphens, such as dcim-power.",
        ),
    ),
    "map_unnamed": (
        Text(zh="映射还没有名称。", en="The map has no name yet."),
        Text(
            zh="请用小写字母、数字和连字符，例如 dcim-power。",
            en="Use lower-case letters, digits and hyphens, such as dcim-power.",
        ),
    ),
    "map_zone": (
        Text(zh="没有名为“{name}”的时区。", en="There is no time zone called “{name}”."),
        Text(zh="请使用 IANA 名称，例如 Asia/Shanghai。", en="Use an IANA name such as Asia/Shanghai."),
    ),
    "map_separator": (
        Text(zh="分隔符“{name}”不受支持。", en="The separator “{name}” is not known."),
        Text(zh="可用：, ; | tab。留空则自动识别。", en="Known: , ; | tab. Leave it out to have it recognised."),
    ),
    "map_row": (
        Text(
            zh="“{name}”应为 {least} 到 {most} 的整数。",
            en="`{name}` is a whole number from {least} to {most}.",
        ),
        Text(zh="请写该范围内的整数，或删去此项。", en="Write such a number, or leave it out."),
    ),
    "map_spread": (
        Text(
            zh="要转为行的列应为列名清单，或 {known} 之一。",
            en="The columns to turn into rows are a list of headings, or one of {known}.",
        ),
        Text(zh="例如 columns: [一月, 二月]。", en="Write, for example, columns: [January, February]."),
    ),
    "map_condition": (
        Text(
            zh="筛选条件须有 column，以及 is 或 is_not 之一（词语清单）。",
            en="A condition has `column` and one of `is` and `is_not`, with a list of words.",
        ),
        Text(zh="例如 {{column: 状态, is: [正常]}}。", en="Write, for example, {{column: state, is: [normal]}}."),
    ),
    "map_field": (
        Text(zh="该观测类型没有字段“{name}”。", en="The kind has no field `{name}`."),
        Text(zh="请删去该字段，或检查拼写。", en="Leave it out, or check its spelling."),
    ),
    "map_key": (
        Text(zh="列映射没有“{name}”这一项。", en="A column map has no `{name}` there."),
        Text(zh="请删去此项，或检查拼写。", en="Leave it out, or check its spelling."),
    ),
    "map_lacks": (
        Text(zh="必填字段“{name}”没有来源。", en="Nothing fills the field `{name}`, which every row needs."),
        Text(zh="请指定一列，或写一个常量。", en="Name a column for it, or a constant."),
    ),
    "map_form": (
        Text(zh="“{name}”的时间写法未知或不适用。", en="`{name}` has an unknown form of instants, or is none."),
        Text(zh="可用写法：{known}", en="Forms: {known}"),
    ),
    "map_word": (
        Text(zh="词语“{word}”的含义不可用。", en="What “{word}” stands for is not known."),
        Text(zh="可用含义：{known}", en="It may stand for: {known}"),
    ),
    "word_twice": (
        Text(
            zh="词语“{word}”写了两次，含义不同：{first}、{second}。",
            en="“{word}” is there twice and stands for different things: {first} and {second}.",
        ),
        Text(
            zh="请只保留一个；大小写、空格、连字符和下划线不作区分。",
            en="Leave one of them; capitals, blanks, hyphens and underscores make no difference.",
        ),
    ),
    "words_of_none": (
        Text(
            zh="字段“{name}”不是词语，不能写对应关系。",
            en="The field `{name}` holds no words to be translated.",
        ),
        Text(zh="请删去 words。", en="Leave `words` out."),
    ),
    "unit_of_none": (
        Text(zh="字段“{name}”没有单位。", en="The field `{name}` has no unit."),
        Text(zh="请删除 unit。", en="Leave `unit` out."),
    ),
    "unknown_unit": (
        Text(zh="未知的单位“{unit}”。", en="The unit “{unit}” is not known."),
        Text(zh="可用单位：{known}（区分大小写）", en="Units: {known} (case counts)"),
    ),
    "wrong_unit": (
        Text(
            zh="单位 {unit} 与字段“{name}”的量纲不符。",
            en="{unit} is no unit of what the field `{name}` measures.",
        ),
        Text(zh="可用单位：{known}", en="Units: {known}"),
    ),
    "constant_unit": (
        Text(zh="常量“{name}”缺少单位。", en="The constant `{name}` lacks its unit."),
        Text(zh="请写明 unit：{known}", en="Write `unit`: {known}"),
    ),
    "constant_number": (
        Text(zh="常量“{name}”不是数字：{word}。", en="The constant `{name}` is no number: {word}."),
        Text(
            zh="请使用半角数字和小数点，例如 1234.5。",
            en="Write plain digits and a decimal point, such as 1234.5.",
        ),
    ),
    "column_or_constant": (
        Text(
            zh="“{name}”须写明 column 或 constant 之一。", en="`{name}` needs either `column` or `constant`, not both."
        ),
        Text(
            zh="取自表中的写 column，处处相同的写 constant。",
            en="Say `column` for what the table holds, `constant` for what is the same everywhere.",
        ),
    ),
    "bad_column": (
        Text(zh="“{name}”的列名无法使用。", en="The column of `{name}` cannot be used."),
        Text(
            zh="请写一个列名；时间字段可写两到三列（日期、时间）。",
            en="Write one heading; an instant may have two or three columns (date and time).",
        ),
    ),
    "column_by_number": (
        Text(
            zh="没有表头的表按列号取列（从 1 起），此处为“{column}”。",
            en="A table without headings is mapped by numbers of columns from 1, here stands “{column}”.",
        ),
        Text(zh="请写列号，例如 3。", en="Write the number of the column, such as 3."),
    ),
    "column_by_heading": (
        Text(
            zh="有表头的表按列名取列，此处为 {column}；没有表头时请写 header: 0。",
            en="A table with headings is mapped by them, here stands {column}; without any write `header: 0`.",
        ),
        Text(zh="请照抄表头中的列名。", en="Copy the heading as the table writes it."),
    ),
    "cell_not_used": (
        Text(
            zh="转为行之后的值“{name}”没有对应任何字段。",
            en="No field takes “{name}”, the values of the columns turned into rows.",
        ),
        Text(
            zh="请让一个字段的 column 取该值，或取消转为行。",
            en="Let the column of one field be that value, or turn no columns into rows.",
        ),
    ),
    "nothing_mapped": (
        Text(zh="没有任何字段取自列。", en="No field comes from a column."),
        Text(zh="请为每个必填字段选一列。", en="Choose a column for every field that each row needs."),
    ),
    "too_many": (
        Text(zh="列多于 {most} 个。", en="There are more than {most} columns."),
        Text(zh="请只列出需要的列。", en="List only the columns that are needed."),
    ),
    "bad_value": (
        Text(zh="“{name}”的值无法使用。", en="The value of `{name}` cannot be used."),
        Text(
            zh="请对照 docs/how-to/map-your-own-table.md 填写。",
            en="docs/how-to/map-your-own-table.md says what goes there.",
        ),
    ),
}
