"""A review written by hand: three patches on a small tree, with every kind of statement a report can show."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal

from reviewbot.errors import Skip
from reviewbot.findings.types import (
    ArchRow,
    Cell,
    Claim,
    Effect,
    Evidence,
    Finding,
    LevelSetEntry,
    RuleText,
)
from reviewbot.mail.types import Address, Message
from reviewbot.review.page import FirstPage, PageRow, Weight
from reviewbot.review.types import Coverage, Review, Timing
from reviewbot.series.types import Cover, DiffLine, FileDiff, Hunk, Patch, Role, Series, Trailer
from reviewbot.source.types import Applied, Base, LineMap, PatchedFile, PatchedTree, PatchState

FOLLOW_UPS = {1: (Trailer(name="Reviewed-by", value="Bea Keeper <bea@example.com>", via="20260303.1-bea@example.com"),
                  Trailer(name="Acked-by", value="Cy Doe <cy@example.net>", via="20260303.2-eve@example.com",
                          matches=False))}
AUTHOR = Address(name="Ada Example", email="ada@example.org")
SENT = datetime(2026, 3, 2, 9, 15, tzinfo=timezone(timedelta(hours=2)))

GUARD_AFTER = """\
// SPDX-License-Identifier: GPL-2.0
#include <linux/guard_page.h>
#include <linux/set_memory.h>

/* Take a page out of the direct map, or put it back. */
void guard_page(struct page *page, bool present)
{
	int ret;

	if (!present) {
		set_direct_map_invalid_noflush(page);
		return;
	}

	ret = set_direct_map_default_noflush(page);
	if (WARN_ON(ret))
		return;
}
"""

COPY_BEFORE = """\
// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/suspend.h>

static unsigned long copied;

static void copy_words(long *dst, const long *src)
{
	int n;

	for (n = PAGE_SIZE / sizeof(long); n; n--)
		*dst++ = *src++;
}

unsigned long image_pages(void)
{
	return copied;
}

static void copy_one(void *dst, struct page *page)
{
	if (kernel_page_present(page)) {
		copy_words(dst, page_address(page));
	} else {
		kernel_map_pages(page, 1, 1);
		copy_words(dst, page_address(page));
		kernel_map_pages(page, 1, 0);
	}
}

int copy_image(struct page **pages, void *dst, int nr)
{
	int i;

	for (i = 0; i < nr; i++) {
		copy_one(dst, pages[i]);
		dst += PAGE_SIZE;
		copied++;
	}

	set_memory_ro((unsigned long)dst, nr);
	return 0;
}
"""
COPY_AFTER = COPY_BEFORE.replace("\t\tkernel_map_pages(page, 1, 1);\n", "\t\tguard_page(page, true);\n").replace(
    "\t\tkernel_map_pages(page, 1, 0);\n", "\t\tguard_page(page, false);\n").replace(
    "#include <linux/mm.h>\n", "#include <linux/guard_page.h>\n#include <linux/mm.h>\n")

POOL_BEFORE = "".join(f"/* pool line {n} */\n" for n in range(1, 30)) + """\
int pool_seal(struct pool *pool)
{
	int ret = set_memory_ro(pool->start, pool->pages);

	if (ret)
		return ret;

	ret = set_memory_x(pool->start, pool->pages);
	if (ret)
		pool_free(pool);
	return ret;
}
""" + "".join(f"/* pool line {n} */\n" for n in range(40, 60)) + """\
void pool_free(struct pool *pool)
{
	set_memory_rw(pool->start, pool->pages);
	vfree((void *)pool->start);
}
"""
POOL_AFTER = POOL_BEFORE.replace("\t\tpool_free(pool);\n\treturn ret;", "\t\tgoto undo;\n\treturn 0;\n\nundo:\n"
                                 "\tset_memory_rw(pool->start, pool->pages);\n\treturn ret;")
HEADER_BEFORE = """\
#ifndef _LINUX_GUARD_PAGE_H
#define _LINUX_GUARD_PAGE_H

