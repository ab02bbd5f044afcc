"""Sequencing reads as input: counts as samtools gives them, CRAM as BAM, a read scored as a genome of its own, and refusals."""
import os
import re
import shutil
import subprocess
from pathlib import Path

from harness import Skip, check, need_tool, rows_of

HEADER = "@HD\tVN:1.6\n@SQ\tSN:chr2\tLN:2500\n@SQ\tSN:chr1\tLN:5467\n"
TURN = str.maketrans("ACGTacgt", "TGCAtgca")


def data(name):
    folder = os.environ.get("DNA_HNET_TEST_DATA")
    if not folder:
        raise Skip("DNA_HNET_TEST_DATA is not set")
    return Path(folder) / name


def sam_line(name, flag, contig, begin, cigar, bases, qualities=None, tags=""):
    return f"{name}\t{flag}\t{contig}\t{begin + 1}\t60\t{cigar}\t*\t0\t0\t{bases}\t{qualities or 'I' * len(bases)}{tags}\n"


def by_read(path):
    head, *rows = rows_of(path)
    return {row[0]: dict(zip(head, row)) for row in rows}


def bits_of_genome(w, folder, bases):
    """Mean bits of one sequence, scored as a contig of its own."""
    fasta = w.write(f"{folder.name}/one.fa", f">one\n{bases}\n")
    Path(f"{fasta}.fai").unlink(missing_ok=True)
    w.run("score", "--model", w.model, "-f", fasta, "--strand", "forward", "-o", folder / "one.tsv")
    head, *rows = rows_of(folder / "one.tsv")
    return float(dict(zip(head, rows[0]))["bits_per_base"])


def test_read_is_a_sequence_of_its_own(w):
    folder = w.new_folder("reads")
    chr2 = dict(w.contigs)["chr2"]
    same, other = chr2[100:900], chr2[1200:1300] + "ACGTT" + chr2[1300:1450] + chr2[1460:1600]
    masked = list(chr2[300:420])
    qualities = ["I"] * 120
    for place in (0, 17, 90):
        masked[place], qualities[place] = "N", "#"
    sam = w.write(f"{folder.name}/x.sam", HEADER + sam_line("same", 0, "chr2", 100, "800M", same) +
                  sam_line("turned", 16, "chr2", 1200, "3S100M5I150M10D140M", "GGG" + other, tags="\tNM:i:15") +
                  sam_line("low", 0, "chr2", 300, "120M", chr2[300:420], "".join(qualities)))
    for way in ("sequenced", "aligned"):
        w.run("score", "--model", w.model, "-f", w.fasta, "--reads", sam, "--min-base-quality", "10", "--reads-as", way, "--reads-out",
              folder / "r.tsv", "-o", folder / "s.tsv")
        rows = by_read(folder / "r.tsv")
        check(list(rows) == ["same", "turned", "low"], f"rows {list(rows)}")
        turn = (lambda bases: bases[::-1].translate(TURN)) if way == "sequenced" else (lambda bases: bases)
        for name, bases, reference in (("same", same, same), ("turned", turn(other), turn(chr2[1200:1600])),
                                       ("low", "".join(masked), "".join(masked))):
            row = rows[name]
            wanted = bits_of_genome(w, folder, bases), bits_of_genome(w, folder, reference)
            for column, value in zip(("bits", "ref_bits"), wanted):
                check(abs(float(row[column]) - value) < 2e-6, f"{way} {name} {column}: {row[column]}, scored alone {value}")
            check(abs(float(row["delta_bits"]) - (wanted[0] - wanted[1])) < 3e-6, f"{way} {name}: {row}")
        check(rows["same"]["delta_bits"] == "0.000000" and rows["low"]["delta_bits"] == "0.000000", f"equal sequences differ: {rows}")
        cells = [rows["turned"][c] for c in ("flag", "mapq", "contig", "start", "end", "strand", "aligned_bases", "scored_bases", "masked_bases", "nm")]
        check(cells == ["16", "60", "chr2", "1200", "1600", "-", "395", "395", "0", "15"], f"turned: {cells}")
        cells = [rows["low"][c] for c in ("strand", "aligned_bases", "scored_bases", "masked_bases", "nm")]
        check(cells == ["+", "120", "117", "3", "0"], f"low: {cells}")
        head, *table = rows_of(folder / "s.tsv")
        first = dict(zip(head, table[0]))
        mean = sum(float(r["bits"]) * int(r["scored_bases"]) for r in rows.values()) / (800 + 395 + 117)
        check(first["scored_bases"] == str(800 + 395 + 117) and first["skipped_bases"] == "3" and first["strand"] == way, f"{first}")
        check(abs(float(first["bits_per_base"]) - mean) < 2e-6, f"{first} against {mean}")


