"""Effects that go or reach less far, steps that change places, and tests that a step no longer has to pass."""

from __future__ import annotations

from reviewbot.contracts.effects import events, known_effects
from reviewbot.contracts.guards import guards_of
from reviewbot.contracts.guards_lost import guards_lost
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.lost_effects import effects_lost
from reviewbot.contracts.ordered import moved_past
from reviewbot.contracts.other_question import asks_other_things
from reviewbot.contracts.outline import Outline, outlines_of
from reviewbot.source import MemoryTree


def outline(body: str) -> Outline:
    data = f"int f(struct d *d, unsigned long a)\n{{\n{body}\n}}\n".encode()
    [[found]] = outlines_of("demo.c", data, most=1)
    return found


def shapes(old: str, new: str) -> list[str]:
    teacher = Teacher(MemoryTree({}), near="demo.c", data=b"")
    was, now = outline(old), outline(new)
    return [hit.shape for find in (effects_lost(was, now, teacher, teacher), moved_past(was, now, teacher),
                                   guards_lost(was, now), asks_other_things(was, now)) for hit in find]


CHANGE = "pte_clear(&init_mm, a, ptep);\n"
FLUSH = "flush_tlb_kernel_range(a, a + n);\n"


def test_every_effect_can_be_said() -> None:
    """Each effect that comes before another, or that another needs, is one that there is."""
    effects = set(known_effects().of.values())
    known = {effect.id for effect in effects}
    assert len(effects) > 10
    for effect in effects:
        assert effect.after | effect.needs <= known
        assert effect.here | effect.single <= effect.functions
        assert not effect.lost or effect.ask


def test_events_in_order() -> None:
    """Calls with an effect come in source order, with what their arguments hang on."""
    found = list(events(outline(CHANGE + FLUSH)))
    assert [(one.effect.id, sorted(one.roots)) for one in found] == [("entry", ["a", "init_mm", "ptep"]),
                                                                    ("tlb", ["a", "n"])]


def test_a_flush_goes() -> None:
    """A flush that goes is told while the change stays, and not where the change goes as well."""
    assert shapes(CHANGE + FLUSH + "done(a);", CHANGE + "done(a);") == ["flush-gone"]
    assert shapes("start(a);\n" + CHANGE + FLUSH + "done(a);", "start(a);\ndone(a);") == []


def test_a_flush_reaches_less() -> None:
    """This CPU for all is told, one page for a range is told, and not the other way round."""
    local, one = FLUSH.replace("flush_tlb", "local_flush_tlb"), FLUSH.replace("a + n", "a + PAGE_SIZE")
    assert shapes(CHANGE + FLUSH, CHANGE + local) == ["effect-narrowed"]
    assert shapes(CHANGE + FLUSH, CHANGE + one) == ["effect-narrowed"]
    assert shapes(CHANGE + local, CHANGE + FLUSH) == []
    assert shapes(CHANGE + one, CHANGE + FLUSH) == []


def test_a_flush_in_front_of_the_change() -> None:
    """A flush that comes to stand in front of what it is for is told, the way back is not."""
    assert shapes(CHANGE + FLUSH, FLUSH + CHANGE) == ["effect-early"]
    assert shapes(FLUSH + CHANGE, CHANGE + FLUSH) == []
    assert shapes(CHANGE + FLUSH, FLUSH + CHANGE + "flush_tlb_all();") == []


def test_what_guards_a_step() -> None:
    """Blocks around a step and exits in front of it guard it; an exit does not guard its own branch."""
    found = guards_of(outline("if (!ready(d))\n\treturn stop(d);\nif (d->on && big(a))\n\tgo(d);"))
    assert [[atom.said for atom in atoms] for atoms in found] == [
        [], ["!ready(d)"], ["ready(d)"], ["ready(d)", "d->on", "big(a)"]]


def test_an_exit_in_front_of_a_label() -> None:
    """An exit guards what stands behind a label as well, when all who jump to it have come by that exit."""
    late = "if (!ready(d))\n\treturn;\nif (kept(d))\n\tgoto skip;\ngo(d);\nskip:\ndone(d);"
    early = "if (kept(d))\n\tgoto skip;\nif (!ready(d))\n\treturn;\ngo(d);\nskip:\ndone(d);"
    assert [[atom.said for atom in guards_of(outline(text))[-1]] for text in (late, early)] == [["ready(d)"], []]


def test_a_test_goes() -> None:
    """A question about a mode that goes is told, one about a result or a pointer is not."""
    assert shapes("if (is_active(d))\n\tgo(d);\ndone(d);", "go(d);\ndone(d);") == ["guard-gone"]
    assert shapes("if (!ret)\n\tgo(d);\ndone(d);", "go(d);\ndone(d);") == []
    assert shapes("go(d);\ndone(d);", "if (is_active(d))\n\tgo(d);\ndone(d);") == []


def test_a_part_of_a_test_goes() -> None:
    """One of several conditions that were enough is told, also where the test was taken apart besides."""
    assert shapes("if (one(d) || two(d))\n\tgo(d);\ndone(d);", "if (one(d))\n\tgo(d);\ndone(d);") == ["part-gone"]
    assert shapes("if (one(d))\n\tgo(d);\ndone(d);", "if (one(d) || two(d))\n\tgo(d);\ndone(d);") == []


def test_what_an_effect_went_with_is_gone() -> None:
    """A member that the function no longer has takes its protection with it; one that it goes on filling does not."""
    seal = "set_memory_ro((unsigned long)d->image, 1);\n"
    fill, other = "fill(d->image, a);\n", "fill(d->images[0], a);\n"
    assert shapes(fill + seal + "done(d);", fill + "done(d);") == ["effect-gone"]
    assert shapes(fill + seal + "done(d);", other + "done(d);") == []


def test_another_function_of_the_same_helpers_has_the_memory_now() -> None:
    """What takes the place of a helper, and is named after the same thing, may do what it did."""
    old = "fill(d, a);\nbpf_jit_binary_lock_ro(d);\ndone(a);"
    assert shapes(old, "fill(d, a);\ndone(a);") == ["effect-gone"]
    assert shapes(old, "fill(d, a);\nbpf_jit_binary_finish_all(d);\ndone(a);") == []
    assert shapes(old, "fill(d, a);\nfinish(d);\ndone(a);") == ["effect-gone"]
    assert shapes(old, "fill(d, a);\narch_protect_image(d);\ndone(a);") == []
    assert shapes(old, "fill(d, a);\narch_protect_image(a);\ndone(a);") == ["effect-gone"]
