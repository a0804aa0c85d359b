"""Writes truth.json: what 140 digits make of the scalar functions of row programs. Needs Python 3 with mpmath:

    python3 test/program/truth.py

A line of the file is a function with its operands and their values. Operands are exact: numbers of f32, or of 48 bits
where they are doubles. They lie over all of the domain: log-uniform, uniform, and next to the ends and the special points.
Values are rounded to f64; those beyond f32 are left out.
"""
import json
import random
import struct
from pathlib import Path

from mpmath import asin, cos, digamma, exp, expm1, frexp, log, log1p, mp, mpf, pi, sin, sqrt

mp.dps = 140
random.seed(20270211)
LARGEST, NORMAL, SMALLEST = 2.0**128 - 2.0**104, 2.0**-126, 2.0**-149
LOWEST = -LARGEST
ROOT_OF_DIGAMMA = 1.4616321449683623


def f32(x):
    return struct.unpack('f', struct.pack('f', max(LOWEST, min(LARGEST, float(x)))))[0]


def double(x):
    """The sum of two f32 that is next to x."""
    high = f32(x)
    return high + f32(float(x) - high)


def neighbour(x, steps):
    if x == 0:
        return steps * SMALLEST
    bits = struct.unpack('i', struct.pack('f', x))[0]
    return struct.unpack('f', struct.pack('i', bits + steps))[0]


def log_uniform(low=SMALLEST, high=LARGEST):
    return f32(2 ** random.uniform(float(log(low, 2)), float(log(high, 2))))


def sign():
    return random.choice([-1, 1])


def points(low, high, special=(), at=(0, 1, -1), count=200):
    """Numbers of f32 from low to high: the ends and special points, those next to them, and of all sizes between."""
    steps = [(x, step) for x in (low, high, *at, *special) for step in (-2, -1, 0, 1, 2) if abs(x) < LARGEST or step == 0]
    tried = [neighbour(f32(x), step) for x, step in steps]
    tried += [s * x for s in (1, -1) for x in (SMALLEST, 3 * SMALLEST, NORMAL - SMALLEST, NORMAL, 2.0**-24, 2.0**-12)]
    while len(tried) < count:
        tried.append(random.choice([
            lambda: sign() * log_uniform(), lambda: sign() * log_uniform(2.0**-30, 2.0**7),
            lambda: f32(random.uniform(max(low, -100), min(high, 100))), lambda: f32(random.uniform(low, high)),
        ])())
    return sorted({x for x in tried if low <= x <= high})


def near(at, spread=0.3):
    return [f32(at + sign() * log_uniform(2.0**-24, spread)) for _ in range(30)]


def pairs(make, count=250):
    return [make() for _ in range(count)]


def positives():
    """Two of any sizes, or next to each other."""
    x = random.choice([log_uniform, lambda: log_uniform(2.0**-24, 1), lambda: log_uniform(SMALLEST, NORMAL)])()
    kind = random.random()
    if kind < 0.3:
        return x, neighbour(x, random.choice([-5, -3, -2, -1, 0, 1, 2, 4])) or x
    if kind < 0.6:
        return x, f32(x * random.uniform(0.4, 2.5)) or x
    return x, log_uniform()


def weights():
    """A weight and an exponent that together come to a number of f32, or to nearly 0."""
    w = log_uniform(SMALLEST, random.choice([NORMAL, LARGEST, 1]))
    if random.random() < 0.1:
        return w, double(-log_uniform(100, 1e30))
    target = random.choice([lambda: log_uniform(NORMAL, LARGEST / 2), lambda: log_uniform(2.0**-24, 2.0**24)])()
    return w, double(log(mpf(target)) - log(mpf(w)) - 24 * log(mpf(2)))


def normal_operands():
    return sign() * log_uniform(NORMAL, LARGEST), random.choice([0, 1, 1, 1]) * sign() * log_uniform(NORMAL, LARGEST)


def doubles(low, high):
    """Two of 48 bits; sometimes their sum has far fewer."""
    def one():
        return double(sign() * mpf(log_uniform(low, high)) * (1 + mpf(random.getrandbits(40)) / 2**41))
    x = one()
    return x, double(-x * (1 + sign() * log_uniform(2.0**-46, 0.5))) if random.random() < 0.3 else one()


