"""Which files of a series lie near the subject."""

from __future__ import annotations

import pytest

from reviewbot.checks.nearness import is_about_mappings, near_files
from reviewbot.source import MemoryTree
from reviewbot.source.types import PatchState
from tests.checks.test_changed_names import changed

NAMES = frozenset({"set_memory_encrypted"})
CHANNEL = b"""static int share(unsigned long addr)
{
	return set_memory_encrypted(addr, 1);
}

int host_open(struct host *host)
{
	return share(host->addr);
}

int host_name(struct host *host)
{
	return host->name;
}
"""
TREE = MemoryTree(files={"drivers/host/channel.c": CHANNEL})


def near(path: str, code: str) -> bool:
    """Return whether a file of that content is near in a tree where only drivers/host/ names the family."""
    file = changed(path, code, code + "int a;\n", removed=(), added=(code.count("\n") + 1,))
    state = PatchState(index=1, files=(file,), applies="clean", note="", before=TREE, after=TREE)
    return bool(near_files((state,), TREE, NAMES))


def test_a_header_of_a_folder_beside() -> None:
    """A file that includes a header of such a folder by its path is near, one that includes it by its name is not."""
    assert near("drivers/user/demo.c", '#include "../host/private.h"\n')
    assert not near("drivers/user/demo.c", "#include <linux/host.h>\n")


def test_a_header_of_a_folder_above() -> None:
    """A header of the folder above says nothing: whatever lies below that would make the file near."""
    assert not near("drivers/user/demo.c", '#include "../base.h"\n')


def reaches(path: str, code: str) -> bool:
    """Return whether what is found in that code, all there is of a file, is within the family's reach."""
    file = changed(path, code, code + "int a;\n", removed=(), added=(code.count("\n") + 1,))
    return is_about_mappings(file, (code,), TREE, NAMES, {})


def test_code_that_calls_what_leads_to_the_family_in_its_folder() -> None:
    """Such code is asked about, and code that calls the rest of the folder is not."""
    assert reaches("drivers/host/bus.c", "int probe(struct host *host)\n{\n\treturn host_open(host);\n}\n")
    assert not reaches("drivers/host/names.c", "int show(struct host *host)\n{\n\treturn host_name(host);\n}\n")


@pytest.mark.parametrize(("path", "line", "within"), [
    ("drivers/host/bus.c", "page = vmalloc_to_page(addr);", True),
    ("drivers/host/bus.c", 'pr_info("vmalloc"); /* vmalloc */', False),
    ("arch/demo/kernel/irq.c", "irq_count++;", False),
    ("arch/demo/kernel/irq.c", "set_pte_at(mm, addr, ptep, pte);", True),
    ("arch/demo/mm/init.c", "count++;", True),
    ("arch/demo/mm/init_test.c", "count++;", False),
    ("mm/readahead.c", "index++;", False),
    ("mm/kasan/init.c", "index++;", True),
])
def test_code_that_is_about_mappings_by_its_place_or_words(path: str, line: str, within: bool) -> None:
    """A file is about mappings as a whole by where it lies, other code by the names in it, comments and strings apart;
    what only tries things out is not."""
    assert reaches(path, f"int step(void)\n{{\n\t{line}\n\treturn 0;\n}}\n") is within
