"""The hub: a folder that browsers open, made from what boundaries and score wrote."""
import json
import os
import struct
import subprocess
import xml.etree.ElementTree as ElementTree
import zlib

from harness import check, fasta_text, need_tool

HUB_FILES = {"hub.txt", "genomes.txt", "trackDb.txt", "description.html", "igv.xml", "igv.json"}


def tracks(w):
    """The tracks of the whole genome, made once."""
    if not hasattr(w, "hub_tracks"):
        out = w.new_folder("hub-tracks")
        w.run("boundaries", "--model", w.model, "-f", w.fasta, "--formats", "bigwig,bigbed", "-o", out / "x")
        w.run("score", "--model", w.model, "-f", w.fasta, "--tracks", out / "x", "--logo", "-o", out / "x.tsv")
        w.hub_tracks = sorted([*out.glob("*.bb"), *out.glob("*.bw")])
    return w.hub_tracks


def inside(folder):
    return sorted(path.name for path in folder.iterdir())


def test_whole_chain(w):
    out = w.new_folder("hub")
    hub = out / "hub"
    done = w.run("hub", "-f", w.fasta, "--tracks", *tracks(w), "--genome", "hg38", "--email", "a@b.org", "--label", "A & B", "-o", hub)
    check("warning" not in done.stderr, f"a warning with everything given: {done.stderr}")
    check(set(inside(hub)) == HUB_FILES | {path.name for path in tracks(w)}, f"files {inside(hub)}")
    for path in tracks(w):
        check((hub / path.name).read_bytes() == path.read_bytes(), f"{path.name} is not the track")
    check((hub / "hub.txt").read_text().startswith("hub A___B\nshortLabel A & B\n"), "hub.txt")
    check((hub / "genomes.txt").read_text() == "genome hg38\ntrackDb trackDb.txt\n", "genomes.txt")
    urls = [line.split()[1] for line in (hub / "trackDb.txt").read_text().splitlines() if line.strip().startswith("bigDataUrl ")]
    check(sorted(urls) == [path.name for path in tracks(w)], f"tracks of trackDb.txt: {urls}")
    fingerprint = json.loads((tracks(w)[0].parent / (tracks(w)[0].name + ".json")).read_text())["model_sha256"]
    check((hub / "description.html").read_text().count(fingerprint) == len(tracks(w)), "the model's fingerprint is not told of each track")
    session = ElementTree.parse(hub / "igv.xml").getroot()
    resources = [item.get("path") for item in session.iter("Resource")]
    check(sorted(resources) == sorted(urls), f"tracks of igv.xml: {resources}")
    for path in [session.get("genome"), *resources]:
        check((hub / path).is_file(), f"igv.xml: {path} is not there")
    check((hub / session.get("genome")).samefile(w.fasta), "igv.xml names another genome")
    described = json.loads((hub / "igv.json").read_text())
    for path in [described["reference"]["fastaURL"], described["reference"]["indexURL"], *(track["url"] for track in described["tracks"])]:
        check((hub / path).is_file(), f"igv.json: {path} is not there")
    # A link to the genome: its index stands beside the link.
    (out / "link").mkdir()
    (out / "link" / "my.fa").symlink_to(w.fasta)
    w.run("hub", "-f", out / "link" / "my.fa", "--tracks", tracks(w)[0], "-o", out / "linked")
    described = json.loads((out / "linked" / "igv.json").read_text())["reference"]
    check((out / "linked" / described["indexURL"]).resolve() == (out / "link" / "my.fa.fai").resolve(), f"the index of a link: {described}")
    check((out / "linked" / described["fastaURL"]).samefile(w.fasta), f"the genome behind a link: {described}")
    # Again over it, with fewer tracks: what the earlier hub held is gone.
    done = w.run("hub", "-f", w.fasta, "--tracks", tracks(w)[0], "--link", "-o", hub)
    check("assembly 'genome'" in done.stderr and "--email" in done.stderr, f"no word on what was guessed: {done.stderr}")
    check(set(inside(hub)) == HUB_FILES | {tracks(w)[0].name} and (hub / tracks(w)[0].name).samefile(tracks(w)[0]), f"files {inside(hub)}")


