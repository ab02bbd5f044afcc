#!/usr/bin/env python3
"""Prints bits per base of the model, of every baseline, and of the truth, by class of bases.

    table.py score.tsv [--truth truth.bits.bw --regions R.bed [--class NAME=FILE.bed ...]] [--below-orders K]

`score.tsv` is what `dna-hnet score` wrote: the rows of split `all` are shown, one line per model, one column per class.
The truth is the mean of the bigWig over the same regions (and the same class inside them). With --below-orders it exits 1
unless the model is below every order up to K over all bases. Standard library only.
"""
import argparse
import csv
import math
import struct
import sys
import zlib
from array import array


class BigWig:
    """Reads the values of one contig from a bigWig file (format of Kent et al. 2010)."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.data = file.read()
        self.path = path
        for self.order in "<>":
            if self.data[:4] and struct.unpack(self.order + "I", self.data[:4])[0] == 0x888FFC26:
                break
        else:
            sys.exit(f"{path}: not a bigWig file")
        _, _, tree, _, index, _, _, _, _, self.buffer = self.unpack("HHQQQHHQQI", 4)
        self.contigs = dict(self.contig_leaves(tree))
        self.index = index

    def unpack(self, layout, offset):
        return struct.unpack_from(self.order + layout, self.data, offset)

    def contig_leaves(self, tree):
        """(name, (id, length)) of every leaf of the contig B+ tree."""
        key_size = self.unpack("I", tree + 8)[0]
        nodes = [tree + 32]
        while nodes:
            node = nodes.pop()
            leaf, _, count = self.unpack("BBH", node)
            for item in range(count):
                place = node + 4 + item * (key_size + 8)
                if leaf:
                    name = self.data[place : place + key_size].rstrip(b"\0").decode()
                    yield name, self.unpack("II", place + key_size)
                else:
                    nodes.append(self.unpack("Q", place + key_size)[0])

    def blocks(self, contig):
        """The unpacked data blocks that the R tree lists for a contig's number."""
        nodes = [self.index + 48]
        while nodes:
            node = nodes.pop()
            leaf, _, count = self.unpack("BBH", node)
            for item in range(count):
                place = node + 4 + item * (32 if leaf else 24)
                first, _, last, _, offset = self.unpack("IIIIQ", place)
                if not first <= contig <= last:
                    continue
                if not leaf:
                    nodes.append(offset)
                    continue
                block = self.data[offset : offset + self.unpack("Q", place + 24)[0]]
                yield zlib.decompress(block) if self.buffer else block

    def values(self, name):
        """One float per base of the contig, NaN where the file has none."""
        if name not in self.contigs:
            sys.exit(f"{self.path}: no contig '{name}'")
        number, length = self.contigs[name]
        values = array("f", [math.nan]) * length
        for block in self.blocks(number):
            contig, start, _, step, span, kind, _, count = struct.unpack_from(self.order + "IIIIIBBH", block)
            if contig != number:
                continue
            width = {1: 12, 2: 8, 3: 4}[kind]
            for item in range(count):
                place = 24 + item * width
                if kind == 1:
                    begin, end, value = struct.unpack_from(self.order + "IIf", block, place)
                elif kind == 2:
                    begin, value = struct.unpack_from(self.order + "If", block, place)
                    end = begin + span
                else:
                    begin, value = start + item * step, struct.unpack_from(self.order + "f", block, place)[0]
                    end = begin + span
                values[begin:end] = array("f", [value]) * (end - begin)
        return values


def read_bed(path):
    """{contig: [(begin, end), ...]}"""
    intervals = {}
    with open(path) as file:
        for line in file:
            if line.strip() and not line.startswith(("#", "track", "browser")):
                contig, begin, end = line.split("\t")[:3]
                intervals.setdefault(contig, []).append((int(begin), int(end)))
    return intervals


