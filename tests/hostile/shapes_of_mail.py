"""Mails in which a part of mail or of a diff is nested in itself, comes in a row, or is malformed."""

from __future__ import annotations

import base64
from collections.abc import Callable

from shapes import CALLER, HEAD, appended, mail, new_file

TRAP = new_file("mm/trap.c", CALLER)
PLAIN = mail(TRAP)
LONG = "Set the pages read only with set_memory_ro(), which cannot fail on arm64. "


def _said(text: str) -> str:
    return PLAIN.replace("\nText.\n", f"\n{text}\n")


def _headed(text: str) -> str:
    return PLAIN.replace("Subject:", f"{text}Subject:", 1)


def _parts(n: int) -> str:
    kind = "Content-Type: text/x-patch; charset=x-{0}\n\n"
    parts = "".join(f"--b\n{kind.format(i)}{new_file(f'mm/trap{i}.c', CALLER)}" for i in range(n))
    head = _headed("MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n").split("\n\n")[0]
    return f"{head}\n\n{parts}--b--\n"


def _matryoshka(n: int) -> str:
    head = _headed("MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b0\n").split("\n\n")[0]
    opened = "".join(f"--b{i}\nContent-Type: multipart/mixed; boundary=b{i + 1}\n\n" for i in range(n))
    closed = "".join(f"--b{i}--\n" for i in reversed(range(n)))
    return f"{head}\n\n{opened}--b{n}\nContent-Type: text/plain\n\n{TRAP}\n{closed}"


def _attached(n: int) -> str:
    head = PLAIN.split("\n\n")[0]
    inner = "\nMIME-Version: 1.0\nContent-Type: message/rfc822\n\nFrom: a@x.example\nSubject: x"
    return f"{head}{inner * n}\n\n{TRAP}"


def _encoded(n: int) -> str:
    head = _headed("MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-16\nContent-Transfer-Encoding: base64\n")
    body = f"Text.\n---\n{TRAP}{'x' * n}\n-- \n2.39\n"
    return head.split("\n\n")[0] + "\n\n" + base64.encodebytes(body.encode("utf-16")).decode() + "\n"


def _hunks(n: int) -> str:
    """Return a change of every second line of a file that the patch before it adds."""
    old = "".join(f"int v{i};\nint w{i};\nint x{i};\nint y{i};\n" for i in range(n))
    hunks = "".join(f"@@ -{4 * i + 1},3 +{4 * i + 1},3 @@\n int v{i};\n-int w{i};\n+int w{i}, *p{i};\n int x{i};\n"
                    for i in range(n))
    return (mail(new_file("mm/trap.c", old + CALLER), subject="[PATCH 1/2] demo: trap", number=1)
            + mail(f"diff --git a/mm/trap.c b/mm/trap.c\n--- a/mm/trap.c\n+++ b/mm/trap.c\n{hunks}",
                   subject="[PATCH 2/2] demo: more", number=2, thread=1))


def _series(n: int, diff: Callable[[int], str]) -> str:
    return "".join(mail(diff(i), subject=f"[PATCH {i}/{n}] demo: trap {i}", number=i, thread=1 if i > 1 else 0)
                   for i in range(1, n + 1))


def _renames(n: int) -> str:
    return _series(n, lambda i: TRAP.replace("trap.c", "t1.c") if i == 1 else (
        f"diff --git a/mm/t{i - 1}.c b/mm/t{i}.c\nsimilarity index 100%\n"
        f"rename from mm/t{i - 1}.c\nrename to mm/t{i}.c\n"))


def _toggles(n: int) -> str:
    gone = TRAP.replace("new file", "deleted file").replace("--- /dev/null\n+++ b/", "--- a/").replace("\n+", "\n-")
    gone = gone.replace("--- a/mm/trap.c\n", "--- a/mm/trap.c\n+++ /dev/null\n").replace("-0,0 +1,6", "-1,6 +0,0")
    return _series(n, lambda i: TRAP if i % 2 else gone)


def _grown(n: int) -> str:
    """Return a series in which every patch adds a function at the end of one file."""
    lines = CALLER.splitlines()

    def diff(i: int) -> str:
        if i == 1:
            return TRAP
        at = len(lines) + 4 * (i - 2)
        body = f"+int g{i}(int a)\n+{{\n+\treturn set_memory_ro(a, {i});\n+}}\n"
        head = "diff --git a/mm/trap.c b/mm/trap.c\n--- a/mm/trap.c\n+++ b/mm/trap.c\n"
        return f"{head}@@ -{at},1 +{at},5 @@\n }}\n{body}"
    return _series(n, diff)


def _versions(n: int) -> str:
    return "".join(mail(TRAP, subject=f"[PATCH v{i}] demo: trap", number=i) for i in range(1, n + 1))


def _replies(n: int) -> str:
    reply = ("From mboxrd@z Thu Jan  1 00:00:00 1970\nFrom: R <r{0}@kernel.example>\nSubject: Re: [PATCH] demo: trap\n"
             "Message-ID: <r{0}@kernel.example>\nIn-Reply-To: <{1}@kernel.example>\n\n"
             "{2} +\treturn set_memory_ro(a, 1);\n\nThis cannot fail.\n\nReviewed-by: R{0} <r{0}@kernel.example>\n\n")
    return PLAIN + "".join(reply.format(i, f"r{i - 1}" if i else "trap-1", ">" * min(i + 1, 80)) for i in range(n))