def test_labelled_genome(w):
    """Contigs are named LABEL#contig: no FASTA has those names, so the sessions name the assembly."""
    out = w.new_folder("hub-label")
    labelled = f"A={w.fasta}"
    w.run("boundaries", "--model", w.model, "-f", labelled, "-r", "A#chr1:1-500", "--formats", "bigwig", "-o", out / "x")
    w.run("hub", "-f", labelled, "--tracks", *out.glob("*.bw"), "--genome", "pan", "-o", out / "hub")
    check(ElementTree.parse(out / "hub" / "igv.xml").getroot().get("genome") == "pan", "igv.xml names a FASTA of other contigs")
    described = json.loads((out / "hub" / "igv.json").read_text())
    check(described["genome"] == "pan" and described["locus"] == "A#chr1:1-1000", f"igv.json: {described}")


def test_same_bytes(w):
    out = w.new_folder("hub-bytes")
    for name, order in (("a", tracks(w)), ("b", tracks(w)[::-1])):
        w.run("hub", "-f", w.fasta, "--tracks", *order, "--no-version", "-o", out / name)
    for name in HUB_FILES:
        check((out / "a" / name).read_bytes() == (out / "b" / name).read_bytes(), f"{name} depends on the order of --tracks")


def test_refusals(w):
    out = w.new_folder("hub-bad")
    command = ("hub", "-f", w.fasta, "-o", out / "hub")
    one = tracks(w)[0]
    other = w.write("hub-other/other.fa", fasta_text([(name, bases + "A") for name, bases in w.contigs]))
    cut = w.write("hub-other/cut.stage0.fwd.chunks.bb", one.read_bytes()[:-100])
    text = w.write("hub-other/text.bw", "chr1\t1\t2\n")
    w.fails(3, f"{one.name}: contig .* has length .*other.fa", "hub", "-f", other, "--tracks", one, "-o", out / "hub", leaves_nothing_in=out)
    w.fails(3, "cut.stage0.fwd.chunks.bb.*cut short", *command, "--tracks", cut, leaves_nothing_in=out)
    w.fails(3, "text.bw: is neither a bigWig nor a bigBed", *command, "--tracks", text, leaves_nothing_in=out)
    w.fails(3, "none.bw: cannot open", *command, "--tracks", out / "none.bw", leaves_nothing_in=out)
    w.fails(2, "no track given", *command, leaves_nothing_in=out)
    w.fails(2, "-o/--output is required", "hub", "-f", w.fasta, "--tracks", one)
    w.fails(2, "--genome: got 'a b'", *command, "--tracks", one, "--genome", "a b", leaves_nothing_in=out)
    w.fails(1, "cannot write", *command, "--tracks", one, limit=1000, leaves_nothing_in=out)
    (out / "hub").mkdir()
    (out / "hub" / "mine.txt").write_text("kept")
    w.fails(2, "no hub of dna-hnet: not replaced", *command, "--tracks", one)
    check(inside(out / "hub") == ["mine.txt"] and (out / "hub" / "mine.txt").read_text() == "kept", "the folder was touched")
    # A hub that another program or a person made, and a file beside our own.
    (out / "hub" / "mine.txt").unlink()
    foreign = {"hub.txt": "hub lab\n", "genomes.txt": "genome hg38\ntrackDb trackDb.txt\n", "trackDb.txt": "track chip\nbigDataUrl chip.bw\n", "chip.bw": "precious"}
    for name, content in foreign.items():
        (out / "hub" / name).write_text(content)
    w.fails(2, "no hub of dna-hnet: not replaced", *command, "--tracks", one)
    check({name: (out / "hub" / name).read_text() for name in inside(out / "hub")} == foreign, "another hub was touched")
    w.run("hub", "-f", w.fasta, "-o", out / "own", "--tracks", one)
    (out / "own" / "mine.txt").write_text("kept")
    w.fails(2, "holds 'mine.txt'", "hub", "-f", w.fasta, "-o", out / "own", "--tracks", one)
    named = w.write("hub-other/hub.txt", one.read_bytes())
    w.fails(2, "hub.txt: a hub has a file of its own of this name", "hub", "-f", w.fasta, "-o", out / "new", "--tracks", named)


