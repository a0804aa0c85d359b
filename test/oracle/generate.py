"""Writes cases.json: rows of exact f32 numbers and what 60 to 1000 digits make of them. Needs Python 3 with mpmath:

    python3 test/oracle/generate.py [seed [file]]

Rows come in regimes in which f64 arithmetic goes wrong: masks of logits, gaps that leave the range of exp, subnormal
numbers, masses from 2^-100 to 2^100, rows that are nearly equal, exponents of 1e5 to 1e12. One line of the file is a
group: a pair of rows, and [operation, parameters, value] of each operation tried on it. 1e999 stands for infinity.
"""
import json
import math
import random
import struct
import sys
from pathlib import Path

from mpmath import inf, mpf

import formulas as f
from formulas import Row, settled

random.seed(int(sys.argv[1]) if len(sys.argv) > 1 else 20261128)
LARGEST = 3.4028234663852886e38
UNDERFLOW = mpf(10) ** -300
MASKS = [-1e4, -65504, -1e9, -1e30, -LARGEST, -3.3895313892515355e38, -32768, -1e5, -1e37, -math.inf]


def f32(x):
    return struct.unpack('f', struct.pack('f', max(-LARGEST, min(LARGEST, x))))[0] if math.isfinite(x) else x


def neighbour(x, steps):
    bits = struct.unpack('i', struct.pack('f', x))[0]
    return struct.unpack('f', struct.pack('i', bits + steps))[0]


def log_uniform(low, high):
    return math.exp(random.uniform(math.log(low), math.log(high)))


def normals(outcomes, spread):
    return [random.gauss(0, spread) for _ in range(outcomes)]


def size():
    return random.choice([2, 2, 3, 3, 4, 5, 6, 8, 12])


# Regimes of logits: each gives two rows.

def masked():
    outcomes = random.choice([3, 3, 4, 6, 24])
    p, q = normals(outcomes, 2), normals(outcomes, 2)
    count = random.randint(1, outcomes - 1)
    for row in random.choice([[p], [q], [p, q], [p, q]]):
        mask = random.choice(MASKS)
        for k in random.sample(range(outcomes), count if row is p else random.randint(1, count)):
            row[k] = mask if random.random() < 0.9 else random.choice(MASKS)
    return p, q


def masked_alike():
    p, q = masked()
    for k, z in enumerate(p):
        q[k] = p[k] + random.gauss(0, 1e-3) if z > -1e3 else z
    return p, q


def gaps():
    outcomes, offset = size(), random.choice([0, 0, 1e3, -3e4])
    def gap():
        return random.uniform(690, 760) if random.random() < 0.5 else log_uniform(1e-3, 1e5)
    p, q = [offset + random.choice([0, -gap(), gap()]) for _ in range(outcomes)], [random.choice([0, -gap(), gap()]) for _ in range(outcomes)]
    if random.random() < 0.3:
        q = [z - offset + random.gauss(0, 1) for z in p]
    return p, q


def near_logits():
    outcomes, offset = size(), random.choice([0, 0, 100, 1e4])
    distance = log_uniform(1e-12, 1e-1)
    small = random.random() < 0.4
    p = normals(outcomes, 1e-4 if small else 2)
    p = [f32(offset + z) if not small else f32(z) for z in p]
    q = [f32(z + random.gauss(0, distance)) for z in p]
    if q == p or random.random() < 0.2:
        q = [neighbour(z, random.choice([-1, 0, 1])) if z else z for z in p]
    return p, q


def tiny_logits():
    outcomes = size()
    unit = log_uniform(1e-37, 1e-6)
    return [unit * z for z in normals(outcomes, 1)] + [0], [unit * z for z in normals(outcomes, 1)] + [0]


def wide_logits():
    outcomes, spread = random.choice([2, 3, 5, 10, 40]), random.choice([1, 10, 50, 300, 3000])
    return normals(outcomes, spread), normals(outcomes, random.choice([spread, 1]))


# Regimes of weights.

def scaled(row, to):
    total = sum(row)
    return [x / total * to for x in row]


def mass():
    return 2.0 ** random.uniform(-99, 99) if random.random() < 0.7 else 1.0


def sparse_weights():
    outcomes = random.choice([2, 3, 5, 8, 30])
    shape = random.choice([0.05, 0.3, 1, 5])
    rows = []
    for _ in range(2):
        row = [random.gammavariate(shape, 1) for _ in range(outcomes)]
        row = [x if random.random() < 0.85 or i == 0 else 0.0 for i, x in enumerate(row)]
        rows.append(scaled(row, mass()) if sum(row) > 0 else row)
    return rows


