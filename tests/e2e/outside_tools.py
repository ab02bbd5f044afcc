"""Outside tools read what we write, and say the same: samtools, tabix, bedtools, pyBigWig."""
import gzip
import json
import os
import random
import re
import subprocess

from annotate import chunk_text
from harness import Skip, check, fasta_text, need_tool, python_with, random_bases, rows_of
from results import chunks, table_of, whole

READ_BIGWIG = """
import json, math, sys
import pyBigWig
track = pyBigWig.open(sys.argv[1])
values = {name: [None if math.isnan(v) else v for v in track.values(name, 0, length)] for name, length in track.chroms().items()}
print(json.dumps({"values": values, "covered": track.header()["nBasesCovered"], "zooms": track.header()["nLevels"]}))
"""


def output_of(*command, **options):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, check=True, **options).stdout


def read_bigwig(path):
    return json.loads(output_of(python_with("pyBigWig"), "-c", READ_BIGWIG, path))


def test_samtools_index(w):
    samtools, bgzip = need_tool("samtools"), need_tool("bgzip")
    contigs = [(name, bases) for name, bases in w.contigs]
    plain = w.write("index/plain.fa", fasta_text(contigs))
    packed = w.write("index/packed.fa.gz", subprocess.run([bgzip, "-c", str(plain)], capture_output=True, check=True).stdout)
    out = w.new_folder("index")
    for fasta, suffixes in ((plain, (".fai",)), (packed, (".fai", ".gzi"))):
        w.run("cache", "-f", fasta, "-o", out / "x.dhg")
        ours = {suffix: (fasta.parent / (fasta.name + suffix)).read_bytes() for suffix in suffixes}
        subprocess.run([samtools, "faidx", str(fasta)], check=True)
        for suffix in suffixes:
            check((fasta.parent / (fasta.name + suffix)).read_bytes() == ours[suffix], f"{fasta.name}{suffix} is not what samtools writes")
    # An index that samtools wrote is read.
    for suffix in (".fai", ".gzi"):
        (packed.parent / (packed.name + suffix)).unlink()
    subprocess.run([samtools, "faidx", str(packed)], check=True)
    w.run("cache", "-f", packed, "-o", out / "y.dhg")
    check((out / "x.dhg").read_bytes()[-5000:] == (out / "y.dhg").read_bytes()[-5000:], "the genome differs by its index")


def test_tabix(w):
    tabix = need_tool("tabix")
    for stage in (0, 1):
        for strand in ("fwd", "rev"):
            path = f"{whole(w)}.stage{stage}.{strand}.chunks.bed.gz"
            got = output_of(tabix, path, "chr1:3001-3200").splitlines()
            expected = ["\t".join(map(str, r)) for r in chunks(whole(w), stage, strand) if r[0] == "chr1" and r[1] < 3200 and r[2] > 3000]
            check(got == expected, f"{path}: {len(got)} rows by tabix, expected {len(expected)}")
            check(output_of(tabix, "-H", path).splitlines()[-1].startswith("#chrom\tstart"), "tabix -H finds no column names")
    check(output_of(tabix, "-l", f"{whole(w)}.universe.bed.gz").split() == ["chr1", "chr2", "chrOne"], "contigs by tabix")