def test_counts_equal_samtools(w):
    samtools = need_tool("samtools")
    bam, fasta = data("reads/HG002_illumina_GRCh38_1k_subset_chr20_chr21.bam"), data("human/hg38_prefix.fa.gz")
    folder = w.new_folder("counts")

    def count(*arguments):
        return int(subprocess.run([samtools, "view", "-c", *map(str, arguments), bam], capture_output=True, text=True, check=True).stdout)

    for flags, quality in ((3844, 0), (1028, 20)):
        done = w.run("score", "--model", w.model, "--context", "256", "-f", fasta, "--reads", bam, "--exclude-flags", flags, "--min-mapping-quality", quality,
                     "--reads-out", folder / "r.tsv", "-o", folder / "s.tsv")
        said = re.search(r"bam: (\d+) records; left out by flag: (\d+) unmapped, (\d+) secondary, (\d+) supplementary, (\d+) duplicate, (\d+) failed quality, "
                         r"\d+ other; (\d+) of low mapping quality; (\d+) passed", done.stderr)
        check(said, done.stderr)
        wanted = [count(), *(count("-f", flag) if flags & flag else 0 for flag in (4, 256, 2048, 1024, 512)),
                  count("-F", flags) - count("-F", flags, "-q", quality), count("-F", flags, "-q", quality)]
        check([int(text) for text in said.groups()] == wanted, f"{said.group(0)}; samtools: {wanted}")
        unused = re.search(r"bam: (\d+) reads not used", done.stderr)
        rows = by_lines(folder / "r.tsv")
        check(len(rows) == wanted[-1] - int(unused.group(1) if unused else 0) > 100, f"{len(rows)} rows of {wanted[-1]}")


def by_lines(path):
    head, *rows = rows_of(path)
    return [dict(zip(head, row)) for row in rows]


def test_cram_equals_bam(w):
    fasta = data("human/hg38_prefix.fa.gz")
    folder = w.new_folder("cram")
    tables = []
    for kind in ("bam", "cram"):
        reads = data(f"reads/HG003_pacbio_GRCh38_chr20_9.0-9.1Mb.{kind}")
        # A server that does not exist: whoever asks it fails.
        w.run("score", "--no-version", "--model", w.model, "-f", fasta, "-r", "chr20:8,986,001-8,986,100", "--reads", reads, "--min-base-quality", "20",
              "--reads-out", folder / f"{kind}.tsv", "-o", folder / "s.tsv", env={"REF_PATH": "http://192.0.2.1/%s"})
        tables.append(rows_of(folder / f"{kind}.tsv"))
    check(tables[0] == tables[1] and len(tables[0]) > 2, f"{len(tables[0])} rows of BAM, {len(tables[1])} of CRAM")
    samtools = need_tool("samtools")
    bam = data("reads/HG003_pacbio_GRCh38_chr20_9.0-9.1Mb.bam")
    count = subprocess.run([samtools, "view", "-c", "-F", "3844", bam, "chr20:8986001-8986100"], capture_output=True, text=True, check=True).stdout
    check(len(tables[0]) - 1 == int(count), f"{len(tables[0]) - 1} reads, samtools {count}")


