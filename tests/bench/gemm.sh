#!/bin/sh
# Products beside OpenBLAS, in one run on one machine: 'make bench-engine'.
#
#   BENCH_THREADS=2        threads of each; the other settings are in tests/bench/gemm.c
#   BENCH_DIR=build/bench  where OpenBLAS goes, unpacked from Debian's packages
#   GEMM=...               our program, made from tests/bench/gemm.c
#
# OpenBLAS is told to take its kernels for AVX-512 where the CPU has it: left alone it takes some
# CPUs for older ones. Where it cannot be had, ours run alone.
set -eu
dir=${BENCH_DIR:-build/bench}/openblas
export BENCH_THREADS="${BENCH_THREADS:-$(nproc)}"

if [ ! -e "$dir/ready" ]; then
    mkdir -p "$dir"
    (cd "$dir" && apt-get -qq download libopenblas0-pthread libgfortran5 libquadmath0 &&
        for package in *.deb; do dpkg -x "$package" . || exit 1; done && touch ready) ||
        echo 'OpenBLAS cannot be had; it is left out' >&2
fi
library=$(find "$dir" -name 'libopenblas.so.0' | head -n 1)
if [ "$library" ]; then
    export OPENBLAS="$library" OPENBLAS_NUM_THREADS="$BENCH_THREADS"
    LD_LIBRARY_PATH=$(find "$dir" -name 'libgfortran.so.5' -exec dirname {} \;)
    export LD_LIBRARY_PATH
    if grep -q avx512dq /proc/cpuinfo; then export OPENBLAS_CORETYPE=SkylakeX; fi
fi
exec "${GEMM:-build/gcc/tests/bench/gemm}" "$@"
