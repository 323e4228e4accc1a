"""Benchmarks: ratios taken within one run, against floors and peers. `python -m benchmarks --help`."""
