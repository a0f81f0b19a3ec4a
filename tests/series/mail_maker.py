"""Threads for tests, in the shape in which git send-email and people's mailers write them."""

from __future__ import annotations

from dataclasses import dataclass, field

JANE = "Jane Roe <jane@example.org>"
DOE = "John Doe <john@example.com>"
DAY = "Mon, 3 Mar 2025 %02d:%02d:00 +0100"


def diff(path: str = "mm/widget.c", *, old: str = "widget_map(page);", new: str = "return widget_map(page);") -> str:
    """Return a one-hunk diff of a file."""
    return (f"diff --git a/{path} b/{path}\nindex 1111111..2222222 100644\n--- a/{path}\n+++ b/{path}\n"
            f"@@ -10,3 +10,3 @@ int widget_protect(struct page *page)\n {{\n-\t{old}\n+\t{new}\n }}\n")


def patch_body(what: str = "Widgets lose their errors.", *, trailers: str = f"Signed-off-by: {JANE}\n",
               notes: str = "", path: str = "mm/widget.c", tail: str = "", top: str = "") -> str:
    """Return the text of a patch mail as format-patch writes it."""
    return (f"{top}{what}\n\n{trailers}---\n{notes} {path} | 2 +-\n 1 file changed, 1 insertion(+), 1 deletion(-)\n\n"
            f"{diff(path)}{tail}-- \n2.43.0\n\n")


@dataclass(slots=True)
class Box:
    """An mbox under construction: every mail gets the next minute as its date."""

    mails: list[str] = field(default_factory=list)

    def add(self, subject: str, body: str, *, key: str, to: str = "", author: str = JANE, headers: str = "",
            references: str = "") -> Box:
        """Append a mail with the Message-ID `key@example.org` in answer to `to@example.org`."""
        at = len(self.mails)
        lines = [f"From: {author}", f"Date: {DAY % (8 + at // 60, at % 60)}", f"Subject: {subject}",
                 "To: linux-mm@kvack.org", f"Message-ID: <{key}@example.org>"]
        if to:
            lines.append(f"In-Reply-To: <{to}@example.org>")
            lines.append(f"References: <{references or to}@example.org>")
        head = "\n".join(lines)
        self.mails.append(f"{head}\n{headers}\n{body}")
        return self

    def series(self, name: str, count: int, *, prefix: str = "PATCH", version: int = 1, title: str = "widgets: map",
               cover: str = "This series maps widgets.\n", tail: str = "", to: str = "") -> Box:
        """Append a cover letter (unless `cover` is empty) and `count` patches below it."""
        mark = f"{prefix} v{version}" if version > 1 else prefix
        root = to
        if cover:
            stat = " mm/widget.c | 2 +-\n 1 file changed, 1 insertion(+)\n"
            body = f"{cover}\n{JANE[:8]} (1):\n  {title}\n\n{stat}\n{tail}"
            self.add(f"[{mark} 0/{count}] {title}", body, key=f"{name}-0", to=to)
            root = f"{name}-0"
        for index in range(1, count + 1):
            own = tail if index == 1 and not cover else ""
            self.add(f"[{mark} {index}/{count}] {title} part {index}", patch_body(f"Part {index}.", tail=own,
                     path=f"mm/widget{index}.c"), key=f"{name}-{index}", to=root)
            if not cover and index == 1 and not to:
                root = f"{name}-1"
        return self

    def bytes(self) -> bytes:
        """Return the mbox (mboxrd)."""
        return "".join(f"From mboxrd@z Thu Jan  1 00:00:00 1970\n{mail}\n" for mail in self.mails).encode()
