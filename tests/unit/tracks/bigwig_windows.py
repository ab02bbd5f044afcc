"""Compares pyBigWig's summaries of windows with the values, at every zoom level of a bigWig; for bigwig_zoom_test.cpp.

Windows are two of a level's wide, for which libBigWig takes that level. `sum` is left out: from zoom levels libBigWig adds
up means, in files of its own too.
"""
import struct
import sys

import numpy
import pyBigWig

with open(sys.argv[1], "rb") as file:
    header = file.read(64 + 10 * 24)
widths = [struct.unpack_from("<I", header, 64 + 24 * level)[0] for level in range(struct.unpack_from("<H", header, 6)[0])]


def expected(kind, values):
    if kind == "coverage":
        return len(values[~numpy.isnan(values)]) / len(values)
    values = values[~numpy.isnan(values)]
    if len(values) == 0:
        return None
    return {"mean": numpy.mean, "min": numpy.min, "max": numpy.max}[kind](values)


def check(track, contig, width):
    values = track.values(contig, 0, track.chroms(contig), numpy=True).astype(float)
    count = len(values) // (2 * width)
    for kind in ("mean", "min", "max", "coverage") if count else ():
        got = track.stats(contig, 0, count * 2 * width, type=kind, nBins=count)
        for window, value in enumerate(got):
            wanted = expected(kind, values[window * 2 * width : (window + 1) * 2 * width])
            if (value or 0) != (wanted or 0) and (value is None or wanted is None or abs(value - wanted) > 1e-5 * max(1, abs(wanted))):
                sys.exit(f"{contig}, width {width}, window {window}: {kind} is {value}, expected {wanted}")


with pyBigWig.open(sys.argv[1]) as track:
    for contig in track.chroms():
        if track.stats(contig, exact=True)[0] is not None:
            for width in widths:
                check(track, contig, width)
print("levels", *widths, end=": all windows as expected\n")
