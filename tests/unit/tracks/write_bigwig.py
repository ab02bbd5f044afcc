"""Writes a bigWig by pyBigWig, with all three kinds of blocks, for bigwig_reader_test.cpp."""
import sys

import pyBigWig

with pyBigWig.open(sys.argv[1], "w") as track:
    track.addHeader([("chr1", 1000), ("chr2", 5_000_000), ("chrM", 50)], maxZooms=2)
    track.addEntries(["chr1", "chr1"], [3, 10], ends=[5, 11], values=[1.5, -2.0])  # bedGraph
    track.addEntries("chr1", [20, 30, 40], values=[1.0, 2.0, 3.0], span=4)  # variableStep
    track.addEntries("chr1", 100, values=[5.0, 6.0, 7.0], span=2, step=10)  # fixedStep
    track.addEntries(["chr2"], [1000], ends=[4_000_000], values=[0.25])