struct page;
#endif
"""
HEADER_AFTER = HEADER_BEFORE.replace("struct page;\n",
                                     "struct page;\n\nvoid guard_page(struct page *page, bool present);\n")


class FakeTree:
    """A tree of nothing: the reports never read from it."""

    kind: Literal["git", "directory", "memory", "none"] = "memory"
    rev = ""

    def read(self, path: str) -> bytes | None:
        return None

    def content_id(self, path: str) -> str | None:
        return None

    def exists(self, path: str) -> bool:
        return False

    def list_files(self, prefix: str = "") -> Iterator[str]:
        return iter(())

    def list_folder(self, path: str) -> tuple[str, ...]:
        return ()

    def search(self, words: Iterable[str], *, prefixes: tuple[str, ...] = (),
               suffixes: tuple[str, ...] = (".c", ".h")) -> tuple[str, ...]:
        return ()

    def search_ahead(self, words: Iterable[str], *, prefixes: tuple[str, ...] = (),
                     suffixes: tuple[str, ...] = (".c", ".h")) -> None:
        return

    def kernel_version(self) -> str:
        return "6.12"


def patched_file(path: str, before: str | None, after: str | None, *, applies: Applied = "clean",
                 note: str = "") -> PatchedFile:
    """Return the file before and after, with the line sets and the map that the source room would give."""
    old, new = (before or "").splitlines(), (after or "").splitlines()
    pairs, added, removed = [], set[int](), set[int]()
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pairs.append((i1 + 1, j1 + 1, i2 - i1))
        else:
            removed.update(range(i1 + 1, i2 + 1))
            added.update(range(j1 + 1, j2 + 1))
    return PatchedFile(path=path, old_path=path if before is not None else "",
                       before=None if before is None else before.encode(),
                       after=None if after is None else after.encode(), added=frozenset(added),
                       removed=frozenset(removed), line_map=LineMap(pairs=tuple(pairs)), applies=applies, note=note)


def file_diff(path: str, before: str | None, after: str | None, *, shift: int = 0) -> FileDiff:
    """Return the diff as a mail would carry it; `shift` moves its line numbers away from the tree's."""
    old, new = (before or "").splitlines(), (after or "").splitlines()
    hunks = []
    for group in difflib.SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(3):
        lines: list[DiffLine] = []
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                lines += [DiffLine(kind=" ", text=old[i], old_line=i + 1 + shift, new_line=i - i1 + j1 + 1 + shift)
                          for i in range(i1, i2)]
            else:
                lines += [DiffLine(kind="-", text=old[i], old_line=i + 1 + shift, new_line=None) for i in range(i1, i2)]
                lines += [DiffLine(kind="+", text=new[j], old_line=None, new_line=j + 1 + shift) for j in range(j1, j2)]
        old_count, new_count = group[-1][2] - group[0][1], group[-1][4] - group[0][3]
        hunks.append(Hunk(old_start=group[0][1] + (1 + shift if old_count else 0), old_count=old_count,
                          new_start=group[0][3] + (1 + shift if new_count else 0), new_count=new_count, section="",
                          lines=tuple(lines)))
    return FileDiff(old_path=path if before is not None else "", new_path=path if after is not None else "",
                    old_blob="", new_blob="", binary=False, hunks=tuple(hunks), raw="")


def patch(index: int, subject: str, files: tuple[FileDiff, ...], changelog: str) -> Patch:
    return Patch(index=index, message_id=f"20260302.{index}-ada@example.org", subject=subject, author=AUTHOR, date=SENT,
                 changelog=changelog, notes="", files=files,
                 trailers=(Trailer(name="Signed-off-by", value="Ada Example <ada@example.org>"),
                           *FOLLOW_UPS.get(index, ())))


def state(index: int, files: tuple[PatchedFile, ...], *, applies: Applied = "clean", note: str = "") -> PatchState:
    return PatchState(index=index, files=files, applies=applies, note=note, before=FakeTree(), after=FakeTree())


def line_of(text: str, code: str, *, nth: int = 1) -> int:
    """Return the 1-based number of the nth line that contains `code`."""
    return [n for n, line in enumerate(text.splitlines(), 1) if code in line][nth - 1]


def source(file: str, line: int, text: str) -> Evidence:
    return Evidence(kind="source", file=file, line=line, text=text, rev="v6.12")