def near_weights():
    outcomes = random.choice([2, 3, 5, 5, 9, 33])
    p = [random.gammavariate(random.choice([0.3, 1, 5]), 1) + 1e-6 for _ in range(outcomes)]
    distance = log_uniform(1e-7, 1e-1)
    q = [x * math.exp(random.gauss(0, distance)) for x in p]
    if random.random() < 0.3:
        p = [f32(x) for x in p]
        q = [neighbour(x, random.choice([-1, 0, 0, 1])) for x in p]
        factor = 2.0 ** random.choice([0, 0, -80, 60])
        return p, [x * factor for x in q]
    return scaled(p, mass()), scaled(q, mass())


def subnormal_weights():
    outcomes = random.choice([2, 3, 5, 12])
    def entry():
        kind = random.random()
        return 0.0 if kind < 0.1 else 2.0 ** -149 * random.randint(1, 10 ** random.randint(1, 6)) if kind < 0.6 else log_uniform(1e-38, 1)
    p, q = [[entry() for _ in range(outcomes)] + [random.choice([1, 0.3, 1e3, 1e-25])] for _ in range(2)]
    return p, q


def tiny_differences():
    unit = log_uniform(1e-37, 1e-9)
    rest = [random.choice([1.0, 0.3, 0.25, log_uniform(1e-12, 1)]) for _ in range(random.choice([1, 1, 2, 4]))]
    p = [unit * random.uniform(0.5, 2)] + rest
    q = [unit * random.uniform(0.5, 2)] + rest
    return p, q


def steep_pairs():
    """Rows so near that exponents of 1e5 to 1e12 leave something finite."""
    p, q = near_weights()
    steps = random.choice([0, 0, 1, 3, 20])
    p = [f32(x) for x in p]
    return p, [neighbour(x, random.randint(-steps, steps)) for x in p] if steps else q


def wide_weights():
    outcomes, (low, high) = size(), random.choice([(1e-30, 1), (1e-42, 1e28)])
    return [log_uniform(low, high) for _ in range(outcomes)], [log_uniform(low, high) for _ in range(outcomes)]


LOGITS = {masked: 80, masked_alike: 15, gaps: 75, near_logits: 50, tiny_logits: 10, wide_logits: 25}
WEIGHTS = {sparse_weights: 35, near_weights: 55, subnormal_weights: 35, tiny_differences: 35, steep_pairs: 30, wide_weights: 25}

MODERATE = [-3, -2, 2, 3, -0.3, 0.9, 1.5, -1 + 1e-7, 1 - 1e-9, -1 - 1e-5, 1 + 1e-3, -15, 6, 5e-324, 40]
STEEP = [1e5, -1e5, 3e5, -1e6, 1e7, 1e9, -1e9, 1e12, -1e12, 2e4, -333]
ORDERS = [2, 0, 0.3, 0.7, 0.999999, 1e-9, -1, 5, 1.5, 20, 1e-3]


def members(form, steep):
    """Some operations of a pair of rows, with their parameters."""
    alphas = [-1, 1, 0] + random.sample(STEEP, 3) if steep else [-1, 1, 0, 0.5] + random.sample(MODERATE, 2)
    chosen = [('alphaDivergence', {'alpha': a}) for a in alphas]
    orders = random.sample(ORDERS, 2) if not steep else [random.choice(STEEP), 2]
    chosen += [(name, {'order': b}) for name, b in zip(['renyiDivergence', 'tsallisDivergence'], orders)]
    chosen += [('skewedChernoffDivergence', {'sigma': random.choice([0, 0.01, 0.3, 0.9, 1])}), ('jensenShannonDivergence', {'weight': random.choice([0.5, 0.25, 0.9, 0.001])})]
    chosen += [(name, {}) for name in ('jensenShannonDistance', 'hellingerDistance', 'bhattacharyyaDivergence', 'crossEntropy', 'entropy', 'jeffreysDivergence')]
    of, alpha = random.choice('pq'), random.choice([-1, 1, 0, 2, -2.5, 0.3])
    chosen += [('euclideanGradient', {'alpha': alpha, 'of': of}), ('euclideanGradient', {'alpha': -1, 'of': 'q'})]
    if form == 'weights':
        chosen += [(name, {}) for name in ('totalVariationDistance', 'maxDivergence', 'chernoffInformation', 'chernoffOrder')]
        chosen += [('bregmanDivergence', {'generator': random.choice(['negativeEntropy', 'squaredEuclidean', 'itakuraSaito'])})]
        chosen += [('extendedAlphaDivergence', {'alpha': a}) for a in random.sample(alphas, 2)]
        chosen += [random.choice([('fisherInformation', {'coordinates': c}), ('fisherVectorProduct', {'coordinates': c})]) for c in [random.choice(['theta', 'eta', 'logits'])]]
    chosen += [random.choice([('fisherRaoDistance', {}), ('pearsonChiSquaredDivergence', {}), ('neymanChiSquaredDivergence', {}), ('squaredHellingerDivergence', {}), ('probabilities', {})])]
    chosen += [('mirrorDescentStep', {'stepSize': step()}), ('naturalGradientStep', {'stepSize': step(), 'path': random.choice(['m', 'lc'])})]
    return chosen


