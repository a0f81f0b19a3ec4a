"""Round trips through the programs that people use beside us: each is run for real where it is installed."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
EXAMPLES = TOP / "examples"
SERIES, TREE = str(EXAMPLES / "series.mbox"), str(EXAMPLES / "linux")
RUN = [sys.executable, "-P", "-c", "from reviewbot.cli import main; main()"]
MAIL = TOP / "tests" / "mail"
NODE = Path(os.environ.get("REVIEWBOT_NODE", str(TOP / "build" / "node"))) / "node_modules"

pytestmark = pytest.mark.tools


_UNCONCERNED = """\
From 1111111111111111111111111111111111111111 Mon Sep 17 00:00:00 2001
From: Jane Roe <jane@example.org>
Date: Mon, 3 Mar 2025 10:00:00 +0100
Subject: [PATCH] Documentation: mend a word

Signed-off-by: Jane Roe <jane@example.org>
---
 Documentation/a.rst | 2 +-
 1 file changed, 1 insertion(+), 1 deletion(-)

diff --git a/Documentation/a.rst b/Documentation/a.rst
--- a/Documentation/a.rst
+++ b/Documentation/a.rst
@@ -1,3 +1,3 @@
 one
-tow
+two
 three
--
2.43.0
"""


@pytest.fixture
def reviewbot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with the program under its own name, which stands first in PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    script = folder / "reviewbot"
    script.write_text(f'#!/bin/sh\nPYTHONPATH={TOP} exec {sys.executable} -P -c '
                      f'"import sys; sys.argv[0] = \'reviewbot\'; from reviewbot.cli import main; main()" "$@"\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("NO_COLOR", raising=False)
    return folder


def need(*programs: str) -> None:
    """Skip the test where one of the programs is not installed."""
    for program in programs:
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")


def review(*words: str, cwd: str = TREE) -> str:
    """Return what a review of the example prints."""
    return subprocess.run(["reviewbot", "review", SERIES, "--tree", TREE, "--no-network", "-q", *words],
                          capture_output=True, check=True, text=True, cwd=cwd, timeout=300).stdout


def on_a_terminal(words: list[str], *, key: bytes = b"", seconds: float = 45) -> None:
    """Run a program that wants a terminal until it ends by itself; the key is pressed each second."""
    ours, theirs = pty.openpty()
    threading.Thread(target=_drain, args=(ours,), daemon=True).start()
    end = time.monotonic() + seconds
    with subprocess.Popen(words, stdin=theirs, stdout=theirs, stderr=theirs,
                          env={**os.environ, "TERM": "xterm", "LINES": "40", "COLUMNS": "100"}) as running:
        while running.poll() is None:
            if time.monotonic() > end:
                running.kill()
                pytest.fail(f"{words[0]} waits for something")
            time.sleep(1)
            if key:
                os.write(ours, key)
    os.close(theirs)


def _drain(handle: int) -> None:
    try:
        while os.read(handle, 4096):
            pass
    except OSError:
        pass


@pytest.mark.parametrize("mutt", ["mutt", "neomutt"])
def test_mutt_pipes_tagged_mails_and_gets_the_review(mutt: str, reviewbot: Path, tmp_path: Path) -> None:
    """The macro of the documentation: all mails tagged, piped together, one review, in colours."""
    need(mutt)
    said, rc = tmp_path / "said.txt", tmp_path / "muttrc"
    rc.write_text(f'set pipe_split=no\nset wait_key=no\nset folder={tmp_path}\n'
                  f'macro index ,R "<tag-prefix><pipe-message>FORCE_COLOR=1 reviewbot review --no-network '
                  f'--tree {TREE} - > {said}<enter>"\n')
    on_a_terminal([mutt, "-R", "-n", "-F", str(rc), "-f", SERIES, "-e",
                   'push "<tag-pattern>~A<enter>,R<exit>"'])
    assert "v2, 10 patches" in said.read_text()
    assert "The report" not in said.read_text()
    assert "\x1b[1m" in said.read_text()


@pytest.mark.parametrize("mutt", ["mutt", "neomutt"])
def test_mutt_takes_a_draft(mutt: str, reviewbot: Path, tmp_path: Path) -> None:
    """`mutt -H` opens each draft with its headers and its text, and sends it to what stands for sendmail."""
    need(mutt)
    review("-o", f"eml={tmp_path}/drafts/")
    draft = sorted((tmp_path / "drafts").glob("*.eml"))[0]
    sent, rc, sendmail = tmp_path / "sent.eml", tmp_path / "muttrc", tmp_path / "sendmail"
    sendmail.write_text(f"#!/bin/sh\ncat > {sent}\n")
    sendmail.chmod(0o755)
    rc.write_text(f'set sendmail={sendmail}\nset sendmail_wait=0\nset copy=no\nset editor=true\nset autoedit=yes\n'
                  f'set fcc_attach=yes\nset abort_unmodified=no\nset postpone=no\nset folder={tmp_path}\n'
                  'set edit_headers=yes\nset fast_reply=yes\n')
    on_a_terminal([mutt, "-n", "-F", str(rc), "-H", str(draft)], key=b"y")
    text = sent.read_text()
    wanted = draft.read_text()
    for name in ("Subject", "To", "In-Reply-To"):
        line = next(line for line in wanted.split("\n") if line.startswith(f"{name}: "))
        assert line.split(": ", 1)[1] in text.replace("\n ", " ")
    assert wanted.split("\n\n", 1)[1].strip().split("\n")[0] in text


def test_vim_makes_a_quickfix_list(reviewbot: Path, tmp_path: Path) -> None:
    """Every terse line is an entry with its file and line."""
    need("vim")
    lines = [line for line in review("--format", "terse", cwd=TREE).split("\n") if line]
    script, said = tmp_path / "v.vim", tmp_path / "vim.json"
    script.write_text("set errorformat=%f:%l:\\ %t%*[a-z]:\\ %m\n"
                      f"cexpr system('reviewbot review {SERIES} --tree . --no-network -q --format terse')\n"
                      "let found = map(getqflist(), '[bufname(v:val.bufnr), v:val.lnum, v:val.type, v:val.valid]')\n"
                      f"call writefile([json_encode(found)], '{said}')\nqa!\n")
    subprocess.run(["vim", "-Nu", "NONE", "-es", "-S", str(script)], cwd=TREE, check=False, timeout=120)
    found = json.loads(said.read_text())
    assert [f"{name}:{number}" for name, number, _, valid in found if valid] == \
        [":".join(line.split(":")[:2]) for line in lines]


def test_emacs_finds_the_lines(reviewbot: Path, tmp_path: Path) -> None:
    """Compilation mode takes each terse line for a message about a place, and no control sequence stands before it."""
    need("emacs")
    lines = [line for line in review("--format", "terse", cwd=TREE).split("\n") if line]
    script = tmp_path / "e.el"
    script.write_text(f"""