X86 = source("arch/x86/mm/pat/set_memory.c", 2612, "int set_direct_map_default_noflush(struct page *page)")
ARM64 = source("arch/arm64/mm/pageattr.c", 232, "int set_direct_map_default_noflush(struct page *page)")

TABLE = (
    ArchRow(arch="arm64", status="real", does="changes the page's entry; never splits: the map is made of pages when "
            "rodata=full", may_fail=False, splits="cannot", flushes=False, sleeps=False, evidence=(ARM64,)),
    ArchRow(arch="riscv", status="real", does="walks init_mm; a large leaf is split first", may_fail=True,
            errnos=("-ENOMEM",), splits="yes", flushes=False, sleeps=True),
    ArchRow(arch="s390", status="real", does="sets or clears the invalid bit; splits a 1 MiB segment", may_fail=True,
            errnos=("-ENOMEM",), splits="yes", flushes=True, sleeps=False),
    ArchRow(arch="x86", status="real", does="changes the page attribute; splits a 2 MiB or 1 GiB leaf", may_fail=True,
            errnos=("-ENOMEM",), splits="yes", flushes=False, sleeps=False, evidence=(X86,)),
)


def finding(**changes: object) -> Finding:
    values: dict[str, object] = {
        "id": "f1", "rule": "ignored-result", "category": "ret-ignored", "level": "error", "confidence": "high",
        "patch": 1, "message_id": "20260302.1-ada@example.org", "file": "mm/guard.c", "line": 1, "end_line": 1,
        "side": "new", "function": "", "code": "", "symbol": "", "arch": (), "config": "", "message": "",
        "question": "", "evidence": (X86,), "fingerprint": "0" * 16,
    }
    return Finding(**(values | changes))  # type: ignore[arg-type]  # a test's short form


def findings() -> tuple[Finding, ...]:
    lost, warned = line_of(GUARD_AFTER, "invalid_noflush"), line_of(GUARD_AFTER, "WARN_ON")
    mapped = line_of(COPY_AFTER, "guard_page(page, true)")
    return (
        finding(id="ignored-result-1", line=lost, end_line=lost, function="guard_page",
                code="set_direct_map_invalid_noflush(page);", symbol="set_direct_map_invalid_noflush",
                arch=("riscv", "s390", "x86"), config="CONFIG_ARCH_HAS_SET_DIRECT_MAP", table=TABLE,
                fingerprint="a1b2c3d4e5f60718",
                message="'guard_page' drops the result of 'set_direct_map_invalid_noflush', which can fail on riscv, "
                        "s390 and x86.",
                question="What keeps the page from being read through the direct map when "
                         "set_direct_map_invalid_noflush() returns -ENOMEM here?",
                evidence=(X86, source("arch/riscv/mm/pageattr.c", 341,
                                      "int set_direct_map_invalid_noflush(struct page *page)")),
                notes=("set_direct_map_invalid_noflush() may have to split a 2 MiB leaf on x86.",
                       "The split allocates a page table page with GFP_KERNEL; without memory it returns -ENOMEM.")),
        finding(id="warn-only-1", rule="warn-only", category="warn-only", level="warning", line=warned, end_line=warned,
                function="guard_page", code="if (WARN_ON(ret))", symbol="set_direct_map_default_noflush",
                arch=("riscv", "s390", "x86"), config="CONFIG_ARCH_HAS_SET_DIRECT_MAP", fingerprint="b1b2c3d4e5f60718",
                message="'guard_page' warns about a failure of 'set_direct_map_default_noflush' and returns nothing; "
                        "'copy_one' then reads the page.",
                question="Should guard_page() return the error, so that copy_one() does not read a page that is not "
                         "mapped?", evidence=(X86, ARM64)),
        finding(id="stub-on-arch-1", rule="stub-on-arch", category="arch-behaviour", level="question", patch=2,
                message_id="20260302.2-ada@example.org", file="kernel/power/copy.c",
                line=mapped, end_line=mapped,
                function="copy_one", code="guard_page(page, true);", symbol="guard_page", arch=("powerpc",),
                config="CONFIG_HIBERNATION && !CONFIG_ARCH_HAS_SET_DIRECT_MAP", fingerprint="c1b2c3d4e5f60718",
                message="On powerpc 'set_direct_map_default_noflush' is a stub that returns 0, where "
                        "'kernel_map_pages' changed the mapping before this patch.",
                question="What maps the page on powerpc with DEBUG_PAGEALLOC=y now?",
                evidence=(source("include/linux/set_memory.h", 33,
                                 "static inline int set_direct_map_default_noflush(struct page *page)"),)),
        finding(id="ignored-result-2", patch=2, message_id="20260302.2-ada@example.org", file="kernel/power/copy.c",
                line=line_of(COPY_AFTER, "set_memory_ro"), end_line=line_of(COPY_AFTER, "set_memory_ro"),
                function="copy_image", code="set_memory_ro((unsigned long)dst, nr);", symbol="set_memory_ro",
                arch=("arm64", "x86"), introduced=False, fingerprint="d1b2c3d4e5f60718",
                message="'copy_image' drops the result of 'set_memory_ro', which can fail on arm64 and x86.",
                question="", evidence=(source("arch/arm64/mm/pageattr.c", 180,
                                              "int set_memory_ro(unsigned long addr, int numpages)"),)),
        finding(id="missing-restore-1", rule="ignored-result", level="note", patch=3,
                message_id="20260302.3-ada@example.org", file="mm/pool.c", fixed_by=3, introduced=False,
                line=line_of(POOL_AFTER, "set_memory_rw"), end_line=line_of(POOL_AFTER, "set_memory_rw"),
                function="pool_seal", code="set_memory_rw(pool->start, pool->pages);", symbol="set_memory_rw",
                message="'pool_seal' gave read-only memory back to the allocator; patch 3 makes it writable first.",
                evidence=(Evidence(kind="patch", file="mm/pool.c", line=38, text="pool_free(pool);",
                                   rev="patch 3/3"),)),
    )


