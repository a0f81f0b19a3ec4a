"""Series of two patches: a file, and hunks that its lines are in for the most part, so that their place is searched."""

from __future__ import annotations

from collections.abc import Callable

from shapes import mail, new_file

BEFORE, AFTER = "\tint first_thing_{k} = read_the_first_thing(a, {k});", "\tforget_the_last_thing_{k}(a);"
WORDS = " + ".join(["a"] * 170)


def _placed(blocks: list[tuple[list[str], list[str]]]) -> str:
    """Return the series: of each function between its first and its last line what the file has, and what the hunk
    says of that (` `, `-`, `+`)."""
    lines, hunks = ["#include <linux/set_memory.h>", ""], []
    for k, (have, said) in enumerate(blocks):
        name, above, below = f"int f{k}(int a)", BEFORE.format(k=k), AFTER.format(k=k)
        body = [f" {above}", *said, f"-\tset_memory_ro(a + {k}, 2);", f"+\tset_memory_rw(a + {k}, 2);", f" {below}"]
        old, new = (sum(line[0] != sign for line in body) for sign in "+-")
        at = len(lines) + 3
        hunks.append(f"@@ -{at},{old} +{at},{new} @@ {name}\n" + "".join(f"{line}\n" for line in body))
        lines += [name, "{", above, *have, f"\tset_memory_ro(a + {k}, 1);", below, "\treturn 0;", "}", ""]
    file = "".join(f"{line}\n" for line in lines)
    return (mail(new_file("mm/trap.c", file), subject="[PATCH 1/2] demo: trap", number=1)
            + mail(f"diff --git a/mm/trap.c b/mm/trap.c\n--- a/mm/trap.c\n+++ b/mm/trap.c\n{''.join(hunks)}",
                   subject="[PATCH 2/2] demo: more", number=2, thread=1))


def _long(n: int) -> str:
    """Return a line of many words, which the hunk has in another order."""
    here, there = (", ".join(f"w{i * step % n}" for i in range(n)) for step in (1, 7))
    return _placed([([f"\tuse({here}, 1);"], [f" \tuse({there}, 2);"])])


def _near(n: int) -> str:
    """Return very many lines that the hunk takes, and the file has with an argument less."""
    return _placed([([f"\tuse(a, {i % 2});" for i in range(n)], [f"-\tuse(a, {i % 2}, 1);" for i in range(n)])])


def _equal(n: int) -> str:
    """Return functions of hundreds of equal lines, of which the hunks take some more than there are."""
    return _placed([(["\tuse_it_now(a);"] * 600, ["-\tuse_it_now(a);"] * 610) for _ in range(n)])


def _blocks(n: int) -> str:
    """Return functions with lines of hundreds of equal words, which the hunks take with another word among them."""
    return _placed([([f"\tx{k} = {WORDS};", f"\ty{k} = {WORDS};"],
                     [f"-\tx{k} = {WORDS} + b;", f"-\ty{k} = b + {WORDS};", f"+\tx{k} = c;"]) for k in range(n)])


def _likes(n: int) -> str:
    """Return functions of lines that differ in a word, which the hunks have with another word."""
    return _placed([([f"\tx{i} = {WORDS};" for i in range(14)], [f" \tx{i} = {WORDS} + b;" for i in range(14)])
                    for _ in range(n)])


def _one_function(n: int) -> str:
    """Return very many hunks of one function that is nowhere."""
    hunks = "".join(f"@@ -{10 + 8 * k},3 +{10 + 8 * k},4 @@ int f(int a)\n {BEFORE.format(k=k)}\n"
                    f"+\tif (set_memory_ro(a + {k}, n{k}))\n+\t\tgoto out;\n-\tset_memory_ro(a, n{k});\n"
                    f" {AFTER.format(k=k)}\n" for k in range(n))
    return mail(f"diff --git a/mm/trap.c b/mm/trap.c\n--- a/mm/trap.c\n+++ b/mm/trap.c\n{hunks}")


PLACE_SHAPES: dict[str, tuple[Callable[[int], str], int]] = {
    "blocks": (_blocks, 100), "equal": (_equal, 20), "likes": (_likes, 20), "long": (_long, 20_000),
    "near": (_near, 10_000), "one function": (_one_function, 250),
}
"""What a mail has, and how often: its hunks do not apply."""
