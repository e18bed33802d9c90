"""The methods of java.lang.String and Character. Positions count UTF-16 units."""

from types import MappingProxyType
from typing import Final

from gatewright.languages.vtl import formats
from gatewright.languages.vtl.arithmetic import truncated
from gatewright.languages.vtl.calls import Run, methods
from gatewright.languages.vtl.errors import TemplateFault
from gatewright.languages.vtl.texts import from_units, units
from gatewright.languages.vtl.values import Character, StringArray

# What String.trim removes: everything up to the space.
_TRIMMED: Final = "".join(map(chr, range(33)))
_LONGEST: Final = 10_485_760
# After how many characters of a text, each a step of Python, the clock is looked at.
_HASHED: Final = 16_384


def _substring(_run: Run, text: str, begin: int, end: int | None = None) -> str:
    plain = units(text)
    end = len(plain) if end is None else end
    if not 0 <= begin <= end <= len(plain):
        raise TemplateFault(f"String index out of range: begin {begin}, end {end}, length {len(plain)}")
    return from_units(plain[begin:end])


def _char_at(_run: Run, text: str, index: int) -> Character:
    plain = units(text)
    if not 0 <= index < len(plain):
        raise TemplateFault(f"String index out of range: {index}")
    return Character(plain[index])


def _index_of(_run: Run, text: str, part: str | int, start: int = 0) -> int:
    wanted = units(part) if isinstance(part, str) else _of_code(part)
    return units(text).find(wanted, max(start, 0)) if max(start, 0) <= len(units(text)) else _past_end(text, wanted)


def _past_end(text: str, wanted: str) -> int:
    return -1 if wanted else len(units(text))


def _last_index_of(_run: Run, text: str, part: str | int, start: int | None = None) -> int:
    wanted = units(part) if isinstance(part, str) else _of_code(part)
    plain = units(text)
    if start is None:
        return plain.rfind(wanted)
    return plain.rfind(wanted, 0, start + len(wanted)) if start >= 0 else -1


def _of_code(code: int) -> str:
    return units(chr(code)) if 0 <= code <= 0x10FFFF else "\x00\x00"


def _replace(run: Run, text: str, old: str, new: str) -> str:
    length = len(text) + text.count(old) * (len(new) - len(old))
    run.charge(length)
    return text.replace(old, new)


def _replace_all(run: Run, text: str, pattern: str, replacement: str) -> str:
    return _charged(run, run.patterns.replace(pattern, text, replacement, _LONGEST))


def _replace_first(run: Run, text: str, pattern: str, replacement: str) -> str:
    return _charged(run, run.patterns.replace(pattern, text, replacement, _LONGEST, 1))


def _charged(run: Run, text: str) -> str:
    run.charge(len(text))
    return text


def _split(run: Run, text: str, pattern: str, limit: int = 0) -> StringArray:
    run.charge(len(text))
    return StringArray(run.patterns.split(pattern, text, limit))


def _concat(run: Run, text: str, other: str) -> str:
    run.charge(len(text) + len(other))
    return text + other


def _repeat(run: Run, text: str, times: int) -> str:
    if times < 0:
        raise TemplateFault(f"count is negative: {times}")
    run.charge(len(text) * times)
    return text * times


def _compare(_run: Run, text: str, other: str) -> int:
    one, two = units(text), units(other)
    for mine, its in zip(one, two, strict=False):
        if mine != its:
            return ord(mine) - ord(its)
    return len(one) - len(two)


def _compare_ignoring_case(run: Run, text: str, other: str) -> int:
    return _compare(run, text.upper().lower(), other.upper().lower())


def _equals_ignoring_case(_run: Run, text: str, other: object) -> bool:
    return isinstance(other, str) and text.upper().lower() == other.upper().lower()


def _hash(run: Run, text: str) -> int:
    found, whole = 0, units(text)
    for start in range(0, len(whole), _HASHED):
        run.watch()
        for character in whole[start : start + _HASHED]:
            found = (found * 31 + ord(character)) & 0xFFFFFFFF
    return truncated(found)


def _upper(run: Run, text: str) -> str:
    return _charged(run, text.upper())


def _lower(run: Run, text: str) -> str:
    return _charged(run, text.lower())


def _starts_with(_run: Run, text: str, prefix: str, offset: int = 0) -> bool:
    return offset >= 0 and units(text).startswith(units(prefix), offset)


def _join(run: Run, _text: str, separator: str, parts: list[object]) -> str:
    return _charged(run, separator.join(run.text(part) for part in parts))


def _format(run: Run, text: str, *arguments: object) -> str:
    values = arguments[0] if len(arguments) == 1 and isinstance(arguments[0], StringArray) else arguments
    return _charged(run, formats.java_format(run, text, tuple(values)))


def _instance_format(run: Run, _text: str, pattern: str, *arguments: object) -> str:
    return _format(run, pattern, *arguments)


def _same(_run: Run, text: str) -> str:
    return text


_FORMATS: Final = MappingProxyType({f"format s{'o' * count}": _instance_format for count in range(9)})
_FORMATTED: Final = MappingProxyType({f"formatted {'o' * count}".strip(): _format for count in range(9)})

STRING = methods(
    {
        "length": lambda _run, text: len(units(text)),
        "isEmpty": lambda _run, text: not text,
        "isBlank": lambda _run, text: not text.strip(),
        "toString": _same,
        "intern": _same,
        "trim": lambda _run, text: text.strip(_TRIMMED),
        "strip": lambda _run, text: text.strip(),
        "stripLeading": lambda _run, text: text.lstrip(),
        "stripTrailing": lambda _run, text: text.rstrip(),
        "toUpperCase": _upper,
        "toLowerCase": _lower,
        "hashCode": _hash,
        "substring i": _substring,
        "substring ii": _substring,
        "subSequence ii": _substring,
        "charAt i": _char_at,
        "codePointAt i": lambda run, text, index: ord(_char_at(run, text, index)),
        "indexOf s": _index_of,
        "indexOf i": _index_of,
        "indexOf si": _index_of,
        "indexOf ii": _index_of,
        "lastIndexOf s": _last_index_of,
        "lastIndexOf i": _last_index_of,
        "lastIndexOf si": _last_index_of,
        "lastIndexOf ii": _last_index_of,
        "contains s": lambda _run, text, part: part in text,
        "startsWith s": _starts_with,
        "startsWith si": _starts_with,
        "endsWith s": lambda _run, text, suffix: text.endswith(suffix),
        "equals o": lambda _run, text, other: other.__class__ is str and text == other,
        "contentEquals s": lambda _run, text, other: text == other,
        "equalsIgnoreCase o": _equals_ignoring_case,
        "compareTo s": _compare,
        "compareToIgnoreCase s": _compare_ignoring_case,
        "concat s": _concat,
        "repeat i": _repeat,
        "replace ss": _replace,
        "replace hh": _replace,
        "replaceAll ss": _replace_all,
        "replaceFirst ss": _replace_first,
        "matches s": lambda run, text, pattern: run.patterns.matches(pattern, text),
        "split s": _split,
        "split si": _split,
        "join sc": _join,
        "valueOf o": lambda run, _text, value: run.text(value),
        **_FORMATS,
        **_FORMATTED,
    }
)

CHARACTER = methods(
    {
        "toString": lambda _run, character: str(character),
        "charValue": lambda _run, character: character,
        "hashCode": lambda _run, character: ord(character),
        "equals o": lambda _run, character, other: other.__class__ is Character and character == other,
        "compareTo h": lambda _run, character, other: ord(character) - ord(other),
    }
)
