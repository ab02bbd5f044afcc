"""Variants: VCF and BCF in and out, a status for each allele, scores that depend on their record only, haplotypes as bcftools
writes them, and refusals. That a score is that of two full passes is shown by tests/laws."""
import os
import random
import subprocess
from pathlib import Path

from harness import Skip, check, fasta_text, need_tool, random_bases, rows_of

FIELDS = ("DHN_LLR", "DHN_LLRF", "DHN_LLRR", "DHN_SITE", "DHN_FLANK", "DHN_STATUS", "DHN_INTRAIN", "DHN_NOALT")
HEADER = "##fileformat=VCFv4.2\n##contig=<ID=chr2,length=2500>\n##contig=<ID=chr1,length=5467>\n##contig=<ID=chrOne,length=1>\n"
COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"


def data(name):
    folder = os.environ.get("DNA_HNET_TEST_DATA")
    if not folder:
        raise Skip("DNA_HNET_TEST_DATA is not set")
    return Path(folder) / name


def vcf_text(records, header=HEADER):
    lines = [f"{contig}\t{position}\t{name}\t{ref}\t{alt}\t.\t.\t." for contig, position, name, ref, alt in records]
    return header + COLUMNS + "\n" + "\n".join(lines) + "\n"


def other(base):
    return {"A": "C", "C": "G", "G": "T", "T": "A"}[base.upper()]


def info_of(cell):
    return dict(part.partition("=")[::2] for part in cell.split(";"))


def scored(w, vcf, out, *more):
    w.run("variants", "--model", w.model, "-f", w.fasta, "--vcf", vcf, "-o", out, *more)
    return [(row[:8], info_of(row[7])) for row in rows_of(out)]


def snv(w, contig, position, name="."):
    base = dict(w.contigs)[contig][position - 1].upper()
    return (contig, position, name, base, other(base))