def effect(**changes: object) -> Effect:
    values: dict[str, object] = {"resolves_to": "arch/x86/mm/pat/set_memory.c:2651", "via": ("kernel_map_pages",),
                                 "does": "maps the page; a split that fails is not reported", "may_fail": True,
                                 "errnos": ("-ENOMEM",), "on_failure": "dropped"}
    return Effect(**(values | changes))  # type: ignore[arg-type]  # a test's short form


def cells() -> tuple[Cell, ...]:
    rows: list[Cell] = []
    for pagealloc in ("n", "y"):
        config = (("DEBUG_PAGEALLOC", pagealloc), ("HIBERNATION", "y"))
        for arch, place in (("arm64", "arch/arm64/mm/pageattr.c:232"), ("x86", "arch/x86/mm/pat/set_memory.c:2612")):
            before = effect() if pagealloc == "y" else effect(resolves_to="stub", does="does nothing", may_fail=False,
                                                              errnos=(), on_failure="cannot-fail")
            rows.append(Cell(patch="2", file="kernel/power/copy.c", function="copy_one", call="guard_page", arch=arch,
                             config=config, before=before,
                             after=effect(resolves_to=place, via=("guard_page",), on_failure="warned",
                                          does="maps the page; a failure is warned about",
                                          may_fail=arch == "x86", errnos=("-ENOMEM",) if arch == "x86" else ())))
        same = effect(resolves_to="stub", does="does nothing", may_fail=False, errnos=(), on_failure="cannot-fail")
        rows += [Cell(patch="2", file="kernel/power/copy.c", function="copy_one", call="guard_page", arch=arch,
                      config=config, before=same, after=same) for arch in ("loongarch", "riscv", "s390")]
        rows += [Cell(patch="3", file="mm/pool.c", function="pool_seal", call="set_memory_x", arch=arch, config=config,
                      before=effect(on_failure="returned"), after=effect(on_failure="returned"))
                 for arch in ("arm64", "x86")]
    return tuple(rows)


def level_set() -> tuple[LevelSetEntry, ...]:
    say = LevelSetEntry
    return (
        say(topic="Mapping a page back for hibernation", arch="arm64", because=(ARM64,),
            statement="Cannot fail: the direct map is made of pages whenever a page can be absent from it."),
        say(topic="Mapping a page back for hibernation", arch="x86", because=(X86,),
            statement="Can fail with -ENOMEM when a 2 MiB leaf must be split; the copy then faults."),
        say(topic="Mapping a page back for hibernation", arch="", because=(),
            statement="No functional change other than a warning."),
        say(topic="Sealing a pool", arch="", statement="A failure of set_memory_x() no longer frees read-only memory.",
            because=(source("mm/pool.c", 33, "ret = set_memory_x(pool->start, pool->pages);"),)),
    )


