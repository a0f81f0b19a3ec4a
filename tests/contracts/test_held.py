"""Which locks every way to a step has taken."""

from __future__ import annotations

import pytest

from reviewbot.contracts.contexts import protections_lost
from reviewbot.contracts.held import held_at, returns_while_held, taken_out_of
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.outline import Outline, outlines_of
from reviewbot.source import MemoryTree


def outline(body: str) -> Outline:
    data = f"int f(struct d *d, int n)\n{{\n{body}\n}}\n".encode()
    [[found]] = outlines_of("demo.c", data, most=1)
    return found


def lines(body: str) -> list[int]:
    return [hit.line for hit in returns_while_held(outline(body), Teacher(MemoryTree({})))]


def test_a_return_between_lock_and_unlock() -> None:
    """A return of an error inside of the lock is told, one behind the unlock is not."""
    assert lines("mutex_lock(&m);\nif (n)\n\treturn -EINVAL;\nmutex_unlock(&m);\nreturn 0;") == [5]
    body = "mutex_lock(&m);\nif (n) {\n\tmutex_unlock(&m);\n\treturn -EINVAL;\n}\nmutex_unlock(&m);\nreturn 0;"
    assert lines(body) == []


def test_ways_that_join_hold_what_all_hold() -> None:
    """What only one way holds is not said to be held: the test before and the test behind may be one."""
    assert lines("if (n)\n\tmutex_lock(&m);\nd->n = 1;\nif (n)\n\tmutex_unlock(&m);\nreturn d->n;") == []


def test_gotos_carry_what_they_hold() -> None:
    """A label holds what all jumps to it, and what falls into it, hold."""
    held = "mutex_lock(&m);\nif (n)\n\tgoto out;\nmutex_unlock(&m);\nreturn 0;\nout:\nreturn -EIO;"
    assert lines(held) == [9]
    assert lines(held.replace("out:\n", "out:\nmutex_unlock(&m);\n")) == []


def test_a_lock_that_is_handed_out_is_meant() -> None:
    """Who returns a success with the lock held takes it for the caller."""
    assert lines("spin_lock(&d->lock);\nif (n)\n\treturn 1;\nspin_unlock(&d->lock);\nreturn 0;") == []


def test_loops_and_switches() -> None:
    """A break out of a loop or switch holds what it held."""
    body = "switch (n) {\ncase 1:\n\tmutex_lock(&m);\n\tbreak;\ndefault:\n\treturn 0;\n}\nmutex_unlock(&m);\nreturn 0;"
    assert lines(body) == []
    assert len(held_at(outline(body))) > 3


def test_moved_out_of_a_lock() -> None:
    """A step that was under a lock before and is not now is told; one whose lock is gone as well is not."""
    old = outline("spin_lock(&l);\ncount(n);\nspin_unlock(&l);\nreturn 0;")
    new = outline("count(n);\nspin_lock(&l);\nspin_unlock(&l);\nreturn 0;")
    assert [hit.symbol for hit in taken_out_of(old, new)] == ["count"]
    assert list(taken_out_of(old, outline("count(n);\nreturn 0;"))) == []


class _Counted(MemoryTree):
    """A tree that counts what is read of it."""

    reads = 0

    def read(self, path: str) -> bytes | None:
        self.reads += 1
        return super().read(path)


@pytest.mark.parametrize(("take", "what", "most"), [("mutex", "&demo_lock", 100), ("task", "current", 0)])
def test_of_a_lock_that_all_files_name_few_are_read(take: str, what: str, most: int) -> None:
    """Who else takes the lock of the function is looked up in a bounded number of files, however many name it, and
    nowhere of what is no lock itself."""
    paths = tuple(f"mm/file{number}.c" for number in range(400))
    tree = _Counted(dict.fromkeys(paths, f"int demo(void)\n{{\n\treturn busy({what});\n}}\n"))
    teacher = Teacher(tree, files=lambda names, *_: dict.fromkeys(names, paths), near="demo.c", data=b"")
    old = outline(f"{take}_lock({what});\nd->n = work(d);\n{take}_unlock({what});\nreturn 0;")
    assert list(protections_lost(old, outline("d->n = work(d);\nreturn 0;"), teacher))
    assert (tree.reads > 0) is (most > 0)
    assert tree.reads <= most


@pytest.mark.parametrize(("taken", "behind"), [
    ("if (!down_read_trylock(&l))\n\treturn -EBUSY;", True),
    ("if (down_read_killable(&l))\n\treturn -EINTR;", True),
    ("int got = down_read_trylock(&l);\nif (!got)\n\treturn -EBUSY;", True),
    ("int err = down_read_killable(&l);\nif (err)\n\treturn err;", True),
    ("down_read_trylock(&l);", False),
    ("if (!n || !down_read_trylock(&l))\n\treturn -EBUSY;", False),
])
def test_what_tries_to_take_a_lock(taken: str, behind: bool) -> None:
    """A lock that a call may take is held on the way on which it has, and on no other."""
    body = f"{taken}\nn = work(d);\nif (n) {{\n\tlog(d);\n\treturn -EIO;\n}}\nup_read(&l);\nreturn 0;"
    assert lines(body) == ([7 + taken.count("\n")] if behind else [])
    assert lines(body.replace("\tlog(d);", "\tup_read(&l);")) == []


def test_behind_a_test_that_took_a_lock_it_is_held() -> None:
    """Behind `if (!trylock) return` all steps hold the lock, and the return holds none."""
    held = held_at(outline("if (!spin_trylock(&l))\n\treturn -EBUSY;\nwork(d);\nspin_unlock(&l);\nreturn 0;"))
    assert [sorted(held[number]) for number in sorted(held)] == [
        [], [], [("spin_lock", "&l")], [("spin_lock", "&l")], []]


def test_an_answer_is_no_failure() -> None:
    """What is returned as 1 where the lock was got is an answer to the caller, who gives it back."""
    taken = "int got = 0;\nif (spin_trylock(&l)) {\n\tgot = 1;\n\tif (n)\n\t\treturn got;\n\tspin_unlock(&l);\n}"
    assert lines(f"{taken}\nreturn got;") == []
