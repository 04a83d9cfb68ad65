#!/usr/bin/env python3
"""Writes paired.jsonl, holm.jsonl and tails.jsonl here, from scipy, numpy and statsmodels.

paired.jsonl: 'baseline' and 'now' of the same prompts, and what the libraries say of them. null
stands where they give NaN or refuse.
holm.jsonl: values of p, and the same corrected.
tails.jsonl: function, arguments, value.
detect.jsonl: the smallest gain by the formulas in common/statistics/detect.h, solved by brentq.
"""
import json
import math
import os
import warnings

import numpy
from scipy import optimize, special, stats
from statsmodels.stats.multitest import multipletests

HERE = os.path.dirname(os.path.abspath(__file__))
SAMPLES = 10000
warnings.simplefilter("ignore")


def number(value):
    value = float(value)
    return None if math.isnan(value) else value if math.isfinite(value) else repr(value)


def bootstrap(differences, seed):
    n = len(differences)
    random = numpy.random.RandomState(seed)
    draws = random.randint(0, 2**32, SAMPLES * n, dtype=numpy.uint32).astype(numpy.uint64)
    places = (draws * numpy.uint64(n)) >> numpy.uint64(32)
    means = differences[places.astype(numpy.int64)].reshape(SAMPLES, n).mean(axis=1)
    return numpy.percentile(means, [2.5, 97.5])


def paired(baseline, now, seed):
    a, b = numpy.array(baseline, float), numpy.array(now, float)
    d = b - a
    better, worse = int((d > 0).sum()), int((d < 0).sum())
    binary = bool(numpy.isin(a, (0, 1)).all() and numpy.isin(b, (0, 1)).all())
    t = stats.ttest_rel(b, a)
    welch = stats.ttest_ind(b, a, equal_var=False)
    sign = stats.binomtest(better, better + worse).pvalue if better + worse else 1
    pooled = math.sqrt((a.var(ddof=1) + b.var(ddof=1)) / 2)
    low, high = bootstrap(d, seed)
    return {"seed": seed, "baseline": baseline, "now": now,
            "means": [number(a.mean()), number(b.mean())], "difference": number(d.mean()),
            "spread": number(d.std(ddof=1)), "low": number(low), "high": number(high),
            "higher": better, "lower": worse, "binary": binary,
            "t": number(t.statistic), "p_t": number(t.pvalue),
            "welch_t": number(welch.statistic), "welch_df": number(welch.df),
            "p_welch": number(welch.pvalue),
            "p_wilcoxon": number(stats.wilcoxon(b, a, correction=False).pvalue),
            "p_sign": number(sign), "p_mcnemar": number(sign) if binary else None,
            "cohens_d": number(d.mean() / d.std(ddof=1)),
            "cohens_d_pooled": number((b.mean() - a.mean()) / pooled)}


def cases():
    random = numpy.random.default_rng(8)
    # Binary: what was right before and after, n from 2 to 400.
    for n in (2, 3, 5, 8, 13, 14, 20, 30, 50, 51, 71, 120, 200, 400):
        for before, after in ((0.5, 0.5), (0.6, 0.75)):
            yield (random.random(n) < before) * 1, (random.random(n) < after) * 1
    # 71 questions: 10 better and 4 worse; 14 and 3.
    for better, worse in ((10, 4), (14, 3)):
        a = [0] * better + [1] * worse + [1] * 36 + [0] * (35 - better - worse)
        yield a, [1] * better + [0] * worse + a[better + worse:]
    # Continuous, in sixty-fourths, so that ties are ties in every arithmetic; and in full.
    for n in (2, 3, 6, 13, 14, 25, 50, 51, 100, 400):
        a = numpy.round(random.normal(0, 1, n) * 64) / 64
        yield a, a + numpy.round(random.normal(0.2, 1, n) * 64) / 64
        a = random.normal(-40, 12, n)
        yield a, a + random.normal(1, 4, n)
    # Shares of five samples: many ties and zeros.
    for n in (4, 9, 13, 14, 40, 71, 300):
        yield random.integers(0, 6, n) / 5, random.integers(1, 6, n) / 5
    # Heavy tails, and a strong effect.
    yield random.standard_cauchy(60), random.standard_cauchy(60)
    yield random.normal(0, 1, 80), random.normal(3, 1, 80)
    # One side, or both, without any spread; no difference at all; the same one for all.
    yield [1] * 6, [0, 1, 1, 0, 1, 1]
    yield [0] * 9, [1] * 9
    yield [0, 1, 1, 0], [0, 1, 1, 0]
    yield [0.5, 2.25, 3], [0.5, 2.25, 3]
    yield [0.5, 2.25, 3], [1, 2.75, 3.5]
    yield [0] * 20, [0] * 20