def claims() -> tuple[Claim, ...]:
    return (
        Claim(patch=2, text="No functional change intended.", kind="nfc", verdict="contradicted",
              because=(source("kernel/power/copy.c", 24, "kernel_map_pages(page, 1, 1);"),)),
        Claim(patch=3, text="Fixes the read-only memory that goes back to the allocator.", kind="fixes",
              verdict="holds", because=()),
        Claim(patch=1, text="This is only used with CONFIG_HIBERNATION.", kind="only-config", verdict="cannot-tell",
              because=()),
    )


def first_page() -> FirstPage:
    lost = line_of(COPY_AFTER, "guard_page(page, true)")
    heavy = Weight(value=45, consequence="error-lost", reach="distribution", certainty="proved")
    return FirstPage(
        conclusion="On arm64 and x86 with DEBUG_PAGEALLOC=y the series makes a change for the worse: copy_one() no "
                   "longer maps page before copy_words() reads it.",
        rows=(
            PageRow(id="row-1", arch=("arm64", "x86"), config="DEBUG_PAGEALLOC=y", verdict="worse", patch=2,
                    statement="copy_one() no longer maps page before copy_words() reads it: "
                              "set_direct_map_default_noflush() returns 0 there and does nothing",
                    gist="copy_one() no longer maps page before copy_words() reads it", file="kernel/power/copy.c",
                    line=lost, weight=Weight(value=50, consequence="undone", reach="developer", certainty="derived"),
                    because=("cell-2-2", "stub-on-arch-1")),
            PageRow(id="row-2", arch=("riscv", "s390", "x86"), config="", verdict="worse", patch=1,
                    statement="guard_page() drops the result of set_direct_map_invalid_noflush(), which can fail",
                    gist="guard_page() drops the result of set_direct_map_invalid_noflush(), which can fail",
                    file="mm/guard.c", line=line_of(GUARD_AFTER, "invalid_noflush"), weight=heavy,
                    because=("ignored-result-1",)),
            PageRow(id="row-3", arch=("loongarch",), config="", verdict="same", patch=0,
                    statement="each call of the family in a changed function does what it did before",
                    gist="each call of the family in a changed function does what it did before", file="", line=0,
                    weight=Weight(value=0, consequence="text", reach="distribution", certainty="derived"),
                    because=("cell-2-1",)),
        ),
        ask=("stub-on-arch-1", "warn-only-1"), claims=(1,),
        not_seen=("patch 4, which is not in the input",), left_out=1,
        ask_weights=(heavy, heavy))


