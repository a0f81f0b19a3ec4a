"""The text of a mail in which a patch may stand: MIME, transfer encodings, charsets and flowed lines undone."""

from __future__ import annotations

import binascii
import quopri
import re
from email.errors import MessageError
from email.message import Message as MimePart
from email.parser import BytesParser, Parser
from email.policy import compat32
from email.utils import collapse_rfc2231_value

from reviewbot.mail.charset import decode_text
from reviewbot.mail.flowed import unflow
from reviewbot.mail.headers import HeaderBlock
from reviewbot.mail.html_text import html_text
from reviewbot.mail.limits import Limits
from reviewbot.patterns import regex
from reviewbot.values import dataclass

__all__ = ["Body", "read_body"]

_PATCH_NAME = regex(r"\.(?:patch|diff|dif)(?:\.txt)?$", re.IGNORECASE)
_PATCH_TYPES = {"text/x-patch", "text/x-diff", "text/patch", "text/diff", "application/x-patch", "application/x-diff"}
_LOOKS_LIKE_DIFF = regex(r"^(?:diff --git |--- \S+.*\n\+\+\+ \S+)", re.MULTILINE)
_PLAIN_EQUALS = regex(rb"=(?![0-9A-F]{2}|[ \t]*\r?\n)")
_WRITTEN_OUT = regex(rb"=3D|=09|=20\r?\n|=[CDE][0-9A-F]=[89AB][0-9A-F]")
_HTML_ONLY = "the mail is HTML only; its text is read as a browser shows it"
_BASE64_JUNK = regex(rb"[^A-Za-z0-9+/]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The text, line ends as LF, and one-line notices."""

    text: str
    warnings: tuple[str, ...]


def read_body(raw: bytes, head_end: int, headers: HeaderBlock, limits: Limits) -> Body:
    """Return the text of the message `raw`, whose body starts at `head_end`."""
    content_type = headers.first("Content-Type")
    if content_type.lower().startswith(("multipart/", "message/")):
        lowered = raw.lower()
        containers = lowered.count(b"multipart/") + lowered.count(b"message/rfc822")
        if containers <= limits.parts:
            return _read_parts(raw)
        body = _read_leaf(raw[head_end:], "", "text/plain")
        notice = f"more than {limits.parts} nested MIME parts; the mail is read as plain text"
        return Body(text=body.text, warnings=(notice, *body.warnings))
    return _read_leaf(raw[head_end:], headers.first("Content-Transfer-Encoding"), content_type)


def _read_leaf(data: bytes, encoding: str, content_type: str) -> Body:
    """Return the text of one part that is not a container."""
    parameters = _parameters(content_type)
    kind = content_type.partition(";")[0].strip().lower()
    if kind and not kind.startswith("text/") and kind not in _PATCH_TYPES:
        return Body(text="", warnings=(f"the mail is of the type '{kind[:60]}' and has no text",))
    decoded, notice = _undo_transfer(data, encoding)
    text, charset_notice = decode_text(decoded, parameters.get("charset", ""))
    if kind == "text/html":
        return Body(text=html_text(text), warnings=(_HTML_ONLY,))
    return _finish(text, parameters, [notice, charset_notice])


def _finish(text: str, parameters: dict[str, str], notices: list[str]) -> Body:
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
        notices.append("the text holds NUL bytes")
    if parameters.get("format", "").lower() == "flowed":
        text = unflow(text, delete_space=parameters.get("delsp", "").lower() == "yes")
    return Body(text=text, warnings=tuple(notice for notice in notices if notice))


def _undo_transfer(data: bytes, encoding: str) -> tuple[bytes, str]:
    """Return the bytes behind a Content-Transfer-Encoding, and a notice when they are damaged."""
    match encoding.strip().lower():
        case "quoted-printable":
            return quopri.decodestring(data), ""
        case "base64":
            return _undo_base64(data)
        case "" | "7bit" | "8bit" | "binary" | "8-bit" | "7-bit":
            if _is_quoted_printable(data):
                return quopri.decodestring(data), "the text is quoted-printable and no header says so"
            return data, ""
        case other:
            return data, f"the transfer encoding '{other[:40]}' is unknown; read as it stands"


def _is_quoted_printable(data: bytes) -> bool:
    """Return whether every `=` of the text is one that quoted-printable writes, and there are some.

    A list that rebuilds a mail may lose the header; C code as it stands has an `=` with a blank behind it.
    """
    return b"\n@@" in data and _WRITTEN_OUT.search(data) is not None and not _PLAIN_EQUALS.search(data)


def _undo_base64(data: bytes) -> tuple[bytes, str]:
    # Mailing lists append their footer as plain text behind the base64; the encoding ends where the padding stands.
    packed = data.partition(b"\n\n")[0] if b"\n\n" in data.strip() else data
    padded = packed.rstrip()
    clean = _BASE64_JUNK.sub(b"", padded.partition(b"=")[0])
    clean = clean[: len(clean) - (len(clean) % 4 == 1)]
    notice = "" if len(_BASE64_JUNK.sub(b"", padded)) == len(clean) else "the base64 text is damaged"
    try:
        return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4)), notice
    except binascii.Error:
        return data, "the base64 text is damaged; read as it stands"