M = -LARGEST
ALPHA = 'alphaDivergence'
HUGE = [('alphaDivergence', {'alpha': a}) for a in (2e5, 3e5, -1e6, 1e9)] + [('tsallisDivergence', {'order': 3e5}), ('extendedAlphaDivergence', {'alpha': 5e5})]
SMALL = [('maxDivergence', {}), ('totalVariationDistance', {}), ('hellingerDistance', {}), (ALPHA, {'alpha': -1})]
MASKED = [(ALPHA, {'alpha': -1}), (ALPHA, {'alpha': 1}), ('jensenShannonDivergence', {'weight': 0.5}), ('hellingerDistance', {}), ('euclideanGradient', {'alpha': -1, 'of': 'q'}), ('euclideanGradient', {'alpha': 2, 'of': 'q'})]
# Rows on which a function once went wrong.
REPORTED = [
    ('logits', [720, 0], [0, 720], [('jensenShannonDivergence', {'weight': 0.5}), ('jensenShannonDistance', {})]),
    ('logits', [0, 500, M], [500, 0, -1e4], [(ALPHA, {'alpha': 1}), (ALPHA, {'alpha': 0.5})]),
    ('logits', [0.5, 0, 2.5], [1, -1e9, 2], MASKED),
    ('logits', [0.5, 0, 2.5], [1, -65504, 2], MASKED),
    ('logits', [0.5, M, 2.5], [1, 0.5, 2], MASKED),
    ('logits', [0.5, M, 2.5], [0.5, 0, 2.5], MASKED),
    ('weights', [1e-20, 1], [3e-20, 1], SMALL),
    ('weights', [1e-12, 1], [3e-12, 1], SMALL),
    ('weights', [1e-30, 1e-10, 0.3, 1], [3e-30, 1e-10, 0.3, 1], SMALL),
    ('weights', [3, 0, 0], [7, 0, 0], SMALL),
    ('weights', [0.2, 0.3, 0.5], [0.2000002, 0.3, 0.4999998], HUGE),
    ('weights', [0.2089414745569229, 0.8885447382926941], [0.32292428612709045, 3.0666911602020264], SMALL),
]


def step():
    return random.choice([0.05, -0.7, 1, 1e-3, 40])


SCALARS = {
    'alphaDivergence': lambda p, q, alpha: f.alpha_divergence(p, q, alpha),
    'extendedAlphaDivergence': lambda p, q, alpha: f.extended_alpha_divergence(p, q, alpha),
    'renyiDivergence': lambda p, q, order: f.renyi(p, q, order),
    'tsallisDivergence': lambda p, q, order: f.tsallis(p, q, order),
    'skewedChernoffDivergence': lambda p, q, sigma: f.skewed_chernoff(p, q, mpf(sigma)),
    'jensenShannonDivergence': lambda p, q, weight: f.jensen_shannon(p, q, weight),
    'jensenShannonDistance': lambda p, q: f.sqrt(abs(f.jensen_shannon(p, q, 0.5))),
    'hellingerDistance': lambda p, q: f.sqrt(f.squared_hellinger(p, q)),
    'squaredHellingerDivergence': f.squared_hellinger,
    'fisherRaoDistance': f.fisher_rao,
    'bhattacharyyaDivergence': lambda p, q: f.skewed_chernoff(p, q, mpf(0.5)),
    'pearsonChiSquaredDivergence': lambda p, q: 2 * f.alpha_divergence(p, q, -3),
    'neymanChiSquaredDivergence': lambda p, q: 2 * f.alpha_divergence(p, q, 3),
    'crossEntropy': f.cross_entropy,
    'jeffreysDivergence': lambda p, q: f.kl(p, q) + f.kl(q, p),
    'entropy': lambda p, q: f.entropy(p),
    'totalVariationDistance': f.total_variation,
    'maxDivergence': f.max_divergence,
    'chernoffInformation': lambda p, q: f.chernoff(p, q)[0],
    'chernoffOrder': lambda p, q: f.chernoff(p, q)[1],
    'bregmanDivergence': lambda p, q, generator: f.bregman(p, q, generator),
    'euclideanGradient': lambda p, q, alpha, of: f.gradient(p, q, alpha, of),
    'fisherInformation': lambda p, q, coordinates: f.fisher_information(p, coordinates),
    'probabilities': lambda p, q: p.probabilities(),
}


