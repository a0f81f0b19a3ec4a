"""The `review` command: formats, choices, and every exit status that is promised."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reviewbot.cli import main
from reviewbot.cli import review as review_module
from reviewbot.cli.knowledge import load_knowledge
from reviewbot.errors import InputError
from reviewbot.series import Series

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
UNRELATED = b"""\
From: B <b@c.example>
Subject: [PATCH] other: thing
Message-ID: <other@c.example>
Date: Tue, 4 Mar 2025 10:00:00 +0000

Text.
---
diff --git a/drivers/a.c b/drivers/a.c
--- a/drivers/a.c
+++ b/drivers/a.c
@@ -1,3 +1,3 @@
 int a;
-int b;
+int c;
 int d;

"""
LOAN = str(EXAMPLES / "loan.mbox")
SERIES, TREE = str(EXAMPLES / "series.mbox"), str(EXAMPLES / "linux")


ANY_FUNCTION = {"contract", "lost-setting", "written-after-init"}
"""Kinds of check that ask about any function or variable."""

OWN_EXAMPLES = {"answer-change", "default-again", "dropped-bit", "error-line", "flag-given", "gate-effect", "gate-lost",
                "gated-half", "gated-static", "left-bits", "left-declaration", "lost-callers", "lost-inside",
                "macro-argument", "option-lost", "other-mode", "other-outcome", "question-swap",
                "sometimes-executable", "turned-order", "twice-linked", "two-mappings", "two-types", "undo-passed-by",
                "unlike-neighbour", "variable-break", "way-back"}
"""Kinds of check that need files or functions which the example's tree has no like of."""


def test_the_model_that_is_named_is_the_one_that_answers(tmp_path: Path) -> None:
    """A series from before the oldest release of the model is read with that one, and told so."""
    old = tmp_path / "old.mbox"
    old.write_bytes(UNRELATED.replace(b"2025", b"2019"))
    result = run(str(old), "--format", "text", "--full")
    text = " ".join(result.stdout.split())
    assert result.exit_code == 0, result.stderr
    assert "with the model of Linux 5.10, the oldest that there is" in text
    assert "5.1," not in text
    base = json.loads(run(str(old), "--format", "json").stdout)["series"]["base"]
    assert (base["kernel"], base["how"]) == ("5.10", "oldest")


def test_several_series_are_one_document(tmp_path: Path) -> None:
    """SARIF is one log with a run for each series, b4's answer one list; HTML is a file each, in a folder."""
    places = {form: tmp_path / form for form in ("sarif", "b4")}
    folder = tmp_path / "pages"
    outputs = [word for form, path in places.items() for word in ("-o", f"{form}={path}")]
    result = run(SERIES, LOAN, "--tree", TREE, "--all", *outputs, "-o", f"html={folder}/")
    assert result.exit_code == 0, result.stderr
    runs = json.loads(places["sarif"].read_text())["runs"]
    assert len({one["automationDetails"]["id"] for one in runs}) == 2
    assert len(json.loads(places["b4"].read_text())) == 2
    pages = sorted(folder.iterdir())
    assert [page.name for page in pages] == ["review-0001.html", "review-0002.html"]
    assert [page.read_text().count("</html>") for page in pages] == [1, 1]
    assert run(SERIES, LOAN, "--tree", TREE, "--all", "--format", "html").stdout.count("</html>") == 2


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing be known from another test."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def run(*words: str, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["review", *words, "--no-network"], input=stdin)


def test_the_examples_show_every_rule() -> None:
    """Each rule about the subject but drafts finds something in one of the example's two series.

    Rules that ask about any function, and those that need a tree of their own, show themselves by their examples.
    """
    result, other = (run(source, "--tree", TREE, "--format", "json") for source in (SERIES, LOAN))
    assert (result.exit_code, other.exit_code) == (0, 0), result.stderr + other.stderr
    review = json.loads(result.stdout)
    found = {finding["rule"] for one in (review, json.loads(other.stdout)) for finding in one["findings"]}
    others = {rule.id for rule in load_knowledge(()).rules
              if rule.status == "draft" or rule.kind in ANY_FUNCTION | OWN_EXAMPLES}
    ran = set(review["coverage"]["rules"])
    assert sorted(ran - others - found) == [], "no patch in examples/ shows them, nor are their kinds in OWN_EXAMPLES"
    assert found <= ran
    assert {message["role"] for message in review["messages"]} == {"cover", "patch", "reply"}
    assert all(finding["evidence"] for finding in review["findings"])


