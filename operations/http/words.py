"""What the API says, in both languages, by status and by code."""

from __future__ import annotations

from core.text import Text

STATUS_TITLE = {
    400: Text(zh="请求有误", en="Bad request"),
    401: Text(zh="需要登录", en="Sign-in needed"),
    403: Text(zh="没有权限", en="Not allowed"),
    404: Text(zh="没有找到", en="Not found"),
    405: Text(zh="不支持这种操作", en="Method not allowed"),
    406: Text(zh="无法提供所要的格式", en="Not acceptable"),
    409: Text(zh="与当前状态冲突", en="Conflict with the present state"),
    410: Text(zh="已不存在", en="Gone"),
    411: Text(zh="需要说明长度", en="Length required"),
    412: Text(zh="版本已变化", en="Version has changed"),
    413: Text(zh="内容过大", en="Too large"),
    414: Text(zh="地址过长", en="Address too long"),
    415: Text(zh="不支持的内容类型", en="Unsupported media type"),
    422: Text(zh="内容无法接受", en="Content cannot be accepted"),
    428: Text(zh="需要说明版本", en="Version required"),
    429: Text(zh="请求过多", en="Too many requests"),
    431: Text(zh="标头过大", en="Headers too large"),
    460: Text(zh="校验和不符", en="Checksum mismatch"),
    500: Text(zh="服务器出错", en="Server error"),
    503: Text(zh="服务暂不可用", en="Service unavailable"),
}

TITLE_BY_CODE = {  # where that of the status says something else
    "weak_version": Text(zh="标签不能说明版本", en="The tag names no version"),
    "tus_version": Text(zh="不支持这个 tus 版本", en="This version of tus is not spoken"),
}

WORDS_BY_CODE = {
    # of the request as a whole
    "bad_request": Text(zh="无法理解这个请求。", en="The request cannot be understood."),
    "malformed_request": Text(
        zh="所收到的不是合乎 HTTP 规范的请求。", en="What was sent is not a request as HTTP writes one."
    ),
    "address_too_long": Text(zh="地址超过 4,094 字节。", en="The address is longer than 4,094 bytes."),
    "headers_too_large": Text(
        zh="标头过多或过长：最多 100 个，每个 8,190 字节。",
        en="The headers are too many or too long: 100 at most, of 8,190 bytes each.",
    ),
    "malformed_json": Text(zh="请求内容不是有效的 JSON。", en="The body is not valid JSON."),
    "not_authenticated": Text(zh="请先登录或提供令牌。", en="Sign in or send a token."),
    "authentication_failed": Text(zh="令牌或密码无效，或已过期。", en="The token or password is wrong or has expired."),
    "permission_denied": Text(zh="您没有进行此操作的权限。", en="You may not do this."),
    "second_factor_missing": Text(
        zh="您的角色须有第二因素，本次登录还没有验证。",
        en="Your role asks for a second factor this session has not proved.",
    ),
    "not_found": Text(zh="没有找到，或您无权查看。", en="Nothing is here, or nothing you may see."),
    "method_not_allowed": Text(zh="此地址不支持这种操作。", en="This address does not take that method."),
    "not_acceptable": Text(zh="只能返回 JSON。", en="Only JSON can be sent back."),
    "incomplete_body": Text(zh="内容在结束前中断。", en="The body was cut off before its end."),
    "incomplete_form": Text(
        zh="表单在结束标记之前中断，没有保存任何内容。",
        en="The form breaks off before its closing boundary; nothing of it was stored.",
    ),
    "malformed_form": Text(zh="表单内容有误。", en="The form cannot be read."),
    "forbidden_character": Text(zh="地址中含有 NUL 字符。", en="The address holds a NUL character."),
    "length_required": Text(zh="请说明内容长度（Content-Length）。", en="Say how long the body is (Content-Length)."),
    "too_large": Text(zh="内容超过允许的大小。", en="The body is larger than allowed."),
    "unsupported_media_type": Text(zh="不支持这种内容类型或字符集。", en="This content type or charset is not taken."),
    "throttled": Text(zh="请求过多，请稍后再试。", en="Too many requests; try again later."),
    "version_required": Text(
        zh="请用 If-Match 说明您所读取的版本。", en="Say with If-Match which version you have read."
    ),
    "malformed_version": Text(
        zh="If-Match 不是版本标签的列表。", en="If-Match does not hold versions as they are written."
    ),
    "weak_version": Text(
        zh="If-Match 中是弱标签（W/），不能说明版本。", en="If-Match holds a weak tag (W/), which names no version."
    ),
    "server_error": Text(zh="服务器内部出错，已记录。", en="Something broke on our side; it has been recorded."),
    "unavailable": Text(zh="服务暂时不可用，请稍后再试。", en="The service is unavailable for the moment; try again."),
    # of one field
    "invalid": Text(zh="值无效。", en="The value is not valid."),
    "required": Text(zh="此项必填。", en="This field is required."),
    "blank": Text(zh="此项不能为空。", en="This field may not be blank."),
    "null": Text(zh="此项不能为 null。", en="This field may not be null."),
    "max_length": Text(zh="内容过长。", en="The text is too long."),
    "min_length": Text(zh="内容过短。", en="The text is too short."),
    "max_value": Text(zh="数值过大。", en="The number is too large."),
    "min_value": Text(zh="数值过小。", en="The number is too small."),
    "invalid_choice": Text(zh="不在可选范围内。", en="This is not one of the choices."),
    "does_not_exist": Text(
        zh="所指对象不存在，或您无权查看。", en="What it names does not exist, or you may not see it."
    ),
    "not_a_list": Text(zh="此项应为列表。", en="This should be a list."),
    "empty": Text(zh="列表不能为空。", en="The list may not be empty."),
    "control_character": Text(
        zh="含有控制字符或方向控制符。", en="It holds a control or direction character, which paper would not show."
    ),
    "no_mail_domain": Text(
        zh="无法向此地址发送邮件：@ 之后的域名过长或无效。",
        en="No mail can be sent to this address: the domain behind the @ is too long or none.",
    ),
    "not_a_sha256": Text(zh="应为 64 位十六进制数字。", en="A SHA-256 is 64 hexadecimal digits."),
    "unique": Text(zh="该值已被使用。", en="This value is already taken."),
    "unknown_field": Text(zh="没有这个字段。", en="There is no such field."),
    "read_only_field": Text(zh="此字段只能读取，不能设置。", en="This field can be read but not set."),
    "repeated_field": Text(zh="此字段出现不止一次。", en="This field is there more than once."),
    "unknown_parameter": Text(zh="没有这个查询参数。", en="There is no such query parameter."),
    "repeated_parameter": Text(zh="此查询参数出现不止一次。", en="This query parameter is there more than once."),
    "empty_parameter": Text(zh="此查询参数没有值。", en="This query parameter has no value."),
    "bad_cursor": Text(zh="游标无效。", en="The cursor is not valid here."),
    "bad_limit": Text(zh="limit 应为 1 到 200 的整数。", en="limit is a whole number from 1 to 200."),
}

