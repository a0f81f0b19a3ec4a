"""Memory that is given back before it is flushed or changed back, and what early and live code may not do."""

from __future__ import annotations

from reviewbot.contracts.contexts import protections_lost, taken_out_of_locks
from reviewbot.contracts.guards_lost import guards_lost
from reviewbot.contracts.joined import flags_set_late, results_joined
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.live import overwritten_live
from reviewbot.contracts.lost_effects import effects_lost
from reviewbot.contracts.lost_undo import lost_undos
from reviewbot.contracts.ordered import moved_past
from reviewbot.contracts.outline import Outline, outlines_of
from reviewbot.source import MemoryTree

HELPER = b"static void demo_put(void *at)\n{\n\tkfree(at);\n}\n"
TEACHER = Teacher(MemoryTree({}), near="mm/demo.c", data=HELPER)


def outline(body: str, head: str = "int f(struct d *d, struct page *page, unsigned long a, void *p)") -> Outline:
    data = f"{head}\n{{\n{body}\n}}\n".encode()
    [[found]] = outlines_of("mm/demo.c", data, most=1)
    return found


def moved(old: str, new: str) -> list[tuple[str, str]]:
    return [(hit.shape, dict(hit.fields)["take"]) for hit in moved_past(outline(old), outline(new), TEACHER)]


def test_memory_is_given_back_before_the_flush() -> None:
    """A free that comes in front of the flush now is told, one on a way that never comes to the flush is not."""
    flush = "flush_tlb_kernel_range(a, a + 4096);\n"
    assert moved(f"{flush}demo_put(p);", f"demo_put(p);\n{flush}") == [("flushed-late", "demo_put(p)")]
    way = "if (a) {\ndemo_put(p);\nreturn 1;\n}\n"
    assert not moved(flush + way, way + flush)


def test_several_calls_with_the_same_words() -> None:
    """The last of several flushes that goes behind the last of several frees is told."""
    first = "flush_tlb_all();\ndemo_put(p);\np = d->next;\n"
    assert moved(f"{first}flush_tlb_all();\ndemo_put(p);", f"{first}demo_put(p);\nflush_tlb_all();") == [
        ("flushed-late", "demo_put(p)")]


def test_memory_is_changed_back_when_it_is_gone() -> None:
    """The free of the same memory is named, and not the one of another member."""
    back = "set_memory_encrypted((unsigned long)d->buf, 1);\n"
    free = "kfree(d->log);\nfree_page((unsigned long)d->buf);\n"
    assert ("given-back-early", "free_page((unsigned long)d->buf)") in moved(back + free, free + back)
    assert not moved(f"{back}kfree(d->log);\n", f"kfree(d->log);\n{back}")


def test_a_call_behind_what_takes_writing_away() -> None:
    """What is handed the memory, or a place in it, is told; the list that the object is on is not."""
    lock = "set_memory_rox((unsigned long)p, 1);\n"
    assert moved(f"fill(p, 1);\n{lock}", f"{lock}fill(p, 1);") == [
        ("left-behind-read-only", "set_memory_rox((unsigned long)p, 1)")]
    assert not moved(f"list_add(&d->list, &all);\n{lock}", f"{lock}list_add(&d->list, &all);")


def test_a_flush_that_is_left_for_failures() -> None:
    """One of two flushes stays where more has to hold: what the other one was for is flushed no more."""
    change = "int ret = set_pte_at(a, p);\n"
    old = outline(f"{change}if (ret) {{\n\tcpa_flush_all(0);\n\treturn ret;\n}}\ncpa_flush(p, 0);\nreturn ret;")
    new = outline(f"{change}if (ret)\n\tcpa_flush_all(0);\nreturn ret;")
    assert [hit.shape for hit in effects_lost(old, new, TEACHER, TEACHER)] == ["flush-gone"]
    assert not list(effects_lost(new, old, TEACHER, TEACHER))