def test_csi(w):
    """On a contig longer than a .tbi can index, chunks get a .csi, which tabix reads."""
    tabix, bgzip = need_tool("tabix"), need_tool("bgzip")
    line, lines = 1 << 20, 512
    fasta = w.folder / "long.fa.gz"
    with open(fasta, "wb") as out:
        packer = subprocess.Popen([bgzip, "-c", "-l", "1"], stdin=subprocess.PIPE, stdout=out)
        packer.stdin.write(b">long\n")
        for _ in range(lines):
            packer.stdin.write(b"N" * line + b"\n")
        packer.stdin.write(random_bases(3000, 11).encode() + b"\n")
        packer.stdin.close()
        check(packer.wait() == 0, "bgzip failed")
    end, out = line * lines + 3000, w.new_folder("csi")
    check(end > 1 << 29, "a .tbi would do")
    w.run("boundaries", "--model", w.model, "-f", fasta, "--stage", "0", "--strand", "forward", "--formats", "bed,bigwig,bigbed", "-o", out / "x")
    fasta.unlink()
    chunks = out / "x.stage0.fwd.chunks.bed.gz"
    check((out / f"{chunks.name}.csi").exists() and not (out / f"{chunks.name}.tbi").exists(), f"{sorted(p.name for p in out.iterdir())}")
    rows = rows_of(chunks)
    check(int(rows[0][1]) == line * lines and int(rows[-1][2]) == end and len(rows) > 100, f"{rows[0]} to {rows[-1]}")
    got = output_of(tabix, chunks, f"long:{end - 1000}-{end}").splitlines()
    check(got == ["\t".join(r) for r in rows if int(r[2]) >= end - 1000], f"{len(got)} rows by tabix")
    track = json.loads(output_of(python_with("pyBigWig"), "-c", READ_BIGBED, out / "x.stage0.fwd.chunks.bb"))
    check([[str(cell) for cell in row] for row in track["rows"]] == rows, f"bigBed: {len(track['rows'])} rows, the BED has {len(rows)}")


def test_bedtools(w):
    bedtools = need_tool("bedtools")
    lengths = w.write("lengths.txt", "".join(f"{name}\t{len(bases)}\n" for name, bases in sorted(w.contigs)))

    def complement(path):
        return output_of(bedtools, "complement", "-i", path, "-g", lengths)

    expected = complement(f"{whole(w)}.universe.bed.gz")
    check("chr1\t3000\t3060" in expected, f"the gap is not in the complement of the universe: {expected}")
    for stage in (0, 1):
        for strand in ("fwd", "rev"):
            path = f"{whole(w)}.stage{stage}.{strand}.chunks.bed.gz"
            check(complement(path) == expected, f"{path}: does not tile the universe")
            merged = output_of(bedtools, "merge", "-d", "-1", "-i", path).splitlines()
            check(len(merged) == len(rows_of(path)), f"{path}: chunks overlap")


def test_bigwig_probability(w):
    universe = [(r[0], int(r[1]), int(r[2])) for r in rows_of(f"{whole(w)}.universe.bed.gz")]
    for strand in ("fwd", "rev"):
        track = read_bigwig(f"{whole(w)}.stage0.{strand}.probability.bw")
        check(track["zooms"] > 0, "no zoom levels")
        inside = {(contig, base) for contig, begin, end in universe for base in range(begin, end)}
        covered = {(contig, base) for contig, values in track["values"].items() for base, value in enumerate(values) if value is not None}
        check(covered == inside and track["covered"] == len(inside), f"{strand}: {len(covered)} bases covered, expected {len(inside)}")
        starts = {(r[0], r[1] if strand == "fwd" else r[2] - 1): (float(r[9]), r[11]) for r in chunks(whole(w), 0, strand)}
        for (contig, base), (p, forced) in starts.items():
            value = track["values"][contig][base]
            check(forced == "1" or abs(value - p) < 1e-6, f"{strand} {contig}:{base}: {value} in the track, {p} in the row")
        high = {key for key in covered if track["values"][key[0]][key[1]] > 0.5}
        check(high <= set(starts), f"{strand}: boundaries of the track without a chunk")
        deeper = read_bigwig(f"{whole(w)}.stage1.{strand}.probability.bw")
        tokens = {(contig, base) for contig, values in deeper["values"].items() for base, value in enumerate(values) if value is not None}
        check(tokens <= set(starts), f"{strand}: stage 1 has a token where no chunk of stage 0 starts")


