"""The order-5 surprise chunker: its files are those of `boundaries`."""
from harness import check, need_tool, random_bases, rows_of, fasta_text
from outside_tools import output_of, read_bigwig
from results import chunks, table_of

COMPLEMENT = str.maketrans("ACGTN", "TGCAN")


def genome_of_the_chunker(w):
    return [("b", random_bases(20000, 11)), ("a", "ACGT" * 30 + "N" * 70 + random_bases(9000, 12) + "N" + random_bases(500, 13)), ("c", random_bases(3000, 14))]


def test_tiles(w):
    """Both strands tile the universe, the validation and test contigs; the rate is near the asked one."""
    bedtools = need_tool("bedtools")
    contigs = genome_of_the_chunker(w)
    fasta = w.write("chunker/genome.fa", fasta_text(contigs))
    lengths = w.write("chunker/lengths.txt", "".join(f"{name}\t{len(bases)}\n" for name, bases in sorted(contigs)))
    prefix = w.new_folder("chunker") / "x"
    said = w.run("baseline", "-f", fasta, "--valid-contigs", "a", "--test-contigs", "c", "--boundaries", prefix, "--rate", "0.2").stderr
    check("0.2" in said and "begins a chunk" in said, said)
    check([r[:3] for r in rows_of(f"{prefix}.universe.bed.gz")] == [["a", "0", "120"], ["a", "190", "9691"], ["c", "0", "3000"]], "universe")
    outside = output_of(bedtools, "complement", "-i", f"{prefix}.universe.bed.gz", "-g", lengths)
    for strand in ("fwd", "rev"):
        path = f"{prefix}.stage0.{strand}.chunks.bed.gz"
        check(output_of(bedtools, "complement", "-i", path, "-g", lengths) == outside, f"{strand}: does not tile the universe")
        check(len(output_of(bedtools, "merge", "-d", "-1", "-i", path).splitlines()) == len(rows_of(path)), f"{strand}: chunks overlap")
        check(all(row[4] == "1000" and row[9] == "1" for row in chunks(prefix, 0, strand)), f"{strand}: a chunk without p = 1")
        track = read_bigwig(f"{prefix}.stage0.{strand}.probability.bw")["values"]
        ones = {(c, b) for c, values in track.items() for b, value in enumerate(values) if value == 1}
        starts = {(r[0], r[1] if strand == "fwd" else r[2] - 1) for r in chunks(prefix, 0, strand)}
        forced = {(r[0], r[1] if strand == "fwd" else r[2] - 1) for r in chunks(prefix, 0, strand) if r[11] == "1"}
        check(ones <= starts and starts - ones <= forced and len(forced) == 3, f"{strand}: track and chunks differ")
        check(("a", 9190) not in starts, f"{strand}: an N begins a chunk")
    rates = [float(r["boundaries_per_base"]) for r in table_of(f"{prefix}.summary.tsv") if r["class"] == "all"]
    check(len(rates) == 2 and all(0.1 < rate < 0.3 for rate in rates), str(rates))


def test_reverse_complement(w):
    """The reverse strand is the forward strand of the reverse complement."""
    contigs = genome_of_the_chunker(w)
    train = w.write("chunker/train.bed", "b\t0\t20000\n")
    evaluated = w.write("chunker/eval.bed", "a\t0\t9691\n")
    rows = {}
    for name, bases in (("as-is", contigs), ("turned", [(n, b.translate(COMPLEMENT)[::-1]) for n, b in contigs])):
        fasta = w.write(f"chunker/{name}.fa", fasta_text(bases))
        prefix = w.new_folder(name) / "x"
        w.run("baseline", "-f", fasta, "--train", train, "--eval", evaluated, "--boundaries", prefix)
        rows[name] = prefix
    forward = sorted((9691 - end, 9691 - start) for _, start, end, *_ in chunks(rows["turned"], 0, "fwd"))
    check([(r[1], r[2]) for r in chunks(rows["as-is"], 0, "rev")] == forward, "reverse strand and reverse complement differ")
    check(2000 < len(forward) < 6000, f"{len(forward)} chunks")


def test_options(w):
    base = ("baseline", "-f", w.fasta, "--valid-contigs", "chr2")
    out = w.new_folder("chunker-options")
    w.fails(2, "--rate", *base, "-o", out / "x.tsv", "--rate", "0.2", leaves_nothing_in=out)
    for rate in ("0", "1", "-1"):
        w.fails(2, "--rate", *base, "--boundaries", out / "x", f"--rate={rate}", leaves_nothing_in=out)
    for option in (["--by", "10"], ["--all-orders"], ["--mode", "carry"], ["--context", "77"]):
        w.fails(2, f"{option[0]}: belongs to the table of -o", *base, "--boundaries", out / "x", *option, leaves_nothing_in=out)
    w.fails(2, "expected a prefix", *base, "--boundaries", "-", leaves_nothing_in=out)
    w.run(*base, "-r", "chr2:100-300", "--boundaries", out / "x", "-o", out / "x.tsv")
    check([r[:3] for r in rows_of(out / "x.universe.bed.gz")] == [["chr2", "99", "300"]], "-r is not the universe")
    check(table_of(out / "x.tsv")[0]["scored_bases"] == "201", "the table beside the chunks")