def logarithm(x):
    return log(x) if x > 0 else mpf(LOWEST)


def log_of_one_and(x):
    return log1p(x) if x > -1 else mpf(LOWEST)


def quotient(x, y):
    return x / y if y != 0 else mpf(0)


def weighed(w, x):
    return w * exp(x) * 2**24 if w else mpf(0)


def binade(x):
    return (frexp(x)[1] - 1) * log(mpf(2)) if x > 0 else mpf(LOWEST)


def power(x):
    return mpf(2) ** (frexp(x)[1] - 1) if x > 0 else mpf(0)


multiples = [float(k * pi / 2) for k in (-4, -3, -2, -1, 1, 2, 3, 4)]
angles = points(-2.0**13, 2.0**13, multiples)
overflow = float(log(mpf(LARGEST)))
functions = [
    ('sqrt', sqrt, points(0, LARGEST)),
    ('exp', exp, points(LOWEST, overflow, [overflow, -87.33654, -103.97])),
    ('expm1', expm1, points(LOWEST, overflow, [overflow, 0.3465736, -0.3465736])),
    ('log', logarithm, points(0, LARGEST, near(1))),
    ('log1p', log_of_one_and, points(-1, LARGEST, near(0))),
    ('exprel', lambda x: expm1(x) / x if x else mpf(1), points(LOWEST, 93.2, [0.3465736, -0.3465736, 88.7, 89, 93])),
    ('log1prel', lambda x: log_of_one_and(x) / x if x else mpf(1), points(-1, LARGEST, near(0))),
    ('logRatio', lambda x, y: log(x) - log(y), pairs(positives)),
    ('sin', sin, angles),
    ('cos', cos, angles),
    ('sinc', lambda x: sin(x) / x if x else mpf(1), angles),
    ('asin', asin, points(-1, 1, [0.5, -0.5, 0.70710678])),
    ('digamma', lambda x: digamma(max(x, mpf(NORMAL))), points(0, LARGEST, near(ROOT_OF_DIGAMMA) + [ROOT_OF_DIGAMMA, 2, 6, 10])),
    ('logDouble', logarithm, points(0, LARGEST, near(1))),
    ('weigh', weighed, [(0, 0), (0, 100), (SMALLEST, 0), (SMALLEST, 150)] + pairs(weights), ['single', 'double']),
    ('logOfBinade', binade, points(0, LARGEST, [2.0**k for k in (-127, -125, -1, 1, 2, 10, 127)])),
    ('divide', quotient, pairs(normal_operands)),
    ('add', lambda x, y: x + y, pairs(lambda: doubles(2.0**-60, 2.0**100)), ['double'] * 2),
    ('multiply', lambda x, y: x * y, pairs(lambda: doubles(2.0**-30, 2.0**60)), ['double'] * 2),
    ('divide', quotient, [(3, 0)] + pairs(lambda: doubles(2.0**-30, 2.0**30)), ['double'] * 2),
    ('exprel2', lambda x: (expm1(x) - x) / x**2 if x else mpf(0.5), points(LOWEST, 97.5, near(-1) + near(1.5) + [0.34, -0.34, 21, 88.7])),
    ('binade', power, points(0, LARGEST, [2.0**k for k in (-127, -125, -1, 1, 2, 10, 127)])),
]


def line(operator, function, operands, types=None):
    tuples = [x if isinstance(x, tuple) else (x,) for x in operands]
    types = types or ['single'] * len(tuples[0])
    values = [(x, function(*map(mpf, x))) for x in tuples]
    kept = [(x, float(value)) for x, value in values if abs(value) <= LARGEST]
    columns = [[x[at] if of == 'double' else float(f'{x[at]:.9g}') for x, _ in kept] for at, of in enumerate(types)]
    group = {'operator': operator, 'types': types, 'operands': columns, 'values': [value for _, value in kept]}
    return json.dumps(group, separators=(',', ':'))


Path(__file__).with_name('truth.json').write_text('[\n' + ',\n'.join(line(*each) for each in functions) + '\n]\n')