def truth_by_class(bigwig, regions, classes):
    """{class: mean bits} over the bases of `regions`, for `all` and every class of {name: BED file}."""
    track = BigWig(bigwig)
    sums = {name: [0.0, 0] for name in ["all", *classes]}
    beds = {name: read_bed(path) for name, path in classes.items()}
    for contig, intervals in read_bed(regions).items():
        values = track.values(contig)
        asked = bytearray(len(values))
        for begin, end in intervals:
            asked[begin:end] = b"\1" * (end - begin)
        for name, total in sums.items():
            chosen = asked
            if name != "all":
                chosen = bytearray(len(values))
                for begin, end in beds[name].get(contig, []):
                    chosen[begin:end] = asked[begin:end]
            bits = [value for value, keep in zip(values, chosen) if keep and not math.isnan(value)]
            total[0] += math.fsum(bits)
            total[1] += len(bits)
    return {name: total / count for name, (total, count) in sums.items() if count}


def read_score(path):
    """({model: {class: bits}}, classes, scored bases) of the rows of split `all`, in the file's order."""
    with open(path, newline="") as file:
        lines = [line for line in file if line.strip()]
    while lines and lines[0].startswith("#") and not lines[0].startswith("#split\t"):
        lines.pop(0)
    models, classes, scored = {}, [], None
    for row in csv.DictReader((line.lstrip("#") for line in lines), delimiter="\t"):
        if row["split"] == "train" and row["class"] == "all" and row["scored_bases"] not in ("0", "NA"):
            print(f"table.py: {path}: {row['scored_bases']} of the scored bases were trained on", file=sys.stderr)
        if row["split"] != "all" or row["bits_per_base"] == "NA":
            continue
        scored = scored or row["scored_bases"]
        if row["class"] not in classes:
            classes.append(row["class"])
        models.setdefault(row["model"], {})[row["class"]] = float(row["bits_per_base"])
    if not models:
        sys.exit(f"{path}: no row of split 'all' with bits_per_base")
    return models, classes, scored


def orders_not_beaten(models, highest):
    """Names of the orders up to `highest` that the model is not below, over all bases."""
    names = [f"order{order}" for order in range(highest + 1)]
    missing = [name for name in ["dna-hnet", *names] if "all" not in models.get(name, {})]
    if missing:
        sys.exit(f"table.py: the score table has no {', '.join(missing)}: run score with --all-orders")
    return [name for name in names if models["dna-hnet"]["all"] >= models[name]["all"]]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("score")
    parser.add_argument("--truth", help="bigWig of the generator's bits")
    parser.add_argument("--regions", help="BED of what was scored")
    parser.add_argument("--class", dest="classes", action="append", default=[], metavar="NAME=FILE.bed")
    parser.add_argument("--below-orders", type=int, metavar="K", help="fail unless the model is below orders 0 to K")
    options = parser.parse_args()
    models, classes, scored = read_score(options.score)
    if options.truth:
        if not options.regions:
            parser.error("--truth needs --regions")
        models["truth"] = truth_by_class(options.truth, options.regions, dict(item.split("=", 1) for item in options.classes))
    print(f"Bits per base of {scored} held-out bases, forward strand (lower is better; equal odds for A, C, G, T: 2)")
    width = max(len(model) for model in models)
    print("  ".join(["model".ljust(width), *(name.rjust(10) for name in classes), "perplexity".rjust(10)]))
    for model, bits in models.items():
        cells = [f"{bits[name]:10.4f}" if name in bits else "-".rjust(10) for name in classes]
        perplexity = f"{2 ** bits['all']:10.3f}" if "all" in bits else "-".rjust(10)
        print("  ".join([model.ljust(width), *cells, perplexity]))
    if options.below_orders is not None:
        ahead = orders_not_beaten(models, options.below_orders)
        if ahead:
            sys.exit(f"table.py: the model is not below {', '.join(ahead)}")


if __name__ == "__main__":
    main()
