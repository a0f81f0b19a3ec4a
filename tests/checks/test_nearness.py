"""Which files of a series lie near the subject."""

from __future__ import annotations

from reviewbot.checks.nearness import near_files
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


def test_a_file_of_the_same_folder() -> None:
    """A file is near that calls what leads to the family in its folder, and one that calls the rest of it is not."""
    assert near("drivers/host/bus.c", "int probe(struct host *host)\n{\n\treturn host_open(host);\n}\n")
    assert not near("drivers/host/names.c", "int show(struct host *host)\n{\n\treturn host_name(host);\n}\n")