def tails():
    for z in (0, 1e-9, 0.3, 1, 1.96, 5, 12, 30):
        yield "normal_p", [z], 2 * stats.norm.sf(z)
    for df in (1, 1.5, 2, 4.7, 10, 70, 399.5, 1e5):
        for t in (0, 0.01, 0.5, 1.3, 2, 6, 25):
            yield "student_p", [t, df], 2 * stats.t.sf(t, df)
    for n in (1, 2, 7, 14, 60, 333):
        for k in sorted({0, 1, n // 3, n // 2, n - 1, n}):
            yield "binomial_p", [k, n], stats.binomtest(k, n).pvalue
    for p in (1e-12, 1e-3, 0.025, 0.3, 0.5, 0.8, 0.975, 0.999):
        yield "normal_quantile", [p], special.ndtri(p)
        for df in (1, 3, 70, 1000):
            yield "student_quantile", [p, df], stats.t.ppf(p, df)
    for a, b in ((0.5, 0.5), (2, 3), (40, 0.5), (0.5, 300), (150, 90), (20, 20000)):
        for x in (0.001, 0.125, 0.5, 0.75, 0.999):
            yield "beta_share", [a, b, x, 1 - x], special.betainc(a, b, x)


def detect_rate(n, baseline, lost):
    z, lost = stats.norm.ppf([0.975, 0.8]), min(lost, baseline)

    def excess(gain):
        changed = 2 * lost + gain
        return (gain * math.sqrt(n - 1 / gain) - z[0] * math.sqrt(changed)
                - z[1] * math.sqrt(changed - gain * gain))

    most = 1 - baseline - lost
    if most <= 1 / n or excess(most) < 0:
        return float("nan")
    return optimize.brentq(excess, 1 / n, most, xtol=1e-15, rtol=1e-14)


def detect():
    for n in (2, 20, 71, 200, 1000, 100000):
        for baseline in (0, 0.03, 0.55, 0.9):
            for lost in (0, 0.05, 0.12):
                yield "detect_rate", [n, baseline, lost], detect_rate(n, baseline, lost)
        z = stats.t.ppf([0.975, 0.8], n - 1)
        yield "detect_mean", [n, 0.4], sum(z) * 0.4 / math.sqrt(n)


def write(name, rows):
    with open(os.path.join(HERE, name), "w") as out:
        for row in rows:
            out.write(json.dumps(row, separators=(",", ":")) + "\n")


def main():
    plain = [([number(x) for x in a], [number(x) for x in b]) for a, b in
             ((numpy.array(a, float), numpy.array(b, float)) for a, b in cases())]
    write("paired.jsonl", (paired(a, b, 40 + i) for i, (a, b) in enumerate(plain)))
    random = numpy.random.default_rng(3)
    lists = [random.random(n) ** 3 for n in (1, 2, 5, 20)] + [[0.04, 0.04, 0.01], [0, 1, 0.5, 0.5]]
    write("holm.jsonl", ({"p": list(p), "corrected": list(multipletests(p, method="holm")[1])}
                         for p in lists))
    write("tails.jsonl", ({"name": name, "at": at, "value": number(value)} for name, at, value in tails()))
    write("detect.jsonl", ({"name": name, "at": at, "value": number(value)} for name, at, value in detect()))


main()