def _parameters(content_type: str) -> dict[str, str]:
    """Return the parameters of a Content-Type header, names in lower case."""
    if ";" not in content_type:
        return {}
    try:
        # The compat32 parser alone knows about RFC 2231 continuations and quoting.
        pairs = Parser(policy=compat32).parsestr(f"Content-Type: {content_type[:4000]}\n\n").get_params(failobj=[])
        return {str(name).lower(): collapse_rfc2231_value(value) for name, value in pairs or []}
    except (MessageError, ValueError, LookupError, TypeError, IndexError):
        return {}


def _read_parts(raw: bytes) -> Body:
    """Return the text parts of a MIME container: the readable alternative first, then patches, in order."""
    try:
        root = BytesParser(policy=compat32).parsebytes(raw)
        texts: list[str] = []
        pages: list[str] = []
        notices: list[str] = []
        for part in _leaves(root, notices):
            body = _read_part(part)
            if body is None and part.get_content_type() == "text/html":
                pages.append(_page(part))
            if body is not None:
                texts.append(body.text)
                notices.extend(body.warnings)
    except (MessageError, ValueError, LookupError, RecursionError, TypeError, AttributeError, IndexError) as error:
        return Body(text="", warnings=(f"the MIME structure cannot be read ({type(error).__name__})",))
    if not texts and pages:
        return Body(text=html_text("\n".join(pages)), warnings=(_HTML_ONLY, *dict.fromkeys(notices)))
    if not texts:
        notices.append("no part of the mail is plain text")
    return Body(text="\n".join(text if text.endswith("\n") else f"{text}\n" for text in texts),
                warnings=tuple(dict.fromkeys(notices)))


def _leaves(root: MimePart, notices: list[str]) -> list[MimePart]:
    """Return the leaves worth reading, without recursion; of an alternative only the plain text."""
    leaves: list[MimePart] = []
    pending = [root]
    while pending:
        part = pending.pop()
        kind = part.get_content_type()
        if kind.startswith("message/"):
            notices.append(f"a part of the type '{kind}' is not read")
            continue
        payload = part.get_payload()
        if not part.is_multipart() or not isinstance(payload, list):
            leaves.append(part)
            continue
        children = [child for child in payload if isinstance(child, MimePart)]
        if kind == "multipart/alternative":
            plain = [child for child in children if child.get_content_type() != "text/html"]
            children = plain[:1] or children[:1]
        pending.extend(reversed(children))
    return leaves


def _read_part(part: MimePart) -> Body | None:
    """Return the text of a leaf, or None when it is neither text nor a patch."""
    kind = part.get_content_type()
    name = part.get_filename() or ""
    attached = bool(name) or str(part.get("Content-Disposition", "")).lower().startswith("attachment")
    is_patch = kind in _PATCH_TYPES or bool(_PATCH_NAME.search(str(name)))
    if kind in {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}:
        return None
    if kind.startswith("multipart/"):
        # A container that was cut off has text where its parts should be.
        kind, attached = "text/plain", False
    if not is_patch and (not kind.startswith("text/") or kind == "text/html"):
        return Body(text="", warnings=(f"a part of the type '{kind}' is not read",)) if kind != "text/html" else None
    parameters = {} if not part.get("Content-Type") else _parameters(str(part.get("Content-Type")))
    payload = part.get_payload()
    data = str(payload).encode("ascii", "surrogateescape") if _only_bytes(str(payload)) else str(payload).encode()
    decoded, notice = _undo_transfer(data, str(part.get("Content-Transfer-Encoding", "")))
    text, charset_notice = decode_text(decoded, parameters.get("charset", ""))
    if attached and not is_patch and not _LOOKS_LIKE_DIFF.search(text):
        return Body(text="", warnings=(f"the attachment '{str(name)[:60]}' is no patch and is not read",))
    return _finish(text, parameters, [notice, charset_notice])


def _page(part: MimePart) -> str:
    """Return the marked-up text of a part that is HTML."""
    payload = str(part.get_payload())
    data = payload.encode("ascii", "surrogateescape") if _only_bytes(payload) else payload.encode()
    decoded, _ = _undo_transfer(data, str(part.get("Content-Transfer-Encoding", "")))
    return decode_text(decoded, _parameters(str(part.get("Content-Type"))).get("charset", ""))[0]


def _only_bytes(text: str) -> bool:
    """Return whether the text is ASCII with escaped bytes, as the parser keeps 8-bit parts."""
    return all(char < "\x80" or "\udc80" <= char <= "\udcff" for char in text)