def test_each_change_of_the_level_set_can_be_looked_up() -> None:
    """What the series changes is said with a place, also where a guard changes or the call is a stub."""
    review = json.loads(run(SERIES, "--tree", TREE, "--format", "json").stdout)
    changes = [entry for entry in review["level_set"] if entry["statement"].startswith("Patch")]
    assert changes
    assert all(one["file"] and one["line"] for entry in changes for one in entry["because"])
    assert [entry["statement"] for entry in changes if not entry["because"]] == []


def test_a_dropped_result_that_a_later_patch_mends_is_a_note() -> None:
    """Patch 1 of the example drops a result and patch 5 checks it: said once, as a note that names patch 5."""
    review = json.loads(run(SERIES, "--tree", TREE, "--format", "json").stdout)
    dropped = [f for f in review["findings"] if f["rule"] == "ignored-result" and f["function"] == "vault_alloc_key"]
    assert [(f["patch"], f["level"], f["fixed_by"]) for f in dropped] == [(1, "note", 5)]


def test_an_untrue_claim_is_contradicted() -> None:
    """'No functional change' of patch 3 is held against the guard that it changes."""
    review = json.loads(run(SERIES, "--tree", TREE, "--format", "json").stdout)
    verdicts = {(c["patch"], c["verdict"]) for c in review["claims"] if c["kind"] == "nfc"}
    assert (3, "contradicted") in verdicts


def test_same_input_same_bytes(tmp_path: Path) -> None:
    """Two runs over the same input give the same bytes in every format, as does one that finds the finished review."""
    forms = ("json", "html", "text", "terse", "sarif", "b4", "eml")
    folders = (tmp_path / "first", tmp_path / "second")
    for folder in folders:
        folder.mkdir()
        outputs = [word for form in forms for word in ("-o", f"{form}={folder / form}")]
        done = run(SERIES, "--tree", TREE, "--no-cache", *outputs)
        assert done.exit_code == 0, done.stderr
    for form in forms:
        assert (folders[0] / form).read_bytes() == (folders[1] / form).read_bytes(), form
        said = run(SERIES, "--tree", TREE, "--format", form)
        assert (said.exit_code, said.stdout.encode()) == (0, (folders[0] / form).read_bytes()), form


def test_fail_on_counts_only_what_the_series_brings() -> None:
    """With --fail-on the exit status is 1 when the series introduces something that grave."""
    assert run(SERIES, "--tree", TREE, "--fail-on", "question").exit_code == 1
    assert run(SERIES, "--tree", TREE, "--fail-on", "never").exit_code == 0


def test_outputs_go_to_files(tmp_path: Path) -> None:
    """-o writes a format to its file, and standard output then holds only what else was asked for."""
    result = run(SERIES, "--tree", TREE, "-o", f"html={tmp_path / 'r.html'}", "-o", f"json={tmp_path / 'r.json'}")
    assert result.exit_code == 0
    assert result.stdout == ""
    assert (tmp_path / "r.html").read_text().lower().startswith("<!doctype html>")
    assert json.loads((tmp_path / "r.json").read_text())["schema"] == "reviewbot.review/1"


