"""The grammar of HTTP/1.1 as compiled patterns, each with the section that it comes from.

Heads are matched as text decoded from ISO-8859-1, so that one pass yields the strings of a message; chunk lines are
matched as octets. All patterns are possessive or have disjoint neighbours: none of them backtracks far.
"""

import re

# RFC 9110 section 5.6.2: token
_NAME = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]++"

# RFC 9110 section 5.5: VCHAR, obs-text, SP and HTAB; every other control octet (NUL, bare CR, bare LF) is refused.
_VALUE = r"[\t\x20-\x7e\x80-\xff]*+"

# RFC 9112 section 5: field-name ":" OWS field-value OWS; no space before the colon (5.1), no obs-fold (5.2).
# White space behind the value stays in the match: it is rare, and cutting it off here would cost every line.
# Without the anchor a search would begin inside a malformed line, and find a name that is none.
FIELD_LINE = re.compile(rf"^({_NAME}):[ \t]*+({_VALUE})\r\n", re.MULTILINE)

# RFC 3986 section 3.3 and 3.4, read generously: clients send `|`, `{` or `"` undecoded, but never a fragment.
_PATH = r"/[\x21\x22\x24-\x3e\x40-\x7e]*+"
_QUERY = r"[\x21\x22\x24-\x7e]*+"

# RFC 9112 section 3 with the target in origin-form (3.2.1), which is what nearly every request has and CONNECT cannot.
ORIGIN_REQUEST_LINE = re.compile(rf"(?!CONNECT )({_NAME}) ({_PATH})(?:\?({_QUERY}))?+ HTTP/1\.([0-9])\r\n")

# RFC 9112 section 3: method SP request-target SP HTTP-version; the parts are judged one by one.
REQUEST_LINE = re.compile(rf"({_NAME}) ([\x21-\x7e]++) HTTP/([0-9])\.([0-9])\r\n")

# RFC 3986 section 3.2.2: uri-host; RFC 9110 section 7.2: Host = uri-host [ ":" port ]. An empty host is refused
# because no http URI has one (RFC 9110 section 4.2.1).
_HOST = r"(?:\[[0-9A-Fa-f:.]++\]|\[v[0-9A-Fa-f]++\.[A-Za-z0-9\-._~!$&'()*+,;=:]++\]|[A-Za-z0-9\-._~!$&'()*+,;=%]++)"
HOST = re.compile(rf"{_HOST}(?::[0-9]{{0,5}})?")

# RFC 9112 section 3.2.2: absolute-form, without userinfo (RFC 9110 section 4.2.4).
ABSOLUTE_FORM = re.compile(rf"(?i:https?)://({_HOST}(?::[0-9]{{0,5}})?)({_PATH})?+(?:\?({_QUERY}))?+")

# RFC 9112 section 3.2.3: authority-form = uri-host ":" port
AUTHORITY_FORM = re.compile(rf"{_HOST}:[0-9]{{1,5}}")

# RFC 9110 section 8.6: Content-Length = 1*DIGIT
LENGTH = re.compile(r"[0-9]++")

# RFC 9112 section 7.1 and 7.1.1: chunk-size [ chunk-ext ] CRLF; sixteen digits hold more than anybody can send.
_OCTET_NAME = _NAME.encode()
_QUOTED = rb'"(?:[\t\x20\x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t\x20-\x7e\x80-\xff])*+"'
CHUNK_LINE = re.compile(
    rb"([0-9A-Fa-f]{1,16})((?:[ \t]*;[ \t]*%b(?:[ \t]*=[ \t]*(?:%b|%b))?)*)\r\n" % (_OCTET_NAME, _OCTET_NAME, _QUOTED)
)

# RFC 9112 section 7.1.2: the lines of a trailer section have the form of field lines.
TRAILER_LINE = re.compile(_OCTET_NAME + rb":[\t\x20-\x7e\x80-\xff]*+\r\n")

# RFC 9112 section 2.2: a bare LF might be a line's end to somebody else, so it is none to us.
BARE_LF = re.compile(rb"(?<!\r)\n")
BARE_CR = re.compile(r"\r(?!\n)")

# RFC 9110 section 5.6.2 for the octet that a request must begin with.
TOKEN_OCTETS = frozenset(b"!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")

# What a handler's field lines must look like to be written as they are: grammatical, and none of the fields that
# `wire` writes itself. The fields that begin with other letters never reach the inner look-ahead.
PLAIN_FIELD_LINES = re.compile(
    r"(?:(?![cCdDkKpPtTuU](?i:onnection|ontent-length|ate|eep-alive|roxy-connection|railer|ransfer-encoding|pgrade):)"
    rf"{_NAME}: {_VALUE}\r\n)*+"
)