def test_folder_behind_a_link(w):
    """A link stays one, and what it names is replaced: a web server may serve it by that name."""
    out = w.new_folder("hub-link")
    (out / "real").mkdir()
    (out / "link").symlink_to("real")
    command = ("hub", "-f", w.fasta, "--tracks", *tracks(w), "--genome", "hg38", "--email", "a@b.org")
    for _ in range(2):
        w.run(*command, "-o", out / "link")
        check((out / "link").is_symlink() and (out / "real" / "hub.txt").is_file(), f"{list(out.rglob('*'))}")
    check(sorted(p.name for p in out.iterdir()) == ["link", "real"], f"left {list(out.iterdir())}")
    w.fails(1, "is the working folder", *command, "-o", ".", cwd=w.new_folder("hub-here"))
    w.fails(2, "a hub is a folder", *command, "-o", "-")


def png_pixels(path):
    """Width, height and the set of colours of a PNG of 8-bit RGB or RGBA."""
    data, at, packed = path.read_bytes(), 8, b""
    while at < len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack_from(">IIBB", data, at + 8)
        elif kind == b"IDAT":
            packed += data[at + 8 : at + 8 + size]
        at += 12 + size
    check(depth == 8 and colour in (2, 6), f"{path}: depth {depth}, colour type {colour}")
    step = 3 if colour == 2 else 4
    raw, row_bytes = zlib.decompress(packed), width * step
    above, colours = bytearray(row_bytes), set()
    for y in range(height):
        start = y * (row_bytes + 1)
        row = bytearray(raw[start + 1 : start + 1 + row_bytes])
        for i in range(row_bytes):
            left, up, corner = (row[i - step] if i >= step else 0), above[i], (above[i - step] if i >= step else 0)
            nearest = min((abs(up - corner), 0, left), (abs(left - corner), 1, up), (abs(left + up - 2 * corner), 2, corner))[2]
            row[i] = (row[i] + (0, left, up, (left + up) // 2, nearest)[raw[start]]) & 255
        colours |= {bytes(row[i : i + 3]) for i in range(0, row_bytes, step)}
        above = row
    return width, height, colours


def igv_session(w, name, session):
    """What IGV desktop drew of the session, without a display or the network: the PNG, and what IGV said."""
    igv, xvfb = need_tool("igv", optional=True), need_tool("xvfb-run", optional=True)
    out = w.new_folder(name)
    # No "new": it would ask the network for IGV's own first genome.
    batch = out / "batch.txt"
    batch.write_text(f"genome {w.fasta}\nsnapshotDirectory {out}\nload {session}\nsnapshot seen.png\nexit\n")
    home = {**os.environ, "JAVA_TOOL_OPTIONS": f"-Duser.home={out}"}
    done = subprocess.run([xvfb, "-a", igv, "-g", str(w.fasta), "-b", str(batch)], env=home, capture_output=True, text=True, timeout=120)
    check((out / "seen.png").exists(), f"IGV drew nothing:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return out / "seen.png", done.stdout + done.stderr


def test_igv_draws_the_session(w):
    need_tool("igv", optional=True)
    hub = w.new_folder("igv") / "hub"
    w.run("hub", "-f", w.fasta, "--tracks", *tracks(w), "-o", hub)
    picture, said = igv_session(w, "igv-out", hub / "igv.xml")
    for problem in ("Error loading", "DataLoadException", "Cannot locate"):
        check(problem not in said, f"IGV says: {said[-3000:]}")
    for path in tracks(w):
        check(f"{hub}/{path.name}" in said, f"IGV did not load {path.name}")
    width, height, colours = png_pixels(picture)
    check(width >= 600 and height >= 300, f"the picture has {width} x {height} pixels")
    stage_colours = {bytes((0, 114, 178)), bytes((213, 94, 0))}  # each stage's pure hue: what no other track is drawn in
    check(len(colours) >= 3 and stage_colours <= colours, f"{len(colours)} colours, without those of chunks")