@pytest.mark.parametrize(("words", "status", "says"), [
    (["no-such-file.mbox"], 4, "no-such-file.mbox"),
    ([SERIES, "--tree", "/nowhere"], 4, "/nowhere"),
    ([SERIES, "--format", "pdf"], 2, "pdf"),
    ([SERIES, "-o", "html"], 2, "FORMAT=PATH"),
    ([SERIES, "--arch", "z80"], 2, "z80"),
    ([SERIES, "--kernel", "six"], 2, "six"),
    ([SERIES, "--patch", "two"], 2, "patch numbers"),
    ([SERIES, "--version-of-series", "7"], 4, "7"),
    ([SERIES, "--series", "nobody@nowhere"], 4, "nobody@nowhere"),
    ([SERIES, "--tree", TREE, "--base", "v6.1"], 4, "v6.1"),
    ([SERIES, "--base", "v6.1"], 2, "--tree"),
    ([SERIES, "--all", "--series", "a@b"], 2, "exclude each other"),
    ([SERIES, "--patch", "99"], 2, "no patch 99"),
])
def test_bad_command_lines(words: list[str], status: int, says: str) -> None:
    """What is wrong is said in one line that names it, with the promised status."""
    result = run(*words)
    assert result.exit_code == status, result.output
    assert says in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize("data", [
    b"", b"\n\n\n", b"not a mail at all", b"\x00" * 5000, b"From nobody\n", b"Subject: hi\n\nno patch here\n",
    b"\x1f\x8b\x08\x00broken gzip", bytes(range(256)) * 40,
], ids=["empty", "blank", "text", "nul", "from", "no-patch", "bad-gzip", "all-bytes"])
def test_input_without_a_patch(data: bytes) -> None:
    """Input that holds no patch ends with status 4 and one line, never with a traceback."""
    result = run("-", stdin=data)
    assert result.exit_code == 4, result.output
    assert len(result.stderr.splitlines()) == 1
    assert "Traceback" not in result.output


