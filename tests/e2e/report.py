"""report: one page that needs nothing else, holds the tables' numbers, repeats itself, and refuses what it cannot read."""
import re
import xml.dom.minidom
from html.parser import HTMLParser

from harness import check, rows_of

VOID = {"meta", "br", "hr", "img", "input", "link"}


class Page(HTMLParser):
    """Tags in pairs, sections by id, the cells of tables, the text, and whatever a browser would fetch or run."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.sections, self.cells, self.text, self.foreign = [], [], set(), "", []
        self.heads_without_scope = 0
        self.feed(text)
        self.close()
        check(not self.open, f"never closed: {self.open}")

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if tag == "section":
            self.sections.append(attrs["id"])
        if tag == "th" and "scope" not in attrs:
            self.heads_without_scope += 1
        if tag in ("script", "link", "img", "iframe", "object", "embed", "base", "use", "image"):
            self.foreign.append(tag)
        self.foreign += [f"{tag} {name}={value}" for name, value in attrs.items()
                         if name in ("src", "href", "xlink:href", "style", "data") and not (value or "").startswith("#") or name.startswith("on")]

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        check(self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-3:]}")
        self.open.pop()

    def handle_data(self, data):
        self.text += data
        if self.open and self.open[-1] in ("td", "th"):
            self.cells.add(data)


def page_of(path):
    text = path.read_text()
    page = Page(text)
    check(not page.foreign and not re.search(r"https?:|@import|url\(", text), f"the page asks for more: {page.foreign[:3]}")
    check(page.heads_without_scope == 0, "a table head without scope")
    for svg in re.findall(r"<svg.*?</svg>", text, re.S):
        root = xml.dom.minidom.parseString(svg).documentElement
        for part in ("title", "desc"):
            check(root.getElementsByTagName(part)[0].firstChild.data, f"a picture without {part}")
        check("nan" not in svg and "inf" not in svg, f"a coordinate that is no number in {svg[:200]}")
    return page


def shown(value, decimals):
    return value if value == "NA" else re.sub("^-", "\u2212", f"{float(value):.{decimals}f}")


def inputs(w):
    """The outputs of every command about one genome."""
    if hasattr(w, "report_inputs"):
        return w.report_inputs
    folder = w.new_folder("report")
    run = folder / "run"
    w.run("train", "--model-config", w.model_config, "--context", "256", "--batch-bases", "512", "--steps", "4", "--eval-every", "2", "--valid-contigs", "chr2",
          "-f", w.fasta, "-o", run)
    cds = w.write(f"{folder.name}/cds.bed", "chr1\t100\t400\tgene<1>\t0\t+\nchr1\t1500\t1600\tb\t0\t-\n")
    genes = w.write(f"{folder.name}/genes.gtf", 'chr1\tx\tCDS\t1201\t2400\t.\t+\t0\tgene_id "g"; transcript_id "t";\n')
    w.run("score", "--model", run, "-f", w.fasta, "--baselines", "--class", f"CDS={cds}", "--tracks", folder / "t", "-o", folder / "score.tsv")
    w.run("boundaries", "--model", run, "-f", w.fasta, "--class", f"CDS={cds}", "-o", folder / "b")
    w.run("annotate", "--boundaries", folder / "b.stage0.fwd.chunks.bed.gz", "--boundaries", folder / "b.stage0.rev.chunks.bed.gz",
          "--features", f"CDS={cds}", "--features", f"genes={genes}", "-f", w.fasta, "--rotations", "20", "-o", folder / "e.tsv")
    w.report_inputs = folder, cds
    return w.report_inputs


def everything(w, folder, cds):
    return ("--run", folder / "run", "--scores", folder / "score.tsv", "--boundaries", folder / "b", "--tracks", folder / "t",
            "--enrichment", folder / "e.tsv", "-f", w.fasta, "--features", f"CDS & co={cds}")


def test_run_of_another_model(w):
    folder, _ = inputs(w)
    said = "No checkpoint in the folder of the run is the model that the other inputs were made with."
    for run, expected in ((folder / "run", False), (next((folder / "run" / "checkpoints").glob("step-4")), False), (w.model, True)):
        for option, file in (("--scores", "score.tsv"), ("--enrichment", "e.tsv")):
            done = w.run("report", "--run", run, option, folder / file, "-o", folder / "model.html")
            check((f"warning: report: {said}" in done.stderr) == expected, f"--run {run} {option}: {done.stderr}")
            check((said in page_of(folder / "model.html").text) == expected, f"--run {run} {option}")


def test_page_holds_the_tables(w):
    folder, cds = inputs(w)
    w.run("report", *everything(w, folder, cds), "--title", "A <b>run</b>", "-o", folder / "all.html", "--locus-svg", folder / "l.svg")
    page = page_of(folder / "all.html")
    check(page.sections == ["model", "training", "bits", "chunks", "locus", "enrichment", "sources"], f"sections {page.sections}")
    check("A <b>run</b>" in page.text and "CDS & co" in page.text, "title or features are not in the text as they were given")
    head, *rows = rows_of(folder / "score.tsv")
    scored = 0
    for row in (dict(zip(head, cells)) for cells in rows):
        if row["bits_per_base"] == "NA":
            continue
        scored += 1
        wanted = {shown(row["bits_per_base"], 4), shown(row["perplexity"], 3), f"{int(row['scored_bases']):,}"}
        check(wanted <= page.cells, f"{row}: {wanted - page.cells} not on the page")
    check(scored > 10, f"{scored} rows")
    head, *rows = rows_of(folder / "b.summary.tsv")
    for row in (dict(zip(head, cells)) for cells in rows if "NA" not in cells):
        wanted = {f"{int(row['chunks']):,}", shown(row["boundaries_per_base"], 4), shown(row["length_mean"], 3)}
        check(wanted <= page.cells, f"{row}: {wanted - page.cells} not on the page")
    head, *rows = rows_of(folder / "e.tsv")
    for row in (dict(zip(head, cells)) for cells in rows):
        wanted = {shown(row["log2_fold"], 4), shown(row["expected"], 1), shown(row["p"], 4), shown(row["q"], 4)}
        check(row["offset"] != "body" or wanted <= page.cells, f"{row}: {wanted - page.cells} not on the page")
    head, *rows = rows_of(folder / "e.phase.tsv")
    phases = [row for row in (dict(zip(head, cells)) for cells in rows) if row["n_exons"] != "0"]
    for row in phases:
        share = [shown(float(row[name]) / int(row["n_bases"]), 4) for name in ("observed", "expected")]
        wanted = {f"{share[0]} ({share[1]})", shown(row["p"], 4), f"{row['feature']}, {row['orientation']}"}
        check(wanted <= page.cells, f"{row}: {wanted - page.cells} not on the page")
    check(len(phases) == 12, f"{len(phases)} rows of codon positions")
    head, *rows = rows_of(folder / "e.agreement.tsv")
    for row in (dict(zip(head, cells)) for cells in rows):
        wanted = {shown(row["kappa"], 4), shown(row["kappa_max"], 4), f"{int(row['n_both']):,}", row["chance"]}
        check(wanted <= page.cells, f"{row}: {wanted - page.cells} not on the page")
    check(len(rows) == 4, f"{len(rows)} rows of agreement")
    valid = [line.split(",") for line in (folder / "run/metrics.csv").read_text().splitlines() if ",valid," in line]
    check(len(valid) == 2 and all(shown(line[3], 4) in page.cells for line in valid), f"validation {valid}")
    for word in ("meaningful", "pathogenic", "functional"):
        check(word not in page.text, f"'{word}' on the page")
    picture = xml.dom.minidom.parse(str(folder / "l.svg")).documentElement
    check(picture.getAttribute("xmlns") == "http://www.w3.org/2000/svg" and "CDS & co" in [
        text.firstChild.data for text in picture.getElementsByTagName("text")], "the picture alone")


def test_sections_follow_inputs(w):
    folder, cds = inputs(w)
    for given, sections in (
        (("--run", folder / "run"), ["model", "training"]),
        (("--scores", folder / "score.tsv"), ["bits"]),
        (("--boundaries", folder / "b"), ["chunks", "locus"]),
        (("--enrichment", folder / "e.tsv"), ["enrichment"]),
        # A checkpoint has no record of its training; an untrained run has no step.
        (("--run", folder / "run/checkpoints/step-4"), ["model"]),
        (("--run", w.model), ["model", "training"]),
    ):
        w.run("report", *given, "-o", folder / "one.html")
        got = page_of(folder / "one.html").sections
        check(got == [*sections, "sources"], f"{given}: {got}")


def test_repeats_itself(w):
    folder, cds = inputs(w)
    pages = []
    for name in ("a.html", "b.html"):
        w.run("report", "--no-version", *everything(w, folder, cds), "-o", folder / name)
        pages.append((folder / name).read_bytes())
    check(pages[0] == pages[1], "two runs differ")
    done = w.run("report", "--no-version", *everything(w, folder, cds), "-o", "-")
    check(done.stdout.encode() == pages[0], "standard output differs from the file")


def test_place(w):
    folder, cds = inputs(w)
    w.run("report", "--boundaries", folder / "b", "-f", w.fasta, "--locus", "chr1:3,100-3,249", "-o", folder / "p.html", "--locus-svg", folder / "p.svg")
    picture = xml.dom.minidom.parse(str(folder / "p.svg")).documentElement
    letters = "".join(t.firstChild.data for t in picture.getElementsByTagName("text") if t.getAttribute("class") == "base")
    check(letters.upper() == w.contigs[1][1][3099:3249].upper(), f"letters {letters}")
    inside = [row for row in rows_of(folder / "b.stage0.fwd.chunks.bed.gz") if row[0] == "chr1" and int(row[1]) < 3249 and int(row[2]) > 3099]
    boxes = [r for r in picture.getElementsByTagName("rect") if r.getAttribute("class") in ("f c1", "f c1 pale") and r.getAttribute("height") == "16"]
    stage1 = [row for row in rows_of(folder / "b.stage1.fwd.chunks.bed.gz") if row[0] == "chr1" and int(row[1]) < 3249 and int(row[2]) > 3099]
    check(len(boxes) == len(inside) + len(stage1), f"{len(boxes)} boxes for {len(inside)} and {len(stage1)} chunks")


def test_chunks_of_the_reverse_strand(w):
    """The chunk that holds a region's only base may begin, along the contig, before it."""
    folder, _ = inputs(w)
    for row in rows_of(folder / "b.stage0.rev.chunks.bed.gz"):
        if int(row[2]) - int(row[1]) > 1:
            break
    else:
        check(False, "every chunk has one base")
    w.run("boundaries", "--model", folder / "run", "-f", w.fasta, "--strand", "reverse", "-r", f"{row[0]}:{row[2]}-{row[2]}", "-o", folder / "one")
    w.run("report", "--boundaries", folder / "one", "-o", folder / "one.html")
    check("locus" in page_of(folder / "one.html").sections, "no locus")