def make_review(**changes: object) -> Review:
    """Return the sample review, with fields of `Review` replaced."""
    patches = (
        patch(1, "mm: add guard_page()", (file_diff("include/linux/guard_page.h", HEADER_BEFORE, HEADER_AFTER),
                                          file_diff("mm/guard.c", None, GUARD_AFTER)), "Pages of the image.\n"),
        patch(2, "power: copy image pages through guard_page()",
              (file_diff("kernel/power/copy.c", COPY_BEFORE, COPY_AFTER),),
              "Map the page with guard_page().\n\nNo functional change intended.\n"),
        patch(3, "mm/pool: undo the protection before the memory is freed",
              (file_diff("mm/pool.c", POOL_BEFORE, POOL_AFTER, shift=-4),), "See the subject.\n"),
    )
    series = Series(
        subject="mm: guard the pages of the image", version=2, total=4, message_id="20260302.0-ada@example.org",
        author=AUTHOR, date=SENT, list_name="linux-mm.kvack.org", prefixes=("RFC",),
        cover=Cover(message_id="20260302.0-ada@example.org", subject="mm: guard the pages of the image", author=AUTHOR,
                    date=SENT, body="Pages of the image are guarded.\n"),
        patches=patches, missing=(4,), superseded_by=None, base_commit="", prerequisite_patch_ids=(),
        prerequisite_message_ids=(), change_id="", versions=((1, "20260201.0-ada@example.org"),
                                                             (2, "20260302.0-ada@example.org")),
        kind="patches", warnings=("the input lacks patch 4/4",),
        roles=(Role(message_id="20260302.0-ada@example.org", role="cover", why="its subject counts 0 of 4"),
               *(Role(message_id=p.message_id, role="patch", why=f"its subject counts {p.index} of 4")
                 for p in patches),
               Role(message_id="reply-1@example.com", role="reply", why="it answers 20260302.1-ada@example.org")))
    patched = PatchedTree(
        base=Base(kind="git", rev="9a1b2c3d4e5f60718293a4b5c6d7e8f901234567", kernel="6.12", how="blob-ids",
                  tried=(("v6.13", "mm/pool.c: patch does not apply"),)),
        states=(
            state(1, (patched_file("include/linux/guard_page.h", HEADER_BEFORE, HEADER_AFTER),
                      patched_file("mm/guard.c", None, GUARD_AFTER))),
            state(2, (patched_file("kernel/power/copy.c", COPY_BEFORE, COPY_AFTER),)),
            state(3, (patched_file("mm/pool.c", POOL_BEFORE, POOL_AFTER, applies="offset"),),
                  applies="offset", note="mm/pool.c: 4 lines further down"),
        ))
    values: dict[str, object] = {
        "series": series, "patched": patched, "findings": findings(), "behaviour": cells(), "claims": claims(),
        "level_set": level_set(), "first_page": first_page(),
        "coverage": Coverage(calls=9, functions=6, files=4,
                             arches=("arm64", "loongarch", "powerpc", "riscv", "s390", "x86"),
                             built_on=("arm64", "loongarch", "powerpc", "riscv", "s390", "x86"),
                             rules=("ignored-result", "stub-on-arch", "warn-only")),
        "skips": (Skip(where="mm/pool.c:12", stage="parse", why="the parser gave up on 3 lines"),
                  Skip(where="4/4", stage="series", why="the patch is missing from the input")),
        "timing": Timing(ingest=3, apply=5, analyse=7),
    }
    return Review(**(values | changes))  # type: ignore[arg-type]  # a test's short form


def make_messages() -> dict[str, Message]:
    """Return the mails of the sample series by Message-ID."""
    review = make_review()
    cover = review.series.message_id
    titles = [(cover, "[RFC PATCH v2 0/4] mm: guard the pages of the image"),
              *((p.message_id, f"[RFC PATCH v2 {p.index}/4] {p.subject}") for p in review.series.patches)]
    return {
        message_id: Message(
            message_id=message_id, synthetic_id=False, subject=subject, author=AUTHOR, date=SENT, date_text="",
            in_reply_to="" if message_id == cover else cover, references=() if message_id == cover else (cover,),
            to=(Address(name="Bea Keeper", email="bea@example.com"),),
            cc=(Address(name="", email="linux-mm@kvack.org"), Address(name="Me", email="ME@example.net"),
                Address(name="Ada", email="Ada@example.org")),
            reply_to=(), list_id="linux-mm.kvack.org", headers=(), body="", where="sample.mbox#1", warnings=())
        for message_id, subject in titles
    }


def make_rules() -> dict[str, RuleText]:
    """Return the texts of the rules that the sample uses."""
    doc = ("## What it finds\nA call whose result is *dropped*.\n\n## Why it matters\nA failure leaves the range half "
           "changed.\n\n## Example\n```c\nset_memory_ro(addr, 1);\n```\n\n## How to fix\n- Check the result.\n- Undo "
           "what was done.\n\n## When it is wrong\nOn architectures where it cannot fail.\n\n## References\n"
           "<https://docs.kernel.org/process/coding-style.html>\n")
    return {
        "ignored-result": RuleText(id="ignored-result", summary="The result of a call that can fail is dropped",
                                   doc=doc, level="error"),
        "warn-only": RuleText(id="warn-only", summary="A failure is warned about and the code goes on", doc=doc,
                              level="warning"),
        "stub-on-arch": RuleText(id="stub-on-arch", summary="The call does nothing on an architecture that builds it",
                                 doc=doc, level="question", status="draft"),
    }


NOON = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
ME = Address(name="Me Reviewer", email="me@example.net")