def test_bigwig_scores(w):
    """Every base of the tracks is its row of the per-base table at the stated precision; what is not scored is missing."""
    out = w.new_folder("tracks")
    common = ("score", "--model", w.model, "-f", w.fasta, "--by", "1", "-r", "chr1:2801-3200", "-r", "chr2")
    bits = {}
    for strand in ("forward", "reverse", "both"):
        w.run(*common, "--strand", strand, "-o", out / f"{strand}.tsv")
        bits[strand] = {(r["contig"], int(r["start"])): float(r["bits_per_base"]) for r in table_of(out / f"{strand}.tsv") if r["scored_bases"] == "1"}
    w.run(*common, "--tracks", out / "x", "--logo", "-o", out / "with_tracks.tsv")
    w.run(*common, "--tracks", out / "exact", "--precision", "0", "-@", "1", "-o", out / "exact.tsv")
    check(sorted(map(str, table_of(out / "with_tracks.tsv"))) == sorted(map(str, table_of(out / "both.tsv"))), "tracks change the table")
    for side, strand in (("fwd", "forward"), ("rev", "reverse"), ("mean", "both")):
        coarse, exact, logo = (read_bigwig(out / f"{name}.{side}.{kind}.bw")["values"] for name, kind in (("x", "bits"), ("exact", "bits"), ("x", "logo")))
        covered = {(contig, base) for contig, values in coarse.items() for base, value in enumerate(values) if value is not None}
        check(covered == set(bits[strand]), f"{side}: {len(covered)} bases covered, {len(bits[strand])} scored")
        for (contig, base), value in bits[strand].items():
            check(abs(exact[contig][base] - value) < 1e-5, f"{side} {contig}:{base}: {exact[contig][base]}, in the table {value}")
            rounded = coarse[contig][base]
            check(rounded * 64 == round(rounded * 64) and abs(rounded - value) < 1 / 128 + 1e-5, f"{side} {contig}:{base}: {rounded} for {value}")
            check(abs(logo[contig][base] + rounded - 2) <= 1 / 64, f"{side} {contig}:{base}: logo {logo[contig][base]}, bits {rounded}")
    for side in ("fwd", "rev"):
        entropy = [v for values in read_bigwig(out / f"exact.{side}.entropy.bw")["values"].values() for v in values if v is not None]
        check(len(entropy) == len(bits["both"]) and all(0 <= v <= 3.01 for v in entropy), f"{side}: entropies of {len(entropy)} bases")
    universe = [tuple(r[:3]) for r in rows_of(out / "x.universe.bed.gz")]
    check(universe == [("chr1", "2800", "3000"), ("chr1", "3060", "3200"), ("chr2", "0", "2500")], f"universe {universe}")


READ_BIGBED = """
import json, sys
import pyBigWig
track = pyBigWig.open(sys.argv[1])
rows = [[name, *row[:2], *row[2].split("\\t")] for name, length in track.chroms().items() for row in track.entries(name, 0, length) or []]
print(json.dumps({"rows": rows, "contigs": track.chroms(), "sql": track.SQL(), "header": track.header()}, default=lambda b: b.decode()))
"""