def test_refusals(w):
    folder, cds = inputs(w)
    out = w.new_folder("report-out")

    def fails(code, pattern, *arguments):
        w.fails(code, pattern, "report", *arguments, "-o", out / "x.html", leaves_nothing_in=out)

    fails(2, "no input")
    fails(2, "expected NAME=FILE", "--boundaries", folder / "b", "-f", w.fasta, "--features", "cds.bed")
    fails(2, "given twice", "--boundaries", folder / "b", "-f", w.fasta, "--features", f"a={cds}", "--features", f"a={cds}")
    fails(2, "--features: needs the genome", "--boundaries", folder / "b", "--features", f"a={cds}")
    fails(2, "--locus: needs --boundaries", "--scores", folder / "score.tsv", "-f", w.fasta, "--locus", "chr1:1-9")
    fails(2, "--locus-svg: needs --boundaries", "--scores", folder / "score.tsv", "--locus-svg", out / "l.svg")
    w.fails(2, "--output is required", "report", "--run", folder / "run")
    fails(3, "none/config.json", "--run", folder / "none")
    fails(3, "none.summary.tsv", "--boundaries", folder / "none")
    fails(3, "not '1'", "--boundaries", folder / "b", "-f", w.fasta, "--locus", "1:5-9")
    fails(3, "no chunk of", "--boundaries", folder / "b", "-f", w.fasta, "--locus", "chrN:1-50")
    fails(3, "neither .*none.fwd.bits.bw", "--boundaries", folder / "b", "--tracks", folder / "none")
    fails(3, "no row with offset body|no column 'offset'", "--enrichment", folder / "score.tsv")
    bad = w.write(f"{folder.name}/bad.tsv", (folder / "score.tsv").read_text().replace("\tdna-hnet\t", "\tdna-hnet\tx", 1))
    fails(3, r"bad.tsv:\d+: column scored_bases: got 'x", "--scores", bad)
    cut = w.write(f"{folder.name}/cut.tsv", (folder / "score.tsv").read_text()[:-30])
    fails(3, r"cut.tsv:\d+: .* cells, expected 13", "--scores", cut)
    broken = w.write(f"{folder.name}/broken/config.json", (folder / "run/config.json").read_text().replace('"d_model"', '"width"'))
    fails(3, "config.json", "--run", broken.parent)
    other = w.write(f"{folder.name}/y.summary.tsv", (folder / "b.summary.tsv").read_bytes())
    fails(3, "no file .*stageS.fwd.chunks", "--boundaries", other.parent / "y", "-f", w.fasta, "--locus", "chr1:1-9")
    fails(3, "--locus-svg: .* has no chunk files", "--boundaries", other.parent / "y", "--locus-svg", out / "l.svg")
    full = w.call("report", *everything(w, folder, cds), "-o", out / "x.html", limit=4096)
    check(full.returncode == 1 and not list(out.iterdir()), f"a full disk: {full.returncode} {full.stderr}")
