"""From bytes to text, without guessing.

In this order: byte-order mark, UTF-16 by its NUL pattern, strict UTF-8, strict GB18030 with a known header word, a code page, or ask.
"""

import codecs
import re
from dataclasses import dataclass
from functools import lru_cache

from instruments.contract import ParseError

# Header words of Chinese instrument and laboratory tables; strict GB18030 alone proves nothing.
CHINESE_HEADER_WORDS = (
    "反应孔",
    "孔位",
    "孔号",
    "样本",
    "样品",
    "标本",
    "通道",
    "荧光",
    "染料",
    "目标",
    "靶标",
    "基因",
    "项目",
    "检测项目",
    "分析物",
    "结果",
    "浓度",
    "含量",
    "单位",
    "编号",
    "名称",
    "日期",
    "时间",
    "重复",
    "备注",
    "Ct值",
    "Cq值",
)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ALLOWED = ("utf-8", "utf-16-le", "utf-16-be", "gb18030", "big5", "shift_jis", "cp949", "cp1252", "latin-1", "mac-roman", "ascii")
_HEAD = 8192  # a header word must stand in the first lines
_LATIN_UNIT = re.compile(rb"[\xb5][gGlLmMsSAVUkKFIN]|\xb0[CFK]")


@dataclass(frozen=True)
class Decoded:
    """The whole text, and the encoding that gave it."""

    text: str
    encoding: str


def decode(content: bytes, chosen: str | None = None, code_pages: tuple[str, ...] = ()) -> Decoded:
    """Decode strictly, in the order of the docstring above; `chosen` is a person's answer, `code_pages` what the format is known to use."""
    if not content:
        raise ParseError("empty_file", "The file is empty (0 bytes). Export it again from the instrument.")
    if chosen is not None:
        return _as_chosen(content, chosen)
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _whole(content[len(mark) :], encoding)
    if b"\0" in content:
        return _by_nul_pattern(content)
    try:
        return Decoded(content.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        return _not_utf8(content, error.start, code_pages)


def _as_chosen(content: bytes, chosen: str) -> Decoded:
    try:
        name = codecs.lookup(chosen).name
    except LookupError:
        name = ""
    if name not in {codecs.lookup(allowed).name for allowed in _ALLOWED}:
        raise ParseError(
            "encoding_not_offered", 'The encoding "%(encoding)s" is not one of: %(offered)s.', encoding=chosen, offered=", ".join(_ALLOWED)
        )
    for mark, encoding in _MARKS:
        if content.startswith(mark) and codecs.lookup(encoding).name == name:
            content = content[len(mark) :]
    return _whole(content, name)


def _whole(content: bytes, encoding: str) -> Decoded:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise ParseError(
            "not_decodable",
            "%(place)s is not %(encoding)s. Choose the encoding, or export the file again.",
            place := _place(content, error.start),
            place=place,
            encoding=encoding,
        ) from error
    if "\0" in text:
        raise _nul_bytes(content)
    return Decoded(text, encoding)


def _by_nul_pattern(content: bytes) -> Decoded:
    """UTF-16 without mark: every ASCII character has its NUL on the same side."""
    odd, even = content[1::2].count(0), content[0::2].count(0)
    if len(content) % 2 == 0 and odd + even >= max(4, len(content) // 20):
        encoding = "utf-16-le" if odd >= 9 * even else "utf-16-be" if even >= 9 * odd else None
        if encoding is not None:
            return _whole(content, encoding)
    raise _nul_bytes(content)


def _nul_bytes(content: bytes) -> ParseError:
    return ParseError(
        "nul_bytes",
        "%(place)s is a NUL byte, which no text file holds. Export the file again as text, CSV or Excel.",
        place := _place(content, content.find(b"\0")),
        place=place,
    )


def _not_utf8(content: bytes, start: int, code_pages: tuple[str, ...]) -> Decoded:
    """UTF-8 up to `start`: Chinese before it shows two encodings; a Chinese heading in strict GB18030 decides before Western letters do."""
    if any(sign >= "\u2e80" for sign in content[:start].decode("utf-8")):
        raise _mixed(content, start)
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError:
        text = ""
    if any(word in text[:_HEAD] for word in CHINESE_HEADER_WORDS):
        _refuse_western_units(content)
        return Decoded(text, "gb18030")
    if re.search(rb"[\xc2-\xf4][\x80-\xbf]", content[:start]):
        raise _mixed(content, start)
    return _by_code_page(content, start, code_pages)


def _mixed(content: bytes, start: int) -> ParseError:
    return ParseError(
        "mixed_encoding",
        "%(place)s is not UTF-8, although the file is up to there. Two files may have been joined; export it again.",
        place := _place(content, start),
        place=place,
    )


def _refuse_western_units(content: bytes) -> None:
    for found in _LATIN_UNIT.finditer(content):
        if not _inside_chinese(content, found.start()):
            raise ParseError(
                "encoding_doubtful",
                "%(place)s reads as Chinese but may be a Western unit (µ or °). Choose the encoding.",
                place := _place(content, found.start()),
                place=place,
            )


def _inside_chinese(content: bytes, start: int) -> bool:
    """Whether the byte at `start` is the second half of a character: the bytes before it decide."""
    run = start
    while run > 0 and content[run - 1] >= 0x80:
        run -= 1
    return (start - run) % 2 == 1


def _by_code_page(content: bytes, start: int, code_pages: tuple[str, ...]) -> Decoded:
    for code_page in code_pages:
        try:
            return Decoded(content.decode(code_page), code_page)
        except UnicodeDecodeError:
            continue
    raise ParseError(
        "encoding_unknown",
        "%(place)s is not UTF-8, and no known Chinese heading shows that the file is GB18030. Choose the encoding, or save it as UTF-8.",
        place := _place(content, start),
        place=place,
    )


def _place(content: bytes, offset: int) -> str:
    before = content[:offset].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return f"line {before.count(10) + 1}, byte {offset + 1}"


def lines_of(text: str) -> list[str]:
    """Physical lines: CR LF, LF and bare CR end a line; nothing else does (str.splitlines also splits at form feeds and the like)."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x2212: 0x2D}


LONGEST_HEADING = 200
_LOOK_LATIN = str.maketrans("СсТт", "CcTt")


def half_width(text: str) -> str:
    """Full-width letters, digits and signs as ASCII; nothing else is changed."""
    return text if text.isascii() else text.translate(_FULL_WIDTH)


def heading_key(text: str) -> str:
    """A heading without what writers vary: width, case, spaces, underscores, and Cyrillic letters that look Latin."""
    return _short_key(text) if len(text) <= LONGEST_HEADING else _heading_key(text)


@lru_cache(maxsize=4096)
def _short_key(text: str) -> str:
    return _heading_key(text)


def _heading_key(text: str) -> str:
    return half_width(text).translate(_LOOK_LATIN).casefold().replace("_", " ").replace(" ", "").replace("\n", "").strip(".:")


def has_control_characters(text: str) -> bool:
    """Control and direction characters, which hide what an identifier really is."""
    if text.isascii() and text.isprintable():
        return False
    return _CONTROL.search(text) is not None


_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffd]")