def test_bigbed(w):
    """Rows equal the BED row for row; the autoSql declares its columns; nothing depends on threads."""
    python = python_with("pyBigWig")
    out = w.new_folder("bigbed")
    common = ("boundaries", "--model", w.model, "-f", w.fasta, "--no-version", "--formats", "bigbed")
    w.run(*common, "-o", out / "x", "-@", "2")
    w.run(*common, "-o", out / "y", "-@", "1")
    check(not list(out.glob("*chunks.bed.gz")) and not list(out.glob("*.bw")), "files that were not asked for")
    for stage in (0, 1):
        for strand in ("fwd", "rev"):
            name = f"stage{stage}.{strand}.chunks.bb"
            check((out / f"x.{name}").read_bytes() == (out / f"y.{name}").read_bytes(), f"{name} depends on threads")
            track = json.loads(output_of(python, "-c", READ_BIGBED, out / f"x.{name}"))
            got = [tuple(row) for row in track["rows"]]
            expected = [tuple(row) for row in chunks(whole(w), stage, strand)]
            check(got == expected, f"{name}: {len(got)} rows, the BED has {len(expected)}")
            check(track["contigs"] == {contig: len(bases) for contig, bases in w.contigs}, f"{name}: contigs {track['contigs']}")
            fields = re.findall(r"^ *(\w+(?:\[1\])?) (\w+); +\"[^\"]+\"$", track["sql"], re.M)
            names = [field for _, field in fields]
            check(len(names) == 13 and names[:4] == ["chrom", "chromStart", "chromEnd", "name"] and names[9:] == ["probability", "length", "forced", "stage"], f"autoSql {track['sql']}")
            header = track["header"]
            covered = sum(int(r[2]) - int(r[1]) for r in rows_of(f"{whole(w)}.universe.bed.gz"))
            check(header["nLevels"] > 0 and header["nBasesCovered"] == covered and header["sumData"] == covered, f"{name}: header {header}")
    w.run("boundaries", "--model", w.model, "-f", w.fasta, "-r", "chr2:1-300", "--formats", "bigbed", "-o", out / "z")
    record = json.loads((out / "z.stage0.fwd.chunks.bb.json").read_text())
    check("command" in record, f"provenance {record}")


# Inside segments and past their first 1,024 bases, so that all of them is scored on both strands; CDS on both strands.
ANNOTATED = [("chr17", 7_480_000, 7_720_000), ("chr20", 1_200_000, 1_500_000)]


class RealGenes:
    """Human genes, made-up boundaries at random bases of ANNOTATED, and counts by bedtools."""

    def __init__(self, w):
        data = os.environ.get("DNA_HNET_TEST_DATA")
        if not data:
            raise Skip("DNA_HNET_TEST_DATA is not set: no real data on this machine", optional=True)
        self.bedtools, self.folder, self.w = need_tool("bedtools"), w.new_folder("genes"), w
        self.fasta, self.gtf = f"{data}/human/hg38_prefix.fa.gz", f"{data}/annotation/hg38_prefix.genes.gtf.gz"
        self.universe = self.bed("universe", [(*place, ".") for place in ANNOTATED])
        with gzip.open(self.gtf, "rt") as file:
            self.rows = [r for r in (line.rstrip("\n").split("\t") for line in file if not line.startswith("#")) if r[2] in ("exon", "CDS")]
        self.cuts, self.chunks = {}, {}
        for side, strand in (("fwd", "+"), ("rev", "-")):
            source, rows, self.cuts[strand] = random.Random(side), "", []
            for contig, begin, end in ANNOTATED:
                cuts = sorted(b for b in range(begin, end) if source.random() < 0.3)
                rows += chunk_text(contig, [(begin, end)], cuts, strand)
                forced = begin if strand == "+" else end - 1
                self.cuts[strand] += [(contig, b, b + 1, strand) for b in cuts if b != forced]
            self.chunks[strand] = w.write(f"{self.folder.name}/x.stage0.{side}.chunks.bed", rows)

    def bed(self, name, rows):
        """Sorted by contig and begin, as bedtools wants it."""
        return self.w.write(f"{self.folder.name}/{name}.bed", "".join(f"{c}\t{b}\t{e}\t.\t0\t{s}\n" for c, b, e, s in sorted(rows)))

    def features(self, kind, strand):
        return {(r[0], int(r[3]) - 1, int(r[4]), r[6]) for r in self.rows if r[2] == kind and r[6] == strand}

    def lines(self, *arguments):
        return [line.split("\t") for line in output_of(self.bedtools, *arguments).splitlines()]


def by_bedtools(genes, features, cuts):
    """(features, bases, boundaries) of the row `body`."""
    bed = genes.bed("features", features)
    merged = genes.w.write(f"{genes.folder.name}/merged.bed", output_of(genes.bedtools, "merge", "-i", bed))
    bases = sum(int(r[2]) - int(r[1]) for r in genes.lines("intersect", "-a", merged, "-b", genes.universe))
    kept = len(genes.lines("intersect", "-u", "-a", bed, "-b", genes.universe))
    return kept, bases, len(genes.lines("intersect", "-u", "-a", cuts, "-b", merged))