(require 'compile)
(let ((buffer (compilation-start "reviewbot review {SERIES} --tree . --no-network --no-cache --format terse" nil)))
  (while (get-buffer-process buffer) (accept-process-output nil 0.2))
  (with-current-buffer buffer
    (compilation--ensure-parse (point-max))
    (goto-char (point-min))
    (princ (if (search-forward "\\e[" nil t) "painted\\n" "plain\\n"))
    (princ (+ compilation-num-errors-found compilation-num-warnings-found compilation-num-infos-found))))
""")
    done = subprocess.run(["emacs", "--batch", "-Q", "-l", str(script)], cwd=TREE, capture_output=True, check=True,
                          text=True, timeout=180)
    assert done.stdout.strip().split("\n")[-2:] == ["plain", str(len(lines))]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_takes_its_script(shell: str, reviewbot: Path, tmp_path: Path) -> None:
    """The script loads without complaint, and fish and bash complete a command."""
    need(shell)
    script = tmp_path / "script"
    script.write_text(subprocess.run(["reviewbot", "completion", shell], capture_output=True, check=True,
                                     text=True).stdout)
    asked = {"bash": f"source {script}; COMP_WORDS=(reviewbot resol); COMP_CWORD=1; _reviewbot_completion reviewbot; "
                     "echo ${COMPREPLY[@]}",
             "fish": f"source {script}; complete -C'reviewbot resol'",
             "zsh": f"autoload -Uz compinit; compinit -u; source {script}; echo ${{_comps[reviewbot]:+resolve}}"}[shell]
    done = subprocess.run([shell, *(["-f"] if shell == "zsh" else []), "-c", asked], capture_output=True, check=True,
                          text=True, timeout=120)
    assert done.stdout.startswith("resolve"), (done.stdout, done.stderr)


def test_sphinx_builds_the_model_page(reviewbot: Path, tmp_path: Path) -> None:
    """The page for the kernel's Documentation/ is built without a warning, for every release."""
    sphinx = shutil.which("sphinx-build") or str(TOP / "build" / "docs" / "bin" / "sphinx-build")
    if not Path(sphinx).exists():
        pytest.skip("sphinx-build is not installed")
    (tmp_path / "conf.py").write_text("project = 'page'\n")
    (tmp_path / "index.rst").write_text("page\n====\n\n.. toctree::\n\n   a\n   b\n")
    for name, release in (("a", "5.10"), ("b", "7.3")):
        subprocess.run(["reviewbot", "model", "export", "--kernel", release, "-o", str(tmp_path / f"{name}.rst")],
                       check=True, timeout=120)
    done = subprocess.run([sphinx, "-W", "-n", "-q", "-b", "html", str(tmp_path), str(tmp_path / "out")],
                          capture_output=True, check=False, text=True, timeout=300)
    assert (done.returncode, done.stderr) == (0, "")


def test_sarif_is_what_the_standard_says(reviewbot: Path, tmp_path: Path) -> None:
    """The validator of the SARIF SDK, with the official schema and its own rules, finds no error in any of our logs."""
    tool = NODE / "@microsoft" / "sarif-multitool-linux" / "Sarif.Multitool"
    if not tool.exists():
        pytest.skip("Sarif.Multitool is not installed below REVIEWBOT_NODE or build/node")
    review("-o", f"sarif={tmp_path}/review.sarif", "--old")
    subprocess.run(["reviewbot", "scan", "--tree", TREE, "--format", "sarif", "-o", str(tmp_path / "scan.sarif")],
                   check=True, timeout=120)
    for name in ("review", "scan"):
        done = subprocess.run([str(tool), "validate", str(tmp_path / f"{name}.sarif")], capture_output=True, text=True,
                              check=False, timeout=180,
                              env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"})
        said = done.stdout + done.stderr
        assert "Analysis completed successfully" in said, said
        assert ": error " not in said, said


@pytest.fixture
def archive(reviewbot: Path, tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Return what serves mboxes as the list `threads` of a real public-inbox on loopback, and gives its address."""
    need("public-inbox-httpd")
    work = tmp_path / "public-inbox"

    def serve(*texts: str) -> str:
        mails = tmp_path / "mails"
        mails.mkdir()
        for name, text in (("a", texts[0]), ("b", "".join(texts))):  # the first is of another list
            (mails / f"{name}.mbox").write_text(text)
        return subprocess.run([str(MAIL / "start_archive.sh"), str(mails), str(work)], check=True, capture_output=True,
                              text=True, timeout=120).stdout.strip()

    yield serve
    subprocess.run([str(MAIL / "stop_archive.sh"), str(work)], check=False, timeout=30)


def test_public_inbox_threads_every_draft(archive: Callable[..., str], tmp_path: Path) -> None:
    """On the archive's page of a draft, that draft stands below the patch that it answers."""
    (tmp_path / ".gitconfig").write_text("[user]\n\tname = Rea Der\n\temail = rea@example.org\n")
    drafts = review("--format", "eml")
    address = archive(Path(SERIES).read_text(), drafts)
    ids = re.findall(r"(?m)^Message-ID: <(.*-reviewbot-reply@reviewbot)>$", drafts)
    answered = re.findall(r"(?m)^In-Reply-To: <(.*)>$", drafts)
    assert len(ids) == len(answered) > 3
    for draft, patch in zip(ids, answered, strict=True):
        with urllib.request.urlopen(f"{address}/threads/{draft}/", timeout=30) as page:
            text = re.sub(r"<[^>]*>", lambda tag: tag.group().replace("\n", " "), page.read().decode())
        lines = text.split("\n")
        here = next(number for number, line in enumerate(lines) if "[this message]" in line)
        above = next(number for number in range(here, -1, -1) if f'href="../{patch}/"' in lines[number])
        depths = [re.sub(r"<[^>]*>", "", line).find("`") for line in lines[above:here + 1]]
        assert min(depths[1:]) > depths[0]


def test_b4_shows_checks_and_comments_in_its_review(archive: Callable[..., str], tmp_path: Path) -> None:
    """b4's own review screen, under tmux: the documented check commands give every patch its mark, and the comments of
    `--b4-review` stand beside the diff. The series comes from a real archive, once."""
    need("tmux", "git")
    b4 = Path(os.environ.get("REVIEWBOT_B4", str(TOP / "build" / "b4" / "bin" / "b4")))
    if not b4.exists():
        pytest.skip("b4 with its screen is not installed at REVIEWBOT_B4 or in build/b4")
    address = archive(Path(SERIES).read_text())
    (tmp_path / ".gitconfig").write_text(
        "[user]\n\tname = Rea Der\n\temail = rea@example.org\n[b4]\n\tattestation-policy = off\n"
        f"\tmidmask = {address}/threads/%s\n\tlinkmask = {address}/threads/%s\n"
        f"\tsearchmask = {address}/threads/?x=m&q=%s\n")
    tree = tmp_path / "linux"
    subprocess.run(["cp", "-r", TREE, str(tree)], check=True)

    def run(*words: str) -> str:
        return subprocess.run(words, cwd=tree, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL,
                              timeout=120).stdout

    for words in (["init", "-q", "-b", "master"], ["add", "-A", "-f"], ["commit", "-q", "-m", "base"]):
        run("git", *words)
    for line in (TOP / "docs" / "tools.md").read_text().splitlines():
        if found := re.fullmatch(r'    git config (b4\.review-\w+-check-cmd) +"(.*)"', line):
            run("git", "config", found[1], found[2])
    run(str(b4), "review", "enroll", "-i", "example")
    run(str(b4), "review", "track", "20250304100000.3107-1-iris@keys.example")
    tmux = ["tmux", "-L", f"reviewbot-{os.getpid()}"]

    def see(wanted: str) -> str:
        for _ in range(90):
            screen = subprocess.run([*tmux, "capture-pane", "-p"], capture_output=True, text=True, check=False).stdout
            if re.search(wanted, screen):
                return screen
            time.sleep(1)
        pytest.fail(f"no {wanted} on the screen:\n{screen}")

    def press(*keys: str) -> None:
        subprocess.run([*tmux, "send-keys", *keys], check=True)
        time.sleep(1)

    try:
        subprocess.run([*tmux, "new-session", "-d", "-x", "150", "-y", "50", "-c", str(tree),
                        f"env -u COLUMNS -u LINES {b4} review tui -i example --email-dry-run"], check=True, timeout=30)
        see("vault: keep keys.*(?s:.)*r review")
        press("r")
        see("Apply results: clean")
        press("C-y")
        see("c checks")
        press("c")
        screen = see("10/10 .* ● ")
        marks = re.findall(r"(?m)^.*?(\d+)/10 .*● (pass|warn|fail)", screen)
        assert [int(number) for number, _ in marks] == list(range(11)), screen
        assert dict(marks)["0"] == dict(marks)["6"] == "fail"
        press("q")
        run("reviewbot", "review", "git:master..HEAD", "--tree", ".", "--no-network", "-q", "--b4-review")
        press("Q")
        see("r review")
        press("r")
        see("c checks")
        press(*"jjjjjj")
        assert "reviewbot" in see(r"\d+ comments across \d+ files")
    finally:
        subprocess.run([*tmux, "kill-server"], check=False)


def test_axe_has_no_complaint(reviewbot: Path, tmp_path: Path) -> None:
    """In a real browser, at three widths and in both themes, axe-core finds no violation on five reviews, the page of
    the model, and what `serve` shows; no page is wider than its window, and none asks for anything. With the keyboard
    alone every link and every fold is reached, seen to have the focus, and obeys."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None or shutil.which("node") is None or not (NODE / "axe-core").exists() \
            or not (NODE / "playwright-core").exists():
        pytest.skip("chromium, node, or axe-core and playwright-core below REVIEWBOT_NODE are not installed")
    folder = tmp_path / "reviews"
    folder.mkdir()
    review("-o", f"html={folder}/one.html", "-o", f"json={folder}/one.json")
    (tmp_path / "other.mbox").write_text(_UNCONCERNED)
    reviews = {"one": (), "two": (SERIES, "--kernel", "6.12"), "three": (str(EXAMPLES / "loan.mbox"), "--tree", TREE),
               "four": (SERIES, "--tree", TREE, "--patch", "6"), "five": (str(tmp_path / "other.mbox"),)}
    for name, words in [*reviews.items()][1:]:
        subprocess.run(["reviewbot", "review", *words, "--no-network", "-q", "-o", f"html={folder}/{name}.html"],
                       check=True, timeout=120, cwd=tmp_path)
    subprocess.run(["reviewbot", "model", "show", "x86", "--tree", TREE, "--format", "html", "-o",
                    str(folder / "model.html")], check=True, timeout=120)
    server = subprocess.Popen(["reviewbot", "serve", str(folder), "--port", "0"], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
    try:
        assert server.stdout is not None
        address = next(word for word in server.stdout.readline().split() if word.startswith("http://")).rstrip("/,")
        script = tmp_path / "axe.mjs"
        script.write_text((Path(__file__).parent / "axe.mjs").read_text())
        (tmp_path / "node_modules").symlink_to(NODE)
        done = subprocess.run(["node", str(script), chromium, *(
                               (folder / f"{name}.html").as_uri() for name in (*reviews, "model")),
                               f"{address}/", f"{address}/review/one.json"],
                              capture_output=True, text=True, check=False, timeout=900)
    finally:
        server.terminate()
        server.communicate(timeout=20)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr
