"""Function headers: name, return type and parameters, through the annotations that only the kernel knows."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from reviewbot.cfacts.lexer import KEYWORDS, Lines, Token, squash_c, tokens
from reviewbot.patterns import regex
from reviewbot.values import dataclass

__all__ = ["ANNOTATIONS", "Header", "is_annotation", "parameter_name", "read_header", "without_checks"]

ANNOTATIONS = frozenset({
    "__attribute__", "__attribute", "__acquires", "__releases", "__must_hold", "__cond_acquires", "__cond_lock",
    "__acquires_shared", "__releases_shared", "__must_hold_shared", "__guarded_by", "__no_context_analysis",
    "__printf", "__scanf", "__section", "__aligned", "__alloc_size", "__realloc_size", "__assume_aligned", "__malloc",
    "__diag_push", "__bpf_kfunc", "__must_check", "__init", "__exit", "__init_or_module", "__initdata", "__exitdata",
    "__ref", "__refdata", "__meminit", "__memexit", "__meminitdata", "__cpuinit", "__devinit", "__devexit",
    "__init_refok", "__always_inline", "__always_unused", "__maybe_unused", "__used", "__unused", "__weak", "__cold",
    "__hot", "__pure", "__attribute_const__", "__noreturn", "__visible", "__flatten", "__deprecated",
    "__latent_entropy",
    "__user", "__kernel", "__iomem", "__percpu", "__rcu", "__force", "__bitwise", "__private", "__nocast", "__safe",
    "__read_mostly", "__ro_after_init", "__randomize_layout", "__packed", "__designated_init", "__refcounted",
    "__sched", "__kprobes", "__lockfunc", "__net_init", "__net_exit", "__cacheline_aligned", "__alias", "__copy",
    "__cacheline_aligned_in_smp", "____cacheline_aligned", "____cacheline_aligned_in_smp", "__no_sanitize_address",
    "__no_kcsan", "__no_kmsan_checks", "__no_sanitize_memory", "__no_sanitize_undefined", "__no_sanitize_thread",
    "__no_kasan_or_inline", "__no_sanitize_or_inline", "__no_stack_protector", "__no_profile", "__nocfi", "__naked",
    "__no_randomize_layout", "__no_caller_saved_registers", "__noscs", "__noinitretpoline", "__noendbr",
    "__softirq_entry",
    "__irq_entry", "__exception_irq_entry", "__entry_text", "__cpuidle", "__nostackprotector", "__nmi_text", "__head",
    "__sanitize_coverage", "__signed", "__extension__", "__restrict", "__inline", "__inline__", "__bpf_kfunc_start",
    "__counted_by", "__free", "__cleanup", "__no_fgcse", "__mockable", "__no_instrument_function", "__ref_text",
    "__earlyfn", "__xip_only", "__syscall", "__asmlinkage", "__gpf_entry", "__vsyscall_fn", "__compat_init",
    "asmlinkage", "noinline", "notrace", "noinstr", "noinline_for_stack", "noinline_for_tracing", "fastcall",
    "noinline_if_stackdepot", "inline_for_stack", "notrace_on_ppc", "visible_if_kunit", "VISIBLE_IF_KUNIT", "kprobes",
    "nokprobe_inline", "always_inline", "__bpf_hook_start", "__always_inline__", "STACK_FRAME_NON_STANDARD", "UACCESS",
    "EFI_RT", "__efi_runtime", "__efiapi", "regparm", "__primary_key", "__cpu_init", "__fpu", "_Noreturn",
})
_CHECKS = regex(r"\b(?:__must_check|__user|__force|__private|__nocast|__maybe_unused|__always_unused)\b ?"
                r"|\b__(?:acquires|releases|must_hold|cond_acquires|guarded_by)(?:_shared)?\([^()]*\) ?")
"""What a compiler or sparse is told to check: the function does the same without it."""
_STORAGE = frozenset({"static", "extern", "inline", "register", "auto", "__inline", "__inline__", "__always_inline",
                      "always_inline", "nokprobe_inline"})
_UNKNOWN_ANNOTATION = regex(r"_{2,}[a-z]\w*")
_DEFINING = regex(r"[A-Z][A-Z0-9_]*DEFINE\w*|[A-Z][A-Z0-9_]+|DEFINE_\w+|__\w*DEFINE\w*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What stands before a function's body. An empty `name` is a function whose head is not in sight.

    `start` and `name_offset` are byte offsets; `by_macro` is the macro that writes the header, if one does.
    """

    name: str = ""
    start: int = 0
    name_offset: int = -1
    returns: str = ""
    static: bool = False
    inline: bool = False
    must_check: bool = False
    parameters: tuple[str, ...] = ()
    signature: str = ""
    by_macro: str = ""


