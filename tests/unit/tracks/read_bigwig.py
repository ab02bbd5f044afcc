"""Prints what pyBigWig sees in a bigWig, for bigwig_test.cpp: one fact a line."""
import math
import sys

import pyBigWig

with pyBigWig.open(sys.argv[1]) as track:
    header = track.header()
    for key in ("nBasesCovered", "minVal", "maxVal", "sumData"):
        print(f"{key} {float(header[key]):g}")
    print("zooms", "some" if header["nLevels"] > 0 else "none")
    for name, length in track.chroms().items():
        values = track.values(name, 0, length)
        missing = length - sum(not math.isnan(value) for value in values)  # no data at all: an empty list
        exact = track.stats(name, exact=True)[0]
        print(f"contig {name} {length} missing {missing} mean", "none" if exact is None else f"{exact:g}")
    for query in sys.argv[2:]:
        name, position = query.split(":")
        print(f"value {query} {track.values(name, int(position), int(position) + 1)[0]:g}")
    for name, length in track.chroms().items():
        zoomed = track.stats(name, type="mean", exact=False)[0]
        print(f"zoomed {name}", "none" if zoomed is None else f"{zoomed:g}")