def test_a_lock_of_the_caller_is_kept() -> None:
    """The lock that was given up around an allocation is named where it is kept now, and not the other way round."""
    old = outline("spin_unlock(&d->lock);\np = kmalloc(8, GFP_KERNEL);\nspin_lock(&d->lock);\nreturn !p;")
    new = outline("p = kmalloc(8, GFP_KERNEL);\nreturn !p;")
    assert [hit.shape for hit in protections_lost(old, new, TEACHER)] == ["kept-while-sleeping"]
    assert not list(protections_lost(new, old, TEACHER))


def test_what_slept_under_a_spinlock_had_to_go() -> None:
    """Steps that leave the lock together with an allocation that may sleep are not asked about."""
    tail = "d->n = 1;\nspin_unlock(&d->lock);\nreturn 0;"
    old = outline(f"spin_lock(&d->lock);\np = kmalloc(8, GFP_KERNEL);\nd->p = p;\n{tail}")
    new = outline(f"p = kmalloc(8, GFP_KERNEL);\nd->p = p;\nspin_lock(&d->lock);\n{tail}")
    assert not list(taken_out_of_locks(old, new))
    kept = old.data.replace(b"GFP_KERNEL", b"GFP_ATOMIC"), new.data.replace(b"GFP_KERNEL", b"GFP_ATOMIC")
    [[before]], [[after]] = (outlines_of("mm/demo.c", data, most=1) for data in kept)
    assert list(taken_out_of_locks(before, after))
    locked = outline("spin_lock(&d->lock);\nd->n = 1;\nspin_unlock(&d->lock);")
    assert not list(lost_undos(locked, outline("d->n = 1;"), TEACHER))


def test_all_parts_of_a_guard_are_told() -> None:
    """A part that warns is one of the conditions that had to hold."""
    guard = "if (!available() || WARN_ON_ONCE(PageReserved(virt_to_page(p))))\n\treturn 0;\n"
    old = outline(f"{guard}give(d, p);\nreturn 1;")
    [hit] = guards_lost(old, outline("give(d, p);\nreturn 1;"))
    assert dict(hit.fields)["was"] == "available() && !PageReserved(virt_to_page(p))"


def test_results_that_become_one() -> None:
    """Two results in one variable are told where the frees of both hang on it, and not where each has its own."""
    calls = "ret = set_memory_encrypted(d->a, 1);\nret |= set_memory_encrypted(d->b, 1);\n"
    both = f"int ret;\n{calls}if (!ret) {{\n\tfree_page(d->a);\n\tfree_page(d->b);\n}}"
    assert [hit.shape for hit in results_joined(outline(both), TEACHER)] == ["joined"]
    assert not list(results_joined(outline(both.replace("\tfree_page(d->b);\n", "")), TEACHER))
    assert not list(results_joined(outline(both.replace("|=", "=")), TEACHER))


def test_a_flag_in_front_of_a_label() -> None:
    """A flag is told that jumps to the label pass by, unless the call that shares stands in the function as well."""
    late = "if (a)\n\tgoto out;\nd->decrypted = true;\nout:\nreturn 0;"
    assert [hit.object for hit in flags_set_late(outline(late), TEACHER)] == ["out"]
    assert not list(flags_set_late(outline(f"set_memory_decrypted(a, 1);\n{late}"), TEACHER))


def test_an_entry_in_use_is_overwritten() -> None:
    """On powerpc an entry must not be made of its old value; a new one may be set."""
    teacher = Teacher(MemoryTree({}), near="arch/powerpc/mm/demo.c", data=b"")
    head = "int f(pte_t *ptep, unsigned long a)"
    assert list(overwritten_live(outline("set_pte_at(&init_mm, a, ptep, pte_wrprotect(*ptep));", head), teacher))
    assert not list(overwritten_live(outline("set_pte_at(&init_mm, a, ptep, pfn_pte(a, PAGE_KERNEL));", head), teacher))
    assert not list(overwritten_live(outline("set_pte_at(&init_mm, a, ptep, pte_wrprotect(*ptep));", head), TEACHER))