def _moved(n: int) -> str:
    """Return a series that first changes a file with the family's own functions, and adds callers beside others."""
    own = "int own(int a)\n{\n\treturn set_memory_ro(a, 1);\n}\n"
    return _series(n, lambda i: appended("arch/arm64/mm/pageattr.c", own) if i == 1
                   else new_file(f"arch/x86/mm/own{i}.c", CALLER))


def _headers(n: int) -> str:
    return mail(new_file("include/linux/trap.h", "".join(
        f"#ifdef CONFIG_H{i}\nint set_memory_x{i}(unsigned long a, int n);\n#else\nstatic inline int set_memory_x{i}("
        f"unsigned long a, int n)\n{{\n\treturn 0;\n}}\n#endif\n" for i in range(n))), TRAP)


def _names(n: int) -> str:
    return mail(*(new_file("mm/" + "d/" * 40 + f"t{i}.c", CALLER) for i in range(n)))


def _circle(n: int) -> str:
    return "".join(mail(TRAP, subject=f"[PATCH {i}/{n}] x", number=i, thread=i % n + 1) for i in range(1, n + 1))


MAIL_SHAPES: dict[str, tuple[Callable[[int], str], int]] = {
    "assembler": (lambda n: mail(new_file("arch/x86/kernel/trap.S", "\tcall set_memory_ro\n" * n), TRAP), 8000),
    "attached": (_attached, 2000),
    "backslashes": (lambda n: PLAIN.replace("+}\n", "+}\n" + "\\ No newline at end of file\n" * n), 10_000),
    "bases": (lambda n: _said("".join(f"base-commit: {i:040x}\nprerequisite-patch-id: {i:040x}\n"
                                      for i in range(n))), 5000),
    "binaries": (lambda n: mail(*(f"diff --git a/b{i} b/b{i}\nnew file mode 100644\nGIT binary patch\nliteral 3\n"
                                  f"Kc${{NkU}}\n\nliteral 0\nHcmV?d00001\n\n" for i in range(n)), TRAP), 1500),
    "bracketed subject": (lambda n: PLAIN.replace("[PATCH]", "[PATCH 1/" * n), 20_000),
    "circle of mails": (_circle, 200),
    "colons": (lambda n: _said("a:" * n), 100_000),
    "deep path": (lambda n: mail(new_file("mm/" + "d/" * n + "x.c", CALLER)), 5000),
    "diff lines": (lambda n: mail("diff --git a/x b/x\n" * n, TRAP), 20_000),
    "empty hunks": (lambda n: mail(TRAP, "@@ -0,0 +0,0 @@\n" * n), 20_000),
    "encoded": (_encoded, 200_000),
    "fixes": (lambda n: _said("".join(f'Fixes: {i:012x} ("mm: set_memory_ro() {i}")\n' for i in range(n))), 6000),
    "folded": (lambda n: _headed("To: a@x.example" + ",\n b@x.example" * n + "\n"), 20_000),
    "greater": (lambda n: _said(">" * n + " set_memory_ro()"), 200_000),
    "grown": (_grown, 100),
    "headers": (_headers, 200),
    "huge numbers": (lambda n: mail(TRAP.replace("-0,0 +1,", f"-{'9' * n},{'9' * n} +1,")), 4000),
    "hunks": (_hunks, 2000),
    "hyphens": (lambda n: _said("---\n" * n), 50_000),
    "long line": (lambda n: mail(new_file("mm/trap.c", f"{HEAD}/* {'set_memory_ro() ' * n}*/\n{CALLER}")), 20_000),
    "many names": (_names, 200),
    "matryoshka": (_matryoshka, 3000),
    "missing files": (lambda n: mail(*(f"--- a/mm/no{i}.c\n+++ b/mm/no{i}.c\n@@ -1 +1 @@\n-set_memory_ro(a, 1);\n"
                                       f"+set_memory_rw(a, 1);\n" for i in range(n))), 1000),
    "modes": (lambda n: mail(*(f"diff --git a/m{i} b/m{i}\nold mode 100644\nnew mode 100755\n" for i in range(n)),
                             TRAP), 3000),
    "moved": (_moved, 60),
    "parts of a kind": (_parts, 300),
    "quoted path": (lambda n: PLAIN.replace("b/mm/trap.c", f'"b/{chr(92)}303' + "\\303" * n + '"'), 20_000),
    "references": (lambda n: _headed("References:" + "".join(f" <r{i}@x.example>\n" for i in range(n))), 20_000),
    "renames": (_renames, 150),
    "replies": (_replies, 500),
    "returns": (lambda n: _said("\r" * n), 200_000),
    "sentences": (lambda n: _said(LONG * n), 5000),
    "spaces": (lambda n: _said(" " * n + "x"), 300_000),
    "subjects": (lambda n: PLAIN.replace("demo: trap", "=?utf-8?b?w4Q=?= " * n), 20_000),
    "tabs": (lambda n: mail(new_file("mm/trap.c", HEAD + "\t" * n + "x\n" + CALLER)), 300_000),
    "tags": (lambda n: _said("".join(f"Reviewed-by: R <r{i}@x.example> # set_memory\n" for i in range(n))), 10_000),
    "toggles": (_toggles, 100),
    "tree's file": (lambda n: mail(appended("drivers/vault/store.c", "".join(
        f"int g{i}(int a)\n{{\n\treturn set_memory_ro(a, {i});\n}}\n" for i in range(n)))), 150),
    "versions": (_versions, 400),
    "wrong lengths": (lambda n: mail(*(new_file(f"mm/t{i}.c", CALLER).replace("+1,6", "+1,99999999")
                                       for i in range(n))), 500),
}
"""Each shape, and a size at which the mail is up to some hundred kilobytes."""