def is_annotation(name: str) -> bool:
    """Return whether a name is a known annotation of kernel C."""
    return name in ANNOTATIONS


def without_checks(code: str) -> str:
    """Return C code of one line without the annotations that say what is to be checked and change nothing else."""
    return _CHECKS.sub("", code) if "__" in code else code


def read_header(data: bytes, start: int, end: int) -> Header | None:
    """Return the function header that ends at `end`, where the body starts; None when it is no function.

    `start` is where the text between the last top-level item and the body starts. Accepted: declaration
    specifiers, annotations with or without arguments, `name(parameters)`, annotations; or `MACRO(name, ...)`.
    """
    fresh = start == 0 or data[start - 1:start] == b"\n"
    # The `;` says that something stands on the line, which makes a `#` no directive, and ends whatever it was.
    header = _read(data[start:end] if fresh else b";" + data[start:end])
    if header is None:
        return None
    moved = start if fresh else start - 1
    return replace(header, start=header.start + moved,
                   name_offset=header.name_offset + moved if header.name_offset >= 0 else -1)


@lru_cache(maxsize=4096)
def _read(data: bytes) -> Header | None:
    """Return the header that ends with this text; most headers are the same before and after every patch."""
    end = len(data)
    words = [word for word in tokens(data, lines=_NO_LINES) if word.kind != "directive"]
    words = _last_item(words)
    if len(words) < 3 or any(word.text == "=" for word in _outside_brackets(words)):
        return None
    groups = _groups(words)
    last = next((group for group in reversed(groups) if not is_annotation(words[group[0] - 1].text)), None)
    trailing = words[groups[-1][1] + 1:] if groups else []
    if last is None or any(word.kind != "name" or not _may_trail(word.text) for word in trailing):
        return None
    chosen = _choose(words, groups)
    if chosen is None:
        return None
    opening, closing = chosen
    name = words[opening - 1]
    if name.text in KEYWORDS:
        return None
    before = words[_after_macro_calls(words[:opening - 1]):opening - 1]
    first = before[0].offset if before else name.offset
    if not before and _DEFINING.fullmatch(name.text):
        return _by_macro(words, data, opening, closing, end)
    return Header(
        name=name.text, start=first, name_offset=name.offset, returns=_return_type(before),
        static=any(word.text == "static" for word in before),
        inline=any(word.text in _STORAGE - {"static", "extern", "register", "auto"} for word in before),
        must_check=any(word.text == "__must_check" for word in words),
        parameters=_parameters(words[opening + 1:closing], data),
        signature=squash_c(data[first:end]))


_NO_LINES = Lines(b"")  # nobody asks for lines here, so the file is not indexed again


def _last_item(words: list[Token]) -> list[Token]:
    """Return the words behind the last top-level `;` or `}`."""
    level = 0
    for index in range(len(words) - 1, -1, -1):
        text = words[index].text
        if text in {")", "]"}:
            level += 1
        elif text in {"(", "["}:
            level -= 1
        elif level <= 0 and text in {";", "}", "{"}:
            return words[index + 1:]
    return words


def _outside_brackets(words: list[Token]) -> list[Token]:
    found, level = [], 0
    for word in words:
        if word.text in {"(", "["}:
            level += 1
        elif word.text in {")", "]"}:
            level -= 1
        elif level == 0:
            found.append(word)
    return found


