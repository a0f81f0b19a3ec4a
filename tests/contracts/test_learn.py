"""A contract is learned from bodies and callers, and says which of them told it."""

from __future__ import annotations

from collections.abc import Iterable

from reviewbot.contracts.learn import Teacher, learn
from reviewbot.contracts.pairs import gives_back, known_pairs, twins
from reviewbot.source import MemoryTree

_BODY = b"""int __must_check demo_attach(int nr)
{
	lockdep_assert_held(&demo_lock);
	if (nr > 9)
		return -EINVAL;
	return 0;
}
"""
_CALLERS = b"""int one(void)
{
	int ret = demo_attach(1);

	if (ret)
		return ret;
	demo_detach(1);
	return 0;
}

int two(void)
{
	return demo_attach(2);
}

void three(void)
{
	demo_attach(3);
	demo_detach(3);
}
"""


def test_sources_are_told_apart() -> None:
    """What the body gives, how callers treat it, and what they call with it are three things, each with its places."""
    tree = MemoryTree({"mm/attach.c": _BODY, "mm/callers.c": _CALLERS})
    one = learn(tree, "demo_attach", ("mm/attach.c", "mm/callers.c"))
    assert one.returns == ("int",)
    assert {kind: place.line for kind, place in one.gives} == {"errno": 5, "zero": 6}
    assert {way.how: way.count for way in one.ways} == {"tested": 1, "returned": 1, "dropped": 1}
    assert (one.calls, one.minded, one.sampled) == (3, 2, False)
    assert one.paired_with == (("demo_detach", 2, 3),)
    assert {text for text, _ in one.asserts} == {"lockdep_assert_held(&demo_lock)", "__must_check"}
    assert one.fails_negative
    assert not one.is_void


def test_many_callers_are_sampled_evenly() -> None:
    """Of many files a fixed part is read, the same each time; the definition is found wherever it stands."""
    files = {f"mm/c{number:03}.c": b"int f(void)\n{\n\treturn demo_attach(1);\n}\n" for number in range(200)}
    tree = MemoryTree({**files, "mm/d.c": _BODY})
    one = learn(tree, "demo_attach", sorted((*files, "mm/d.c")))
    assert one.sampled
    assert 35 <= one.calls <= 40
    assert one.defined[0].file == "mm/d.c"
    assert one == learn(tree, "demo_attach", sorted((*files, "mm/d.c")))


def test_a_teacher_asks_each_thing_once() -> None:
    """The tree is asked once for a function, and not at all where nobody says which files hold a name."""
    tree = MemoryTree({"mm/attach.c": _BODY, "mm/callers.c": _CALLERS})
    asked: list[str] = []

    def files(names: Iterable[str], _below: str = "") -> dict[str, tuple[str, ...]]:
        asked.extend(names)
        return {"demo_attach": ("mm/attach.c", "mm/callers.c")}

    teacher = Teacher(tree, files=files, near="mm/attach.c")
    assert teacher.contract("demo_attach") == teacher.contract("demo_attach")
    assert asked == ["demo_attach"]
    assert [path for path, _ in teacher.here("demo_attach")] == ["mm/attach.c"]
    assert Teacher(tree).contract("demo_attach") is None


def test_pairs() -> None:
    """Facts say what undoes a function; names only propose."""
    assert "kunmap_local" in known_pairs().undone_by("kmap_local_page")
    assert known_pairs().undone_by("local_irq_save") == ("local_irq_restore",)
    assert "pm_restore_gfp_mask" in twins("pm_restrict_gfp_mask")
    assert gives_back("demo_put")
    assert not gives_back("demo_output")


def test_callers_of_a_static_function_stand_near_it() -> None:
    """A name that is static in one folder is something else in another: a macro, or that folder's own."""
    body = b"static int demo_copy(int nr)\n{\n\treturn nr;\n}\nint one(void)\n{\n\treturn demo_copy(1);\n}"
    other = b"void two(void)\n{\n\tdemo_copy(2, 3);\n}\n"
    tree = MemoryTree({"arch/arm64/mm/demo.c": body, "arch/arm/mm/fault.c": other, "arch/arm64/mm/part.c": other})
    paths = ["arch/arm/mm/fault.c", "arch/arm64/mm/demo.c", "arch/arm64/mm/part.c"]
    found = learn(tree, "demo_copy", paths)
    assert sorted(place.file for way in found.ways for place in way.places) == [
        "arch/arm64/mm/demo.c", "arch/arm64/mm/part.c"]


def test_bits_of_a_result_that_are_asked_for_are_a_test() -> None:
    """`if (ret & ERRORS)` looks at the result, whatever else is done with it."""
    data = b"""int one(void)
{
	int ret = demo_fault();

	if (ret & VM_FAULT_ERROR)
		goto out;
	demo_go();
out:
	return ret;
}
"""
    found = learn(MemoryTree({"mm/demo.c": data}), "demo_fault", ["mm/demo.c"])
    assert [(way.how, way.count) for way in found.ways] == [("tested", 1)]


def test_a_result_that_two_places_take_is_followed_through_both() -> None:
    """`d->image = image = f()` is tested where either is; `return busy || f()` hands the result on."""
    data = b"""int one(struct demo *d)
{
	void *image;

	d->image = image = demo_alloc(1);
	if (!image)
		return -ENOMEM;
	return 0;
}

bool two(struct demo *d)
{
	return d->busy || demo_alloc(2);
}
"""
    found = learn(MemoryTree({"mm/demo.c": data}), "demo_alloc", ["mm/demo.c"])
    assert sorted((way.how, way.count) for way in found.ways) == [("returned", 1), ("tested for 0", 1)]
