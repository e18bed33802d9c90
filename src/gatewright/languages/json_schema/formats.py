"""The formats that the validator knows for draft 4. For any other (`date`, `int32`, `byte`, …) every string will do."""

import ipaddress
import re
from collections.abc import Callable
from datetime import datetime
from types import MappingProxyType

from gatewright.languages.patterns import PatternError, check_ecma

Describe = Callable[[str], str | None]
"""Returns what is wrong with a string, None if nothing is."""

_DATE_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.\d{1,12})?(?:[Zz]|[+-]\d\d:?\d\d)", re.ASCII)
_DATE_FORMATS = "[yyyy-MM-dd'T'HH:mm:ssZ, yyyy-MM-dd'T'HH:mm:ss.[0-9]{1,12}Z]"
_EMAIL = re.compile(
    r"(?:[^<>\"]*<)?(?:\"[^\"\\\r\n]*\"|[^\s\x00-\x1f\x7f-\uffff\"(),:;<>@\[\\\]]+)"
    r"@(?:\[[^\[\]\s]*\]|(?!\.)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)>?"
)
_LABEL = re.compile(r"[^\W_](?:[\w-]{0,61}[^\W_])?")
_IPV4 = re.compile(r"(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}", re.ASCII)
_URI = re.compile(
    r"(?:[A-Za-z][A-Za-z0-9+.-]*:(?=[^#])|(?![^/?#]*:))(?:[^\s\x00-\x20\x7f\"%<>\\^`{|}]|%[0-9A-Fa-f]{2})*"
)
_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_MAC = re.compile(r"[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}")
_POINTER = re.compile(r"(?:/(?:[^~/]|~[01])*)*", re.DOTALL)
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]")
_NOT_HEX = re.compile(r"[^0-9A-Fa-f]")


def _date_time(text: str) -> str | None:
    match = _DATE_TIME.fullmatch(text)
    try:
        if match is not None:
            datetime.fromisoformat(f"{match[1]}T{match[2]}")
            return None
    except ValueError:
        pass
    return f'string "{text}" is invalid against requested date format(s) {_DATE_FORMATS}'


def _is_hostname(text: str) -> bool:
    labels = text.removesuffix(".").split(".")
    if len(text) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        return False
    return not labels[-1][0].isdigit()


def _is_ipv6(text: str) -> bool:
    try:
        address = ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return "%" not in text and address.ipv4_mapped is None


def _regex(text: str) -> str | None:
    try:
        check_ecma(text)
    except PatternError:
        return f'string "{text}" is not a valid ECMA 262 regular expression'
    return None


def _base64(text: str) -> str | None:
    if len(text) % 4:
        return f"input has illegal length (must be a multiple of 4, found {len(text)})"
    padding = 2 if text.endswith("==") else 1 if text.endswith("=") else 0
    illegal = _NOT_BASE64.search(text[: len(text) - padding])
    return illegal and f'illegal character "{illegal[0]}" at index {illegal.start()} (not in Base64 alphabet)'


def _hexadecimal(length: int) -> Describe:
    def describe(text: str) -> str | None:
        if len(text) != length:
            return f"input string has incorrect length ({len(text)}, expected {length})"
        illegal = _NOT_HEX.search(text)
        return illegal and f'illegal character "{illegal[0]}" in input at index {illegal.start()}'

    return describe


def _simple(is_valid: Callable[[str], object], message: str) -> Describe:
    return lambda text: None if is_valid(text) else message.replace("%s", text)


FORMATS = MappingProxyType[str, Describe](
    {
        "base64": _base64,
        "date-time": _date_time,
        "email": _simple(_EMAIL.fullmatch, 'string "%s" is not a valid email address'),
        "hostname": _simple(_is_hostname, 'string "%s" is not a valid hostname'),
        "ipv4": _simple(_IPV4.fullmatch, 'string "%s" is not a valid IPv4 address'),
        "ipv6": _simple(_is_ipv6, 'string "%s" is not a valid IPv6 address'),
        "json-pointer": _simple(_POINTER.fullmatch, 'input string "%s" is not a valid JSON Pointer'),
        "mac": _simple(_MAC.fullmatch, 'input string "%s" is not a valid MAC address'),
        "md5": _hexadecimal(32),
        "regex": _regex,
        "sha1": _hexadecimal(40),
        "sha256": _hexadecimal(64),
        "sha512": _hexadecimal(128),
        "uri": _simple(_URI.fullmatch, 'string "%s" is not a valid URI'),
        "uuid": _simple(_UUID.fullmatch, 'input string "%s" is not a valid UUID'),
    }
)