def _groups(words: list[Token]) -> list[tuple[int, int]]:
    """Return the top-level bracket groups that follow a name, as (index of `(`, index of `)`)."""
    groups, level, opening = [], 0, -1
    for index, word in enumerate(words):
        if word.text == "(":
            if level == 0:
                opening = index
            level += 1
        elif word.text == ")" and level:
            level -= 1
            if level == 0 and opening > 0 and words[opening - 1].kind == "name":
                groups.append((opening, index))
    return groups


def _may_trail(name: str) -> bool:
    return is_annotation(name) or bool(_UNKNOWN_ANNOTATION.fullmatch(name)) or name.isupper() or name == "const"


def _choose(words: list[Token], groups: list[tuple[int, int]]) -> tuple[int, int] | None:
    """Return the bracket group of the parameters: the last one whose name stands behind a type."""
    candidates = [group for group in groups if not is_annotation(words[group[0] - 1].text)]
    for opening, closing in reversed(candidates):
        before = words[opening - 2] if opening > 1 else None
        if before is not None and (before.text == "*" or (before.kind == "name" and before.text != "struct")):
            return opening, closing
    return candidates[-1] if candidates else None


def _after_macro_calls(words: list[Token]) -> int:
    """Return where the specifiers start: behind a macro call of a line above that has no `;` (`module_init(x)`)."""
    start = 0
    for opening, closing in _groups(words):
        called = words[opening - 1].text
        if not is_annotation(called) and called not in KEYWORDS and not _UNKNOWN_ANNOTATION.fullmatch(called):
            start = closing + 1
    return start


def _return_type(words: list[Token]) -> str:
    kept: list[str] = []
    level = 0
    for word in words:
        if word.text == "(":
            level += 1
        elif word.text == ")":
            level -= 1
        elif level == 0 and not _is_specifier(word.text):
            kept.append(word.text)
    return " ".join(kept).replace("* *", "**")


def _is_specifier(name: str) -> bool:
    """Return whether a word before a function's name says something about the function, not its return type."""
    if name in _STORAGE or is_annotation(name):
        return True
    return bool(_UNKNOWN_ANNOTATION.fullmatch(name)) and not re.fullmatch(
        r"__(?:u|s|le|be|sum|wsum|poll|typeof)\w*|__\w+_t", name)


def _parameters(words: list[Token], data: bytes) -> tuple[str, ...]:
    parts: list[list[Token]] = [[]]
    level = 0
    for word in words:
        if word.text in {"(", "["}:
            level += 1
        elif word.text in {")", "]"}:
            level -= 1
        if word.text == "," and level == 0:
            parts.append([])
        else:
            parts[-1].append(word)
    texts = tuple(squash_c(data[part[0].offset:part[-1].end]) for part in parts if part)
    return () if texts == ("void",) else texts


def _by_macro(words: list[Token], data: bytes, opening: int, closing: int, end: int) -> Header:
    """Return the header that `SYSCALL_DEFINE3(read, ...)` writes: the first argument is the name."""
    macro = words[opening - 1]
    inner = words[opening + 1:closing]
    named = next((word for word in inner if word.kind == "name"), macro)
    return Header(name=named.text, start=words[0].offset, name_offset=named.offset,
                  parameters=_parameters(inner, data)[1:], signature=squash_c(data[words[0].offset:end]),
                  by_macro=macro.text)


@lru_cache(maxsize=4096)  # a function's parameters are named again for each of its calls
def parameter_name(text: str) -> str:
    """Return the name that a parameter declares (`int (*set)(int)` declares `set`), empty when it has none."""
    pointer = re.search(r"\(\s*\*\s*(\w+)", text)
    if pointer:
        return pointer.group(1)
    names = re.findall(r"[A-Za-z_]\w*", re.sub(r"\[.*?\]|__\w+\(.*?\)", "", text))
    return names[-1] if len(names) > 1 and names[-1] not in KEYWORDS else ""