def test_a_truncated_series_is_reviewed_as_far_as_it_goes() -> None:
    """A mailbox that ends in the middle of a patch still gives a review that names what is missing."""
    data = (EXAMPLES / "series.mbox").read_bytes()
    result = run("-", "--tree", TREE, "--format", "json", stdin=data[: len(data) * 2 // 3])
    assert result.exit_code == 0, result.stderr
    review = json.loads(result.stdout)
    assert review["series"]["missing"]


def test_terse_is_silent_when_there_is_nothing_to_say() -> None:
    """A patch that does not touch the family gives no output at all on either stream in terse mode."""
    result = run("-", "--format", "terse", stdin=UNRELATED)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")


def test_several_series_are_listed() -> None:
    """Two series in one input are listed with their Message-IDs and status 4; --all reviews both, --series one."""
    one = (EXAMPLES / "series.mbox").read_bytes()
    other = b"From mboxrd@z Thu Jan  1 00:00:00 1970\n" + UNRELATED
    result = run("-", stdin=one + other)
    assert result.exit_code == 4
    assert "other@c.example" in result.stderr
    everything = run("-", "--all", "--format", "json", stdin=one + other)
    assert len(json.loads(everything.stdout)["reviews"]) == 2
    accounted = [m["message_id"] for each in json.loads(everything.stdout)["reviews"] for m in each["messages"]]
    assert len(accounted) == len(set(accounted)) == 13
    single = run("-", "--series", "other@c.example", "--format", "json", stdin=one + other)
    roles = {m["message_id"]: m["role"] for m in json.loads(single.stdout)["messages"]}
    assert len(roles) == 13
    assert roles.pop("other@c.example") == "patch"
    assert set(roles.values()) == {"ignored"}
    assert json.loads(single.stdout)["series"]["message_id"] == "other@c.example"


def test_a_cover_letter_alone_costs_no_run(tmp_path: Path) -> None:
    """With --all a cover letter without its patches, and a name that no file system takes, end as the contract says."""
    cover = tmp_path / "cover.eml"
    cover.write_bytes(b"From: A <a@b.example>\nSubject: [PATCH 0/2] mm: two things\nMessage-ID: <cover@b.example>\n"
                      b"Date: Tue, 4 Mar 2025 10:00:00 +0000\n\nText.\n")
    assert run(str(cover), "--all", "--tree", TREE).exit_code in {0, 4}
    assert run("a" * 300 + "@b.example").exit_code == 4
    assert run(SERIES, "--tree", "a" * 5000).exit_code == 4


def test_a_hunk_that_begins_below_its_functions_head_is_read() -> None:
    """The section names the function; git cuts it after 80 characters, and a mailer breaks it."""
    for section in ("static void seal(struct widget *w, int pages)", "static void seal(struct widget *w, int pa",
                    "static void seal(struct widget_with_a_long_name_that_fills_the_line *w,\nint pages)"):
        mail = (b"From: B <b@c.example>\nSubject: [PATCH] widgets: seal\nMessage-ID: <s@c.example>\n\nText.\n---\n"
                b"--- a/drivers/a.c\n+++ b/drivers/a.c\n@@ -7,4 +7,5 @@ " + section.encode() +
                b"\n {\n \tprepare(w);\n+\tset_memory_ro(w->text, pages);\n \tfinish(w);\n }\n")
        (finding,) = json.loads(run("-", "--format", "json", stdin=mail).stdout)["findings"]
        assert (finding["rule"], finding["function"], finding["line"]) == ("ignored-result", "seal", 9)


def test_what_was_not_read_of_a_mail_is_in_the_report() -> None:
    """A hunk that is cut short is named among what was not looked at, and a damage that was undone is told."""
    cut = UNRELATED.replace(b"@@ -1,3 +1,3 @@", b"@@ -1,9 +1,9 @@")
    (skip,) = [one for one in json.loads(run("-", "--format", "json", stdin=cut).stdout)["skips"]
               if one["stage"] == "mail"]
    assert "shorter than its header says" in skip["why"]
    page = " ".join(run("-", stdin=cut).stdout.split())
    assert "not all of it could" in page
    assert "hunk 1 is damaged" in page
    mended = run("-", stdin=UNRELATED.replace(b"@@ -1,3 +1,3 @@", b"@@ -1,3\n+1,3 @@"))
    assert "lines were broken in 1 place" in " ".join(mended.stdout.split())


def test_a_series_below_another_one_is_named() -> None:
    """The series at the top is reviewed, and the text says which one was sent below it."""
    one = (EXAMPLES / "series.mbox").read_bytes()
    head = next(line for line in one.decode().splitlines() if line.lower().startswith("message-id:")).partition(":")[2]
    below = UNRELATED.replace(b"Date:", f"In-Reply-To:{head}\nDate:".encode(), 1)
    result = run("-", stdin=one + b"From mboxrd@z Thu Jan  1 00:00:00 1970\n" + below)
    assert result.exit_code == 0
    assert "--series other@c.example" in " ".join(result.stdout.split())


def test_a_kernel_that_is_not_the_trees_is_said() -> None:
    """The tree's release answers, and the option that says otherwise is no silent wish."""
    review = json.loads(run(SERIES, "--tree", TREE, "--kernel", "5.10", "--format", "json").stdout)
    assert any("--kernel 5.10" in skip["why"] for skip in review["skips"])


@pytest.mark.parametrize(("raised", "status"), [(RuntimeError("boom"), 3), (InputError("no such blob"), 0)])
def test_one_bad_series_costs_the_others_nothing(own_cache: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                                 raised: Exception, status: int) -> None:
    """With --all the error of one series stands in its place; a defect of ours is said once more at the end."""
    apply_series = review_module.apply_series

    def fails(series: Series, *args: object, **more: object) -> object:
        if series.subject.startswith("other"):
            raise raised
        return apply_series(series, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(review_module, "apply_series", fails)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    both = tmp_path / "both.mbox"
    both.write_bytes(Path(SERIES).read_bytes() + b"\nFrom mboxrd@z Thu Jan  1 00:00:00 1970\n" + UNRELATED)
    outputs = [part for form in ("text", "html/", "sarif", "eml", "terse", "b4")
               for part in ("-o", f"{form.rstrip('/')}={tmp_path}/{form}")]
    result = run(str(both), "--tree", TREE, "--all", "--no-network", "--format", "json", *outputs)
    assert result.exit_code == status, result.stderr
    reviews = json.loads(result.stdout)["reviews"]
    places = {one["series"]["subject"]: [skip["why"] for skip in one["skips"] if skip["stage"] == "review"]
              for one in reviews}
    assert len(places) == 2
    [why] = places.pop("other: thing")
    assert ("RuntimeError" in why) == (status == 3)
    assert list(places.values()) == [[]]
    assert "could not be reviewed" in (tmp_path / "text").read_text()


def test_a_damaged_source_is_named_in_the_report(tmp_path: Path) -> None:
    """A gzip file that ends early is read as far as it goes, and every report says so."""
    cut = tmp_path / "cut.mbox.gz"
    cut.write_bytes(gzip.compress(Path(SERIES).read_bytes() + os.urandom(4000))[:-2000])
    result = run(str(cut), "--tree", TREE, "--no-network", "--format", "json", "-o", f"text={tmp_path / 't'}")
    assert [skip["why"] for skip in json.loads(result.stdout)["skips"] if "ends early" in skip["why"]]
    assert "ends early" in " ".join((tmp_path / "t").read_text().split())


def test_an_incomplete_series_is_refused_when_all_of_it_is_wanted(tmp_path: Path) -> None:
    """--require-complete ends with status 4 and the missing numbers; without it what is there is reviewed."""
    part = tmp_path / "part.mbox"
    text = (EXAMPLES / "series.mbox").read_text()
    mails = text.split("\nFrom mboxrd@z ")
    part.write_text("\nFrom mboxrd@z ".join(mail for mail in mails if "[PATCH v2 07/10]" not in mail))
    refused = run(str(part), "--require-complete", "-q")
    assert (refused.exit_code, refused.stdout) == (4, "")
    assert "patch 7 of 10 is missing; leave --require-complete away" in refused.stderr
    assert run(str(part), "-q").exit_code == 0
    assert run(SERIES, "--require-complete", "-q").exit_code == 0


def test_nipa_gets_its_status_and_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """1 for errors, 250 for less, 0 for nothing, and one line on the descriptor that DESC_FD names."""
    quiet = tmp_path / "quiet.eml"
    quiet.write_bytes(UNRELATED)
    for source, status, said in ((SERIES, 1, "error"), (str(quiet), 0, "nothing found")):
        with (tmp_path / "desc").open("wb") as file:
            monkeypatch.setenv("DESC_FD", str(file.fileno()))
            assert run(source, "--tree", TREE, "--nipa", "-q").exit_code == status
        lines = (tmp_path / "desc").read_text().splitlines()
        assert len(lines) == 1
        assert said in lines[0]
    monkeypatch.setenv("DESC_FD", "99999999")
    assert run(str(quiet), "--tree", TREE, "--nipa", "-q").exit_code == 0


def test_mails_with_a_separator_of_their_own() -> None:
    """mutt pipes tagged mails with pipe_sep between them, which is told with --stdin-pipe-sep."""
    mails = [part.partition("\n")[2] for part in ("\n" + (EXAMPLES / "series.mbox").read_text()).split(
        "\nFrom mboxrd@z ")[1:]]
    for word, mark in (("@@@", "@@@"), ("\\n%%\\n", "\n%%\n")):
        result = run("-", "--stdin-pipe-sep", word, "--format", "json", "-q", stdin=mark.join(mails).encode())
        assert result.exit_code == 0, result.stderr
        assert len(json.loads(result.stdout)["series"]["patches"]) == 10


def test_a_mail_that_came_alone_says_why_the_others_are_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch
                                                                  ) -> None:
    """A patch piped without its thread is reviewed, and the page says why the rest is missing; a cover letter alone is
    an error with the same reason."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    mails = (EXAMPLES / "series.mbox").read_bytes().split(b"\nFrom mboxrd@z")
    why = "the other mails of the thread were not fetched (it was not fetched before, and the network is switched off)"
    words = ["review", "-", "--no-network", "--tree", str(EXAMPLES / "linux")]
    patch = CliRunner().invoke(main, words, input=b"From mboxrd@z" + mails[1] + b"\n")
    assert (patch.exit_code, why in " ".join(patch.stdout.split())) == (0, True), patch.output
    cover = CliRunner().invoke(main, words, input=mails[0] + b"\n")
    assert (cover.exit_code, cover.stderr.count("\n")) == (4, 1)
    assert cover.stderr.startswith("reviewbot: standard input: holds a cover letter and none of its patches; " + why)


def test_only_the_named_architectures_are_spoken_of() -> None:
    """`--arch` may be repeated, with commas too; what another architecture's files show is not this run's subject."""
    pages = {words: CliRunner().invoke(main, ["review", SERIES, "--tree", TREE, "--no-network", *words]).stdout
             for words in ((), ("--arch", "arm64"), ("--arch", "x86", "--arch", "riscv,arm64"))}
    assert [("powerpc" in page, "x86" in page, "on arm64" in page) for page in pages.values()] == [
        (True, True, True), (False, False, True), (False, True, True)]
    done = CliRunner().invoke(main, ["review", SERIES, "--tree", TREE, "--no-network", "--arch", "arm"])
    assert done.exit_code == 2
    assert "the tree has no arch/arm; it has arm64, powerpc, riscv and x86" in done.stderr