def test_refusals(w):
    folder, out = w.new_folder("reads-in"), w.new_folder("reads-out")
    sam = w.write(f"{folder.name}/x.sam", HEADER + sam_line("a", 0, "chr2", 0, "50M", dict(w.contigs)["chr2"][:50]))

    def fails(code, pattern, *arguments, fasta=w.fasta):
        w.fails(code, pattern, "score", "--model", w.model, "-f", fasta, *arguments, "--reads-out", out / "r.tsv", "-o", out / "s.tsv", leaves_nothing_in=out)

    fails(2, "--reads-out: belongs to --reads")
    for option, value in (("--tracks", out / "t"), ("--by", "100"), ("--class", f"a={w.fasta}"), ("--strand", "forward"), ("--blocks", out / "b.tsv")):
        fails(2, f"{option}: belongs to genomes", "--reads", sam, option, value)
    fails(2, "--reads-as: got 'x'", "--reads", sam, "--reads-as", "x")
    fails(2, "--exclude-flags: got 256", "--reads", sam, "--exclude-flags", "256")
    fails(2, "--min-base-quality: got 94", "--reads", sam, "--min-base-quality", "94")
    fails(3, "none.bam: cannot open", "--reads", folder / "none.bam")
    fails(3, "genome.fa: neither SAM, BAM nor CRAM", "--reads", w.fasta)
    fails(3, "no read passes", "--reads", sam, "--exclude-flags", "4", "--min-mapping-quality", "61")
    samtools = need_tool("samtools")
    bam, cram = folder / "x.bam", folder / "x.cram"
    many = w.write(f"{folder.name}/many.sam", HEADER + "".join(
        sam_line(f"r{i}", 0, "chr2", i, "900M", dict(w.contigs)["chr2"][i : i + 900]) for i in range(1500)))
    subprocess.run([samtools, "view", "-b", "-o", bam, many], check=True)
    subprocess.run([samtools, "view", "-C", "-T", w.fasta, "-o", cram, many], check=True, capture_output=True)
    fails(3, "x.bam: no index", "--reads", bam, "-r", "chr2:1-100")
    whole = bam.read_bytes()
    cut = w.write(f"{folder.name}/cut.bam", whole[: len(whole) // 2])
    fails(3, "cut.bam: truncated", "--reads", cut)
    damaged = w.write(f"{folder.name}/damaged.bam", whole[: len(whole) // 2] + bytes(100) + whole[len(whole) // 2 + 100 :])
    fails(3, "damaged.bam: damaged or truncated after record", "--reads", damaged)
    cache = folder / "g.dhg"
    w.run("cache", "-f", w.fasta, "-o", cache)
    fails(3, r"x.cram: a CRAM is decoded with the FASTA it was written with, and .*g.dhg is none", "--reads", cram, fasta=cache)
    # Another sequence under the same name; a reference without the contig.
    other = w.write(f"{folder.name}/other.fa", ">chr2\n" + dict(w.contigs)["chr2"][::-1] + "\n>chr1\n" + dict(w.contigs)["chr1"] + "\n")
    fails(3, "x.cram: damaged or truncated after record 0, or .*other.fa is not the reference", "--reads", cram, fasta=other)
    less = w.write(f"{folder.name}/less.fa", ">chr1\n" + dict(w.contigs)["chr1"] + "\n")
    fails(3, "x.cram: its contig 'chr2' is not in .*less.fa", "--reads", cram, fasta=less)
    w.run("score", "--model", w.model, "-f", w.fasta, "--reads", sam, "--reads", sam, "-o", folder / "two.tsv")
    head, *rows = rows_of(folder / "two.tsv")
    check(dict(zip(head, rows[0]))["scored_bases"] == "100", f"two files: {rows[0]}")


def metrics(run):
    """Steps of metrics.csv without what the clock decides."""
    lines = [line.split(",") for line in (run / "metrics.csv").read_text().splitlines()]
    kept = [i for i, name in enumerate(lines[0]) if name not in ("seconds", "bases_per_second", "memory_bytes")]
    return [[line[i] for i in kept] for line in lines]


def test_training_on_reads(w):
    folder = w.new_folder("train")
    contigs = dict(w.contigs)
    inside = [sam_line(f"r{i}", 16 * (i % 2), "chr1", 10 * i, "90M", contigs["chr1"][10 * i : 10 * i + 90]) for i in range(200)]
    # One that touches the validation split, one without a place.
    outside = [sam_line("v", 0, "chr2", 0, "90M", contigs["chr2"][:90]), f"u\t4\t*\t0\t0\t*\t*\t0\t0\t{contigs['chr2'][:90]}\t*\n"]
    sam = w.write(f"{folder.name}/x.sam", HEADER + "".join(inside + outside))
    options = ("train", "--preset", "tiny", "--context", "128", "--batch-bases", "512", "--accumulate", "2", "--valid-contigs", "chr2", "-f", w.fasta, "--reads", sam)
    done = w.run(*options, "--steps", "4", "--save-every", "2", "-o", folder / "a")
    check("200 reads with 18000 bases to train on; 1 touch another split" in done.stderr, done.stderr)
    # Packed: 512 bases are five or six reads of 90.
    head, *rows = metrics(folder / "a")
    seen = [int(row[head.index("bases_seen")]) for row in rows if row[head.index("event")] == "train"]
    check(seen == [2 * 6 * 90 * (step + 1) for step in range(4)], f"bases seen: {seen}")
    w.run(*options, "--steps", "2", "--save-every", "2", "-o", folder / "b")
    other = w.write(f"{folder.name}/y.sam", HEADER + "".join(inside[1:]))
    w.fails(3, "--reads differs", *options[:-1], other, "--steps", "4", "--resume", "-o", folder / "b")
    w.fails(3, "--reads differs", *options[:-2], "--steps", "4", "--resume", "-o", folder / "b")
    # The rate of the schedule depends on the number of steps: both runs must have the same one.
    first, second = folder / "c", folder / "d"
    w.run(*options, "--steps", "4", "-o", first)
    w.run(*options, "--with-genome", "--steps", "4", "-o", second)
    weights = [(run / "checkpoints/step-4/model.safetensors").read_bytes() for run in (folder / "a", first, second)]
    check(weights[0] == weights[1] != weights[2], "the same reads give other weights, or the genome changes nothing")
    # As if the run had ended after its second step.
    shutil.rmtree(folder / "a/checkpoints/step-4")
    (folder / "a/latest").write_text("checkpoints/step-2\n")
    w.run(*options, "--steps", "4", "--save-every", "2", "--resume", "-o", folder / "a")
    check((folder / "a/checkpoints/step-4/model.safetensors").read_bytes() == weights[0], "resumed, the weights differ")
    done = w.run(*options, "--unsplit-reads", "--steps", "1", "-o", folder / "e")
    check("202 reads with 18180 bases to train on" in done.stderr, done.stderr)
    w.fails(2, "--with-genome and --unsplit-reads: belong to --reads", *options[:-2], "--with-genome", "--steps", "1", "-o", folder / "f")
    w.fails(2, "reads have no soft-masked bases", *options, "--softmask-weight", "0.5", "--steps", "1", "-o", folder / "f")
    w.fails(3, "no read that passes the filter lies in the training split", *options[:-2], "--reads",
            w.write(f"{folder.name}/v.sam", HEADER + outside[0]), "--steps", "1", "-o", folder / "f")


def test_training_on_a_cram(w):
    fasta = w.folder / "ecoli.fa.gz"
    for end in ("", ".fai", ".gzi"):
        (w.folder / f"ecoli.fa.gz{end}").write_bytes(data(f"reads/alfred.E.coli.fa.gz{end}").read_bytes())
    run = w.new_folder("ecoli") / "run"
    done = w.run("train", "--preset", "tiny", "--context", "256", "--batch-bases", "1024", "--accumulate", "1", "--steps", "3", "-f", fasta,
                 "--reads", data("reads/alfred.E.coli.cram"), "--eval-bases", "2048", "-o", run)
    check(re.search(r"alfred.E.coli.cram: 36580 records; left out by flag: ", done.stderr), done.stderr)
    w.run("score", "--model", run, "-f", fasta, "-r", "NC_000913:4,600,001-4,602,000", "--strand", "forward", "-o", run / "s.tsv")
    head, *rows = rows_of(run / "s.tsv")
    check(dict(zip(head, rows[0]))["scored_bases"] == "2000", f"{rows[0]}")