def output_of(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    check(done.returncode == 0, f"{' '.join(map(str, command))}: {done.stderr}")
    return done.stdout


def test_every_allele_has_a_score_or_a_status(w):
    folder = w.new_folder("status")
    chr1, chr2 = dict(w.contigs)["chr1"], dict(w.contigs)["chr2"]
    records = [
        ("chrOne", 1, "one", "A", "G"),
        ("chr2", 1, "first", chr2[0], other(chr2[0])),
        ("chr2", 50, "mismatch", other(chr2[49]), chr2[49]),
        ("chr2", 60, "lower", chr2[59].lower(), other(chr2[59]).lower()),
        ("chr2", 70, "kinds", chr2[69:71], f"<DEL>,*,{chr2[69]},{chr2[69]}[chr1:5[,{chr2[69:71]}TT,N,{chr2[69]}."),
        ("chr2", 80, "noalt", chr2[79], "."),
        ("chr2", 90, "iupac", "R", "A"),
        ("chr2", 100, "long", chr2[99], chr2[99] + "ACGTTGCA" * 30),
        ("chr2", 200, "longref", chr2[199:420], chr2[199]),
        ("chr2", 300, "same", chr2[299], chr2[299]),
        ("chr2", 2500, "last", chr2[2499], other(chr2[2499])),
        ("chr2", 2500, "over", chr2[2499] + "A", chr2[2499]),
        ("chr2", 2501, "past", "A", "C"),
        ("chr1", 3000, "beside", chr1[2999], other(chr1[2999])),
        ("chr1", 3001, "gap", "N", "A"),
        ("chr1", 3061, "behind", chr1[3060].upper(), other(chr1[3060])),
        ("chr1", 3962, "short", "N", "A"),
        ("1", 10, "unknown", "A", "C"),
    ]
    vcf = w.write(f"{folder.name}/x.vcf", vcf_text(records, HEADER + "##ALT=<ID=DEL,Description=\"d\">\n##contig=<ID=1>\n"))
    rows = scored(w, vcf, folder / "y.vcf")
    check([row[2] for row, _ in rows] == [record[2] for record in records], "records are lost, added or in another order")
    check([tuple(row[i] for i in (0, 1, 3, 4)) for row, _ in rows] == [(c, str(p), r, a) for c, p, _, r, a in records], "records changed")
    status = {row[2]: info.get("DHN_STATUS") for row, info in rows}
    wanted = {"one": "OK", "first": "OK", "mismatch": "REF_MISMATCH", "lower": "OK",
              "kinds": "SYMBOLIC,STAR,OK,BREAKEND,OK,NOT_ACGT,BREAKEND", "noalt": None, "iupac": "NOT_ACGT", "long": "TOO_LONG",
              "longref": "TOO_LONG", "same": "OK", "last": "OK", "over": "PAST_END", "past": "PAST_END", "beside": "OK", "gap": "IN_GAP",
              "behind": "OK", "short": "NOT_ACGT", "unknown": "UNKNOWN_CONTIG"}
    check(status == wanted, f"{status}, expected {wanted}")
    by_name = {row[2]: info for row, info in rows}
    check("DHN_NOALT" in by_name["noalt"] and "DHN_NOALT" not in by_name["one"], f"DHN_NOALT: {by_name}")
    check(float(by_name["same"]["DHN_LLR"]) == 0, f"REF itself: {by_name['same']}")
    kinds = by_name["kinds"]["DHN_LLR"].split(",")
    check([value == "." for value in kinds] == [True, True, False, True, False, True, True], f"kinds: {kinds}")
    for name, info in by_name.items():
        if info.get("DHN_STATUS") != "OK":
            continue
        llr, forward, reverse, site, flank = (float(info[field]) for field in FIELDS[:5])
        check(abs(llr - (forward + reverse) / 2) < 1e-4 and abs(llr - site - flank) < 1e-4, f"{name}: {info}")
    check("DHN_INTRAIN" in by_name["first"] and "DHN_INTRAIN" not in by_name["last"], "the last tenth of a contig is not trained on")


def test_a_score_is_that_of_its_record_alone(w):
    folder = w.new_folder("alone")
    picks = random.Random(3)
    records = [snv(w, "chr2", p) for p in sorted(picks.sample(range(1, 2501), 25))]
    chr2 = dict(w.contigs)["chr2"]
    records += [("chr2", 1000, "d", chr2[999:1003], chr2[999]), ("chr2", 1000, "i", chr2[999], chr2[999] + "GAT")]
    records.sort(key=lambda record: record[1])
    records += [snv(w, "chr1", p) for p in sorted(picks.sample(range(1, 3001), 15))]
    vcf = w.write(f"{folder.name}/x.vcf", vcf_text(records))
    more = ("--boundary-effects", "--suffix", "200")
    whole = scored(w, vcf, folder / "y.vcf", "-@", "1", *more)
    check(len(whole) == len(records), f"{len(whole)} records")
    again = scored(w, vcf, folder / "z.vcf", "-@", "3", *more)
    check(again == whole, "threads change a score")
    split = []
    for part, take in enumerate((records[:7], records[7:30], records[30:])):
        name = w.write(f"{folder.name}/p{part}.vcf", vcf_text(take))
        split += scored(w, name, folder / f"q{part}.vcf", *more)
    check(split == whole, "a split file has other scores")
    for number in (0, 11, 30, 41):
        name = w.write(f"{folder.name}/one.vcf", vcf_text([records[number]]))
        check(scored(w, name, folder / "one.out.vcf", *more) == [whole[number]], f"record {number} alone has another score")
    # Another order: contigs swapped.
    name = w.write(f"{folder.name}/turned.vcf", vcf_text(records[27:] + records[:27]))
    check(scored(w, name, folder / "turned.out.vcf", *more) == whole[27:] + whole[:27], "another order has other scores")


def test_spelling_does_not_matter(w):
    folder = w.new_folder("spelling")
    left, right = random_bases(1500, 21), random_bases(1500, 22)
    fasta = w.write(f"{folder.name}/g.fa", fasta_text([("c", left + "G" + "CA" * 20 + "T" + right)]))
    header = "##fileformat=VCFv4.2\n##contig=<ID=c>\n"
    unit = left + "G" + "CA" * 20 + "T" + right
    spellings = [
        # Two bases taken out: left-aligned, right-aligned, in the middle, padded.
        [(1501, "GCA", "G"), (1539, "ACA", "A"), (1520, "CAC", "C"), (1495, unit[1494:1510], unit[1494:1501] + unit[1503:1510])],
        # Four put in.
        [(1501, "G", "GCACA"), (1541, "A", "ACACA"), (1520, "C", "CACAC"), (1499, unit[1498:1503], unit[1498:1501] + "CACACA")],
        # A substitution, padded on both sides.
        [(1600, unit[1599], other(unit[1599])), (1598, unit[1597:1603], unit[1597:1599] + other(unit[1599]) + unit[1600:1603])],
    ]
    for group in spellings:
        values = set()
        for position, ref, alt in group:
            check(unit[position - 1 : position - 1 + len(ref)] == ref, f"the test's own REF at {position}")
            vcf = w.write(f"{folder.name}/x.vcf", vcf_text([("c", position, ".", ref, alt)], header))
            w.run("variants", "--model", w.model, "-f", fasta, "--vcf", vcf, "-o", folder / "y.vcf")
            info = info_of(rows_of(folder / "y.vcf")[0][7])
            check(info["DHN_STATUS"] == "OK", f"{info}")
            values.add(tuple(info[field] for field in FIELDS[:5]))
        check(len(values) == 1, f"spellings of one haplotype differ: {values}")


def test_saturation(w):
    folder = w.new_folder("saturate")
    chr1 = dict(w.contigs)["chr1"]
    bed = w.write(f"{folder.name}/x.bed", "chr2\t100\t120\nchr1\t3955\t3970\n")
    w.run("variants", "--model", w.model, "-f", w.fasta, "--saturate", bed, "-o", folder / "s.vcf")
    rows = rows_of(folder / "s.vcf")
    places = [("chr2", p) for p in range(101, 121)] + [("chr1", p) for p in range(3956, 3971) if chr1[p - 1] != "N"]
    check([(row[0], int(row[1])) for row in rows] == places, "not every base once")
    bases = dict(w.contigs)
    for row in rows:
        ref = bases[row[0]][int(row[1]) - 1].upper()
        check(row[3] == ref and row[4].split(",") == [b for b in "ACGT" if b != ref], f"{row}")
        check(info_of(row[7])["DHN_STATUS"] == "OK,OK,OK", f"{row}")
    single = scored(w, w.write(f"{folder.name}/one.vcf", vcf_text([snv(w, "chr2", 110)])), folder / "one.out.vcf")
    row = next(row for row in rows if row[1] == "110")
    number = row[4].split(",").index(single[0][0][4])
    check(info_of(row[7])["DHN_LLR"].split(",")[number] == single[0][1]["DHN_LLR"], "an SNV alone has another score")


def test_bcftools_reads_filters_and_indexes(w):
    bcftools = need_tool("bcftools")
    source = data("variants/1000G_GRCh38_chr20_2000001-2100000.vcf.gz")
    fasta = data("human/hg38_prefix.fa.gz")
    folder = w.new_folder("bcftools")
    part = folder / "part.vcf.gz"
    output_of(bcftools, "view", "-r", "chr20:2000001-2003000", "-Oz", "-o", part, source)
    records = output_of(bcftools, "view", "-H", part)
    check(records.count("\n") > 60, "too few records for a test")
    for name, kind in (("y.vcf.gz", ".tbi"), ("y.bcf", ".csi"), ("y.vcf", None)):
        out = folder / name
        w.run("variants", "--model", w.model, "-f", fasta, "--vcf", part, "-o", out, "--suffix", "32")
        if kind:
            check(Path(f"{out}{kind}").exists(), f"{name} has no index")
            some = output_of(bcftools, "view", "-H", "-r", "chr20:2001000-2002000", out)
            check(0 < some.count("\n") < records.count("\n"), "the index finds nothing")
            output_of(bcftools, "index", "-f", out)
        less = output_of(bcftools, "annotate", "-x", ",".join("INFO/" + field for field in FIELDS), out)
        same = "".join(line + "\n" for line in less.splitlines() if not line.startswith("#"))
        check(same == records, f"{name}: records without our fields are not those of the input")
        low = output_of(bcftools, "query", "-i", "INFO/DHN_LLR<0", "-f", "%POS\t%INFO/DHN_LLR\n", out)
        check(low and all(any(float(v) < 0 for v in line.split("\t")[1].split(",")) for line in low.splitlines()), f"{name}: filter")
        check(output_of(bcftools, "view", "-H", "-i", 'INFO/DHN_STATUS="REF_MISMATCH"', out) == "", "REF of another sequence")
        split = output_of(bcftools, "norm", "-m-", out)
        check(all("," not in info_of(row.split("\t")[7])["DHN_LLR"] for row in split.splitlines() if not row.startswith("#")), "norm -m-")
    # From a pipe, and to one.
    text = output_of(bcftools, "view", part)
    done = w.call("variants", "--model", w.model, "-f", fasta, "--vcf", "-", "-o", "-", "--suffix", "32", input=text)
    check(done.returncode == 0, done.stderr)
    piped = [line for line in done.stdout.splitlines() if not line.startswith("#")]
    check(piped == ["\t".join(row) for row in rows_of(folder / "y.vcf")], "a pipe gives other records")


def test_version_lines(w):
    folder = w.new_folder("version")
    vcf = w.write(f"{folder.name}/x.vcf", vcf_text([snv(w, "chr2", 100)]))
    for more, there in (((), True), (("--no-version",), False)):
        scored(w, vcf, folder / "y.vcf", *more)
        text = (folder / "y.vcf").read_text()
        check(("##dna-hnet_variantsVersion=" in text and "##dna-hnet_variantsCommand=" in text and "##dna-hnet_model=sha256:" in text) == there,
              text)
        check(('Source="dna-hnet"' in text) == there, text)
        check(("##dna-hnet_settings=mode=windows context=512\n" in text) == there, text)
        check("##INFO=<ID=DHN_LLR,Number=A,Type=Float" in text and "##INFO=<ID=DHN_STATUS,Number=A,Type=String" in text, text)
    first = (folder / "y.vcf").read_bytes()
    scored(w, vcf, folder / "y.vcf", "--no-version")
    check((folder / "y.vcf").read_bytes() == first, "--no-version is not the same twice")


def test_a_second_run_replaces_the_first(w):
    folder = w.new_folder("second")
    # Far in its window, which ends at the allele: nothing behind it is compared in this direction.
    vcf = w.write(f"{folder.name}/x.vcf", vcf_text([snv(w, "chr2", 768), snv(w, "chr2", 801)]))
    first = scored(w, vcf, folder / "first.vcf", "--boundary-effects")
    check(first[0][1].get("DHN_BGAINF", ".") == ".", f"a rise where nothing is compared: {first[0][1]}")
    check(float(first[1][1]["DHN_BGAINF"]) >= 0, f"{first}")
    second = scored(w, folder / "first.vcf", folder / "second.vcf")
    check([info for _, info in second] == [{k: v for k, v in info.items() if not k.startswith(("DHN_BG", "DHN_BL"))} for _, info in first], f"{second}")
    text = (folder / "second.vcf").read_text()
    check("DHN_BG" not in text.split("#CHROM")[0].replace("--boundary-effects", ""), "declared although it is in no record")
    for key in ("##dna-hnet_model=", "##dna-hnet_reference=", "##dna-hnet_settings=", "##dna-hnet_variantsVersion=", "##dna-hnet_variantsCommand="):
        check(text.count(key) == 1, f"{key} {text.count(key)} times")


def haplotypes(w, fasta, vcf, sample, folder, *more):
    w.run("variants", "--model", w.model, "-f", fasta, "--vcf", vcf, "--haplotypes", folder / "h.tsv", "--sample", sample,
          "--sequences", folder / "h.fa", *more)
    head, *rows = rows_of(folder / "h.tsv")
    text = (folder / "h.fa").read_text().split(">")[1:]
    return [dict(zip(head, row)) for row in rows], dict(part.rstrip("\n").split("\n", 1) for part in text)


def test_haplotypes_are_those_of_bcftools(w):
    bcftools, samtools = need_tool("bcftools"), need_tool("samtools")
    fasta = data("human/hg38_prefix.fa.gz")
    for source, sample, region in (
            ("variants/HG002_GRCh38_1_22_v4.2.1_benchmark.chr20.vcf.gz", "HG002", "chr20:1000001-1020000"),
            ("variants/1000G_GRCh38_chr20_2000001-2100000.vcf.gz", "HG00096", "chr20:2000001-2020000")):
        folder = w.new_folder("haplotypes")
        part, phased, reference = folder / "part.vcf.gz", folder / "phased.vcf.gz", folder / "part.fa"
        # Symbolic alleles have no string of ours; bcftools makes one of some.
        output_of(bcftools, "view", "-r", region, "-s", sample, "-e", 'ALT~"<"', "-Oz", "-o", part, data(source))
        output_of(bcftools, "view", "-e", 'GT="het" & GT~"/"', "-Oz", "-o", phased, part)
        for file in (part, phased):
            output_of(bcftools, "index", file)
        reference.write_text(output_of(samtools, "faidx", fasta, region))
        rows, strings = haplotypes(w, fasta, part, sample, folder, "-r", region)
        check(len(rows) == 2 and sum(int(row["n_applied"]) for row in rows) > 4, f"{rows}")
        for copy in (1, 2):
            wanted = "".join(output_of(bcftools, "consensus", "-H", copy, "-s", sample, "-f", reference, phased).splitlines()[1:])
            found = strings[f"{region}_{sample}_{copy}"]
            check(found == wanted.upper(), f"{sample} {copy}: {len(found)} bases, bcftools has {len(wanted)}")


def test_haplotypes_of_a_made_up_sample(w):
    folder = w.new_folder("sample")
    chr2 = dict(w.contigs)["chr2"]
    alt = {p: other(chr2[p - 1]) for p in (700, 800, 900, 950)}
    lines = [(700, "1|0"), (800, "0|1"), (900, "0/1"), (950, "1/1")]
    text = HEADER + '##FORMAT=<ID=GT,Number=1,Type=String,Description="g">\n' + COLUMNS + "\tFORMAT\tme\n"
    text += "".join(f"chr2\t{p}\t.\t{chr2[p - 1]}\t{alt[p]}\t.\t.\t.\tGT\t{gt}\n" for p, gt in lines)
    vcf = w.write(f"{folder.name}/x.vcf", text)
    rows, strings = haplotypes(w, w.fasta, vcf, "me", folder, "-r", "chr2:601-1000", "-r", "chr2:1001-1100")
    check([(r["start"], r["hap"], r["n_applied"], r["n_unphased"], r["n_skipped"]) for r in rows] ==
          [("600", "1", "2", "1", "0"), ("600", "2", "2", "1", "0"), ("1000", "1", "0", "0", "0"), ("1000", "2", "0", "0", "0")], f"{rows}")
    check([float(r["llr"]) for r in rows[2:]] == [0, 0], f"the reference itself: {rows}")
    for copy, places in ((1, (700, 950)), (2, (800, 950))):
        wanted = list(chr2[600:1000])
        for p in places:
            wanted[p - 601] = alt[p]
        check(strings[f"chr2:601-1000_me_{copy}"] == "".join(wanted), f"copy {copy}")
        # The same string as one record.
        first, last = places
        one = w.write(f"{folder.name}/one.vcf", vcf_text([("chr2", first, ".", chr2[first - 1 : last], "".join(wanted)[first - 601 : last - 600])]))
        info = scored(w, one, folder / "one.out.vcf", "--max-indel", "1000")[0][1]
        row = rows[copy - 1]
        for field, column in (("DHN_LLR", "llr"), ("DHN_SITE", "site"), ("DHN_FLANK", "flank")):
            check(abs(float(info[field]) - float(row[column])) < 1e-3, f"{field} {info[field]}, {column} {row[column]}")
    w.fails(2, "--strand", "variants", "--model", w.model, "-f", w.fasta, "--vcf", vcf, "--haplotypes", folder / "n.tsv", "--sample", "me", "--strand",
            "forward")
    # Another assembly, and contigs by other names: said, never passed over.
    head = text[: text.index("chr2\t700")]
    wrong = "".join(f"chr2\t{p}\t.\t{other(chr2[p - 1])}\t{chr2[p - 1]}\t.\t.\t.\tGT\t1|1\n" for p in range(100, 140))
    wrong = w.write(f"{folder.name}/wrong.vcf", head + wrong)
    w.fails(3, "REF of 40 of the first 40", "variants", "--model", w.model, "-f", w.fasta, "--vcf", wrong, "--haplotypes", folder / "n.tsv", "--sample", "me")
    named = w.write(f"{folder.name}/named.vcf", text.replace("chr2", "2"))
    done = w.run("variants", "--model", w.model, "-f", w.fasta, "--vcf", named, "--haplotypes", folder / "m.tsv", "--sample", "me")
    check("no contig '2'" in done.stderr and "4 records, 4 of them on unknown contigs" in done.stderr, done.stderr)
    w.fails(3, "overlap", "variants", "--model", w.model, "-f", w.fasta, "--vcf", vcf, "--haplotypes", folder / "n.tsv", "--sample", "me", "-r",
            "chr2:601-1000", "-r", "chr2:1000-1100")
    w.fails(3, "sample", "variants", "--model", w.model, "-f", w.fasta, "--vcf", vcf, "--haplotypes", folder / "n.tsv", "--sample", "you")


def test_bad_input(w):
    folder = w.new_folder("bad")
    out = w.new_folder("bad-out")
    good = vcf_text([snv(w, "chr2", p) for p in range(100, 140)])

    def refused(code, pattern, vcf, *more):
        w.fails(code, pattern, "variants", "--model", w.model, "-f", w.fasta, "--vcf", vcf, "-o", out / "y.vcf.gz", *more, leaves_nothing_in=out)

    refused(3, "no.vcf", folder / "no.vcf")
    lines = good.splitlines(keepends=True)
    refused(3, "sort", w.write(f"{folder.name}/unsorted.vcf", "".join(lines[:-2] + [lines[-1], lines[-2]])))
    refused(3, "x.fa", w.write(f"{folder.name}/x.fa", ">c\nACGT\n"))
    refused(3, "cut.vcf", w.write(f"{folder.name}/cut.vcf", good[:-9]))
    refused(3, "bad.vcf", w.write(f"{folder.name}/bad.vcf", good + "chr2\tx\t.\tA\tC\t.\t.\t.\n"))
    chr2 = dict(w.contigs)["chr2"]
    wrong = vcf_text([("chr2", p, ".", other(chr2[p - 1]), chr2[p - 1]) for p in range(100, 125)] + [snv(w, "chr2", p) for p in range(200, 300)])
    wrong = w.write(f"{folder.name}/wrong.vcf", wrong)
    refused(3, "REF of 25 of the first 125 records", wrong)
    w.run("variants", "--model", w.model, "-f", w.fasta, "--vcf", wrong, "-o", folder / "ok.vcf", "--max-ref-mismatch", "0.5")
    # Three alternatives each: more alleles than are scored at a time, before the check is over.
    many = vcf_text([("chr2", p, ".", other(chr2[p - 1]), ",".join(b for b in "ACGT" if b != other(chr2[p - 1]))) for p in range(1, 900)])
    done = w.fails(3, "REF of 899 of the first 899", "variants", "--model", w.model, "-f", w.fasta, "--vcf", w.write(f"{folder.name}/many.vcf", many), "-o", "-")
    check(done.stdout == "", "records of a refused file on standard output")
    w.fails(2, "ends in", "variants", "--model", w.model, "-f", w.fasta, "--vcf", folder / "ok.vcf", "-o", out / "y.txt", leaves_nothing_in=out)
    vcf = w.write(f"{folder.name}/good.vcf", good)
    refused(2, "--suffix", vcf, "--suffix", "0")
    refused(2, "--mode", vcf, "--mode", "carry")
    refused(2, "-O", vcf, "-O", "x")
    refused(2, "one of --vcf and --saturate", vcf, "--saturate", vcf)
    refused(2, "-r", vcf, "-r", "chr2:1-10")
    w.fails(1, "y.vcf.gz: cannot write", "variants", "--model", w.model, "-f", w.fasta, "--vcf", vcf, "-o", out / "no" / "y.vcf.gz",
            leaves_nothing_in=out)
    done = w.call("variants", "--model", w.model, "-f", w.fasta, "--vcf", vcf, "-o", out / "y.vcf.gz", limit=400)
    check(done.returncode == 1 and "y.vcf.gz" in done.stderr and not list(out.iterdir()), f"full disk: {done.returncode} {done.stderr}")