HINT_BY_CODE = {
    # of the request as a whole
    "bad_request": Text(zh="请对照 /api/v1/schema/ 检查请求。", en="Compare the request with /api/v1/schema/."),
    "malformed_request": Text(
        zh="请检查请求行和标头：不得含有控制字符、折行或未知的传输编码。",
        en="Look at the request line and the headers: no control characters, no folded lines, no unknown coding.",
    ),
    "address_too_long": Text(
        zh="请减少查询参数，或把内容放入请求正文。", en="Send fewer query parameters, or put the content into the body."
    ),
    "headers_too_large": Text(
        zh="请删去不需要的标头，例如过期的 Cookie。", en="Leave out what is not needed, such as old cookies."
    ),
    "malformed_json": Text(zh="请在所示位置改正后再发送。", en="Mend it at the place named and send it again."),
    "malformed_form": Text(
        zh="请按 multipart/form-data 完整发送表单。", en="Send the whole form, as multipart/form-data is written."
    ),
    "too_deep": Text(zh="请减少嵌套层数后再发送。", en="Nest it less deeply and send it again."),
    "number_too_long": Text(zh="请缩短该数字。", en="Write the number with fewer digits."),
    "permission_denied": Text(
        zh="请由有此权限的人员办理，或向管理员申请角色。",
        en="Have somebody with the role do it, or ask an administrator.",
    ),
    "not_found": Text(
        zh="请核对地址和编号，并确认令牌属于有权查看的人员。",
        en="Check the address and the identifier, and whose token it is.",
    ),
    "method_not_allowed": Text(zh="可用的方法见 Allow 标头。", en="The Allow header names the methods."),
    "not_acceptable": Text(zh="请发送 Accept: application/json。", en="Send Accept: application/json."),
    "incomplete_body": Text(zh="请重新发送完整内容。", en="Send all of it once more."),
    "incomplete_form": Text(
        zh="请重新发送整个表单；线路不稳时请用断点续传（tus，/api/v1/uploads/）。",
        en="Send the whole form again; on a line that breaks use a resumable upload (tus, /api/v1/uploads/).",
    ),
    "forbidden_character": Text(zh="请删去该字符。", en="Leave the character out."),
    "length_required": Text(
        zh="请加上 Content-Length，或使用断点续传。", en="Add Content-Length, or use a resumable upload."
    ),
    "too_large": Text(
        zh="请减小内容；大文件请用断点续传。", en="Send less at once; a large file goes by a resumable upload."
    ),
    "version_required": Text(zh="版本见读取时的 ETag。", en="The version is the ETag of what you read."),
    "weak_version": Text(
        zh="请去掉 W/ 后再发送；途中的代理可能改写了标签。",
        en="Leave W/ out and send it again; a proxy on the way may have put it there.",
    ),
    "malformed_version": Text(
        zh='请照读取时的 ETag 连同引号填写，例如 If-Match: "2"。',
        en='Write it as the ETag of what you read, quotes included, such as If-Match: "2".',
    ),
    # of one field
    "invalid": Text(zh="请对照 /api/v1/schema/ 填写。", en="Write it as /api/v1/schema/ describes."),
    "required": Text(zh="请补上此项。", en="Add it."),
    "blank": Text(zh="请填写内容。", en="Write something in it."),
    "null": Text(zh="请填写内容，或删去该字段。", en="Write something in it, or leave the field out."),
    "max_length": Text(zh="请缩短内容。", en="Shorten it."),
    "min_length": Text(zh="请写得更完整。", en="Write more."),
    "max_value": Text(zh="请填写较小的数值。", en="Write a smaller number."),
    "min_value": Text(zh="请填写较大的数值。", en="Write a larger number."),
    "max_digits": Text(zh="请少写几位。", en="Write it with fewer digits."),
    "max_whole_digits": Text(zh="请填写较小的数值。", en="Write a smaller number."),
    "max_decimal_places": Text(zh="请减少小数位数。", en="Write fewer digits after the point."),
    "invalid_choice": Text(zh="可选值见 /api/v1/schema/。", en="The choices stand in /api/v1/schema/."),
    "does_not_exist": Text(
        zh="请核对编号，并确认令牌属于有权查看的人员。", en="Check the identifier, and whose token it is."
    ),
    "not_a_list": Text(zh="请用方括号列出。", en="Write it as a list, in brackets."),
    "not_a_dict": Text(zh="请按“名称: 值”填写。", en="Write it as an object of names and values."),
    "empty": Text(zh="请至少填写一项。", en="Put at least one thing into it."),
    "unique": Text(zh="请换一个值。", en="Choose another value."),
    "repeated_field": Text(zh="请只保留一个。", en="Leave one of them."),
    "repeated_parameter": Text(zh="请只保留一个。", en="Leave one of them."),
    "empty_parameter": Text(zh="请填写值，或删去该参数。", en="Give it a value, or leave it out."),
    "bad_limit": Text(zh="请填写 1 到 200，或删去该参数。", en="Write 1 to 200, or leave it out."),
    "second_factor_missing": Text(
        zh="请在网页登录并完成设置或验证。", en="Sign in with a browser, and set it up or prove it there."
    ),
    "not_authenticated": Text(
        zh="发送 Authorization: Token …；令牌由 POST /api/v1/tokens/ 取得。",
        en="Send Authorization: Token …; POST /api/v1/tokens/ gives one.",
    ),
    "authentication_failed": Text(
        zh="请用 POST /api/v1/tokens/ 重新取得令牌。", en="Get a new one from POST /api/v1/tokens/."
    ),
    "unsupported_media_type": Text(zh="请发送 UTF-8 编码的 application/json。", en="Send application/json in UTF-8."),
    "bad_cursor": Text(
        zh="请使用上一页给出的 next 或 previous。", en="Follow next or previous of the page before, unchanged."
    ),
    "control_character": Text(
        zh="请删去该字符，或重新键入这段文字。", en="Leave the character out, or type the words anew."
    ),
    "no_mail_domain": Text(zh="请核对域名，或改用其他地址。", en="Look at the domain again, or use another address."),
    "not_a_sha256": Text(
        zh="请用 sha256sum 对文件求得，填写完整的值。", en="Take all of what sha256sum says of the file."
    ),
    "password_too_weak": Text(zh="请换一个更长、更少见的密码。", en="Choose a longer and less common one."),
    "unknown_field": Text(zh="请删去该字段，或检查拼写。", en="Leave it out, or check its spelling."),
    "read_only_field": Text(zh="请删去该字段。", en="Leave it out."),
    "unknown_parameter": Text(zh="请删去该参数，或检查拼写。", en="Leave it out, or check its spelling."),
    "throttled": Text(zh="请等待 Retry-After 所示的秒数。", en="Wait for the seconds of Retry-After."),
    "server_error": Text(zh="请向管理员提供 request_id。", en="Give the request_id to the administrator."),
    "unavailable": Text(zh="已提交的内容没有丢失。", en="Nothing that was accepted is lost."),
}