def edge_by_bedtools(genes, features, cuts, at_start, offset, read):
    """(features, bases, boundaries) of a row of :start or :end."""
    anchors = [(c, b if (s == "+") == at_start else e - 1, s) for c, b, e, s in features]
    bed = genes.bed("anchors", [(c, b, b + 1, s) for c, b, s in anchors])
    scored = genes.lines("intersect", "-u", "-a", bed, "-b", genes.universe)
    move = offset if read == "+" else -offset
    shifted = genes.bed("shifted", [(r[0], int(r[1]) + move, int(r[2]) + move, r[5]) for r in scored])
    inside = genes.w.write(f"{genes.folder.name}/inside.bed", output_of(genes.bedtools, "intersect", "-u", "-a", shifted, "-b", genes.universe))
    return len(scored), len(rows_of(inside)), len(genes.lines("intersect", "-u", "-a", inside, "-b", cuts))


def codons(genes, strand, cuts):
    """Bases and boundaries by codon position on genes of one strand; bases with two frames are left out."""
    frames = {}
    for r in genes.rows:
        if r[2] != "CDS" or r[6] != strand:
            continue
        begin, end = int(r[3]) - 1, int(r[4])
        if not any(c == r[0] and begin < high and end > low for c, low, high in ANNOTATED):
            continue
        for i in range(end - begin):
            frames.setdefault((r[0], begin + i if strand == "+" else end - 1 - i), set()).add((i - int(r[7])) % 3)
    boundaries, counts = {cut[:2] for cut in cuts}, [[0, 0] for _ in range(3)]
    for (contig, base), found in frames.items():
        if len(found) == 1 and any(c == contig and low <= base < high for c, low, high in ANNOTATED):
            count = counts[min(found)]
            count[0] += 1
            count[1] += (contig, base) in boundaries
    return [tuple(count) for count in counts]


def test_bedtools_annotate(w):
    """Counts on real genes, of both strands, are those of bedtools; those by codon position are counted base by base."""
    genes = RealGenes(w)
    table = genes.folder / "t.tsv"
    both = [item for chunks_of in genes.chunks.values() for item in ("--boundaries", chunks_of)]
    w.run("annotate", "--no-version", "--rotations", "9", *both, "--universe", genes.universe, "--types", "exon,CDS", "--features", f"g={genes.gtf}", "-f", genes.fasta, "-o", table)
    rows = {(r["feature"], r["orientation"], r["strand"], r["offset"]): r for r in table_of(table) if r["null"] == "kmer6"}
    phase = {(r["orientation"], r["strand"], int(r["codon_position"])): r for r in table_of(genes.folder / "t.phase.tsv") if r["null"] == "phase"}
    for read in "+-":
        cuts = genes.bed("cuts", genes.cuts[read])
        for gene in "+-":
            orientation = "sense" if gene == read else "antisense"
            for kind in ("exon", "CDS"):
                features = genes.features(kind, gene)
                expected = {("", "body"): by_bedtools(genes, features, cuts)}
                for offset in (-50, 0, 3):
                    for edge in (":start", ":end"):
                        expected[edge, str(offset)] = edge_by_bedtools(genes, features, cuts, edge == ":start", offset, read)
                for (edge, offset), value in expected.items():
                    row = rows[f"g:{kind}{edge}", orientation, read, offset]
                    got = tuple(int(row[c]) for c in ("n_features", "n_bases", "observed"))
                    check(got == value and got[2] > 0, f"{kind}{edge} {orientation} {read} {offset}: {got}, by bedtools {value}")
            for position, value in enumerate(codons(genes, gene, genes.cuts[read]), 1):
                row = phase[orientation, read, position]
                got = (int(row["n_bases"]), int(row["observed"]))
                check(got == value and got[1] > 0, f"codon position {position} {orientation} {read}: {got}, by hand {value}")