def is_defined(name, form, p, q):
    """Derivatives and inverses at zeros have rules of their own, which other tests hold."""
    positive = all(x > (0 if form == 'weights' else -inf) for x in p.entries + q.entries)
    return positive or name not in ('euclideanGradient', 'fisherInformation', 'fisherVectorProduct')


def number(x):
    """The f64 next to x, in as many digits as it needs; what is beyond f64 is infinite."""
    try:
        value = float(x)
    except OverflowError:
        value = math.copysign(math.inf, x)
    if abs(x) > mpf(2) ** 1024 and x == x:
        value = math.inf if x > 0 else -math.inf
    return ('1e999' if value > 0 else '-1e999') if math.isinf(value) else repr(int(value)) if value == int(value) and abs(value) < 1e6 else repr(value)


def written(value):
    return '[' + ','.join(map(number, value)) + ']' if isinstance(value, list) else number(value)


def row_text(row):
    return '[' + ','.join(('1e999' if x > 0 else '-1e999') if math.isinf(x) else f'{x:.9g}' for x in row) + ']'


def group(regime, form, p, q, chosen):
    p, q = [f32(x) for x in p], [f32(x) for x in q]
    if (form == 'logits' and (max(p) == -inf or max(q) == -inf)) or (form == 'weights' and not (2.0 ** -100 <= sum(p) <= 2.0 ** 100 and 2.0 ** -100 <= sum(q) <= 2.0 ** 100)):
        return None
    rows = Row(p, form), Row(q, form)
    values, g = [], None
    for name, parameters in chosen:
        if not is_defined(name, form, *rows):
            continue
        if name in SCALARS:
            value = settled(lambda: SCALARS[name](*rows, **parameters))
        else:
            g = g or [f32(random.choice([random.gauss(0, 1), random.gauss(0, 1), random.gauss(0, 1e4)])) for _ in p]
            if name == 'mirrorDescentStep':
                value = settled(lambda: f.mirror_descent_step(rows[0], g, parameters['stepSize']))
            elif name == 'naturalGradientStep':
                value = settled(lambda: f.natural_gradient_step(rows[0], g, parameters['stepSize'], parameters['path']))
            else:
                v = g if parameters['coordinates'] == 'logits' else g[1:]
                value = settled(lambda: f.fisher_vector_product(rows[0], v, parameters['coordinates']))
        if form == 'logits' and name.endswith('Step') and any(x < UNDERFLOW < y for x, y in zip(rows[0].probabilities(), value)):
            continue  # steps start from probabilities
        values.append(f'["{name}",{json.dumps(parameters)},{written(value)}]')
    fields = [f'"regime":"{regime}"', f'"form":"{form}"', f'"p":{row_text(p)}', f'"q":{row_text(q)}'] + ([f'"g":{row_text(g)}'] if g else [])
    return '{' + ','.join(fields) + ',"values":[' + ','.join(values) + ']}', len(values)


def main():
    lines = [group('reported', *rows)[0] for rows in REPORTED]
    cases = sum(len(rows[-1]) for rows in REPORTED)
    for form, regimes in (('logits', LOGITS), ('weights', WEIGHTS)):
        for regime, count in regimes.items():
            while count > 0:
                made = group(regime.__name__, form, *regime(), members(form, regime is steep_pairs))
                if not made:
                    continue
                lines.append(made[0])
                cases += made[1]
                count -= 1
            print(regime.__name__, cases, flush=True)
    Path(sys.argv[2] if len(sys.argv) > 2 else Path(__file__).with_name('cases.json')).write_text('[\n' + ',\n'.join(lines) + '\n]\n')


if __name__ == '__main__':
    main()
