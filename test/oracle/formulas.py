"""Every operation by its textbook definition, in mpmath, of rows whose entries are exact f32 numbers.

Nothing here guards against cancellation: `settled` evaluates at ever more digits until two evaluations agree.
"""
from mpmath import asin, cos, exp, inf, log, mp, mpf, pi, sin, sqrt

TINY = mpf(10) ** -330  # below every f64
MOST_DIGITS = 1000


def settled(evaluate):
    """The value, or the list of values, of evaluate() to about 20 digits; what stays below every f64 is 0."""
    mp.dps = 60
    before = evaluate()
    while True:
        mp.dps *= 2
        now = evaluate()
        pairs = list(zip(now, before)) if isinstance(now, list) else [(now, before)]
        if all(x == y or abs(x - y) <= mpf(10) ** -20 * abs(x) or max(abs(x), abs(y)) < TINY for x, y in pairs) or mp.dps > MOST_DIGITS:
            return now
        before = now


class Row:
    """A distribution: its probabilities and their logarithms."""

    def __init__(self, entries, form):
        self.entries, self.form = entries, form

    def logs(self):
        if self.form == 'logits':
            greatest = mpf(max(self.entries))
            total = log(sum(exp(mpf(z) - greatest) for z in self.entries if z != -inf))
            return [mpf(z) - greatest - total if z != -inf else -inf for z in self.entries]
        total = log(self.mass())
        return [log(mpf(w)) - total if w > 0 else -inf for w in self.entries]

    def mass(self):
        return sum(mpf(w) for w in self.entries)

    def probabilities(self):
        return [exp(x) if x != -inf else mpf(0) for x in self.logs()]


def kl(p, q):
    total = mpf(0)
    for x, y in zip(p.logs(), q.logs()):
        if x == -inf:
            continue
        if y == -inf:
            return inf
        total += exp(x) * (x - y)
    return total


def hellinger_integral(p, q, b):
    """Sum of p^b q^(1-b), where 0^b is 0 for b >= 0 and infinite for b < 0; 0 times that infinity is 0."""
    a, total = 1 - b, mpf(0)
    for x, y in zip(p.logs(), q.logs()):
        if x == -inf and y == -inf:
            continue
        if (x == -inf and b < 0) or (y == -inf and a < 0):
            return inf
        if x == -inf or y == -inf:
            continue
        total += exp((b * x if b != 0 else 0) + (a * y if a != 0 else 0))
    return total


def alpha_divergence(p, q, alpha):
    alpha = mpf(alpha)
    if alpha == -1:
        return kl(p, q)
    if alpha == 1:
        return kl(q, p)
    a, b = (1 + alpha) / 2, (1 - alpha) / 2
    return (1 - hellinger_integral(p, q, b)) / (a * b)


def extended_alpha_divergence(p, q, alpha):
    alpha, total = mpf(alpha), mpf(0)
    a, b = (1 + alpha) / 2, (1 - alpha) / 2
    for x, y in zip(map(mpf, p.entries), map(mpf, q.entries)):
        if a == 0 or b == 0:
            if b == 0:
                x, y = y, x
            if y == 0 and x > 0:
                return inf
            total += (x * log(x / y) if x > 0 else 0) - x + y
        elif (x == 0 < y and b < 0) or (y == 0 < x and a < 0):
            return inf
        else:
            total += (b * x + a * y - (x ** b * y ** a if x > 0 and y > 0 else 0)) / (a * b)
    return total


def renyi(p, q, order):
    if order == inf or order == -inf:
        return max_divergence(p, q) if order > 0 else -max_divergence(q, p)
    order = mpf(order)
    if order == 1:
        return kl(p, q)
    h = hellinger_integral(p, q, order)
    return log(h) / (order - 1) if h > 0 and h != inf else (inf if (h == 0) == (order < 1) else -inf)


def tsallis(p, q, order):
    order = mpf(order)
    if order == 1:
        return kl(p, q)
    h = hellinger_integral(p, q, order)
    return (h - 1) / (order - 1)


def skewed_chernoff(p, q, sigma):
    common = [(x, y) for x, y in zip(p.logs(), q.logs()) if x != -inf and y != -inf]
    if not common:
        return inf
    return -log(sum(exp(sigma * x + (1 - sigma) * y) for x, y in common))


def jensen_shannon(p, q, weight):
    w, v, total = mpf(weight), 1 - mpf(weight), mpf(0)
    for x, y in zip(p.probabilities(), q.probabilities()):
        m = w * x + v * y
        total += (w * x * log(x / m) if x > 0 else 0) + (v * y * log(y / m) if y > 0 else 0)
    return total


def total_variation(p, q):
    return sum(abs(x - y) for x, y in zip(p.probabilities(), q.probabilities())) / 2


def max_divergence(p, q):
    return max((x - y if y != -inf else inf) for x, y in zip(p.logs(), q.logs()) if x != -inf)


def squared_hellinger(p, q):
    return sum((sqrt(x) - sqrt(y)) ** 2 for x, y in zip(p.probabilities(), q.probabilities())) / 2


def entropy(p):
    return -sum(exp(x) * x for x in p.logs() if x != -inf)


def cross_entropy(p, q):
    total = mpf(0)
    for x, y in zip(p.logs(), q.logs()):
        if x == -inf:
            continue
        if y == -inf:
            return inf
        total -= exp(x) * y
    return total


def chernoff(p, q):
    """(information, order): by bisection of the slope of log sum p^(1-a) q^a."""
    common = [(x, y) for x, y in zip(p.logs(), q.logs()) if x != -inf and y != -inf]
    if not common:
        return [inf, mpf(0.5)]
    slope = lambda a: sum(exp((1 - a) * x + a * y) * (y - x) for x, y in common)
    if all(abs(x - y) < mpf(10) ** (10 - mp.dps) for x, y in common):  # proportional rows
        a = mpf(0.5)
    elif slope(mpf(0)) >= 0:
        a = mpf(0)
    elif slope(mpf(1)) <= 0:
        a = mpf(1)
    else:
        low, high = mpf(0), mpf(1)
        for _ in range(80):
            middle = (low + high) / 2
            low, high = (low, middle) if slope(middle) > 0 else (middle, high)
        a = (low + high) / 2
    return [-log(sum(exp((1 - a) * x + a * y) for x, y in common)), 1 - a]


def bregman(p, q, generator):
    total = mpf(0)
    for x, y in zip(map(mpf, p.entries), map(mpf, q.entries)):
        if generator == 'squaredEuclidean':
            total += (x - y) ** 2
        elif x == y == 0:
            continue
        elif y == 0 or (x == 0 and generator == 'itakuraSaito'):
            return inf
        elif generator == 'itakuraSaito':
            total += x / y - log(x / y) - 1
        else:
            total += (x * log(x / y) if x > 0 else 0) - x + y
    return total


def gradient(p, q, alpha, of):
    """Partial derivatives of D_alpha by the chain rule: f = dD/d probability, less its mean, times p_j or over the mass."""
    alpha = mpf(alpha)
    own, other, alpha = (p, q, alpha) if of == 'p' else (q, p, -alpha)
    a = (1 + alpha) / 2
    slopes = [mpf(0) if x == -inf else x - y if a == 0 else -exp(a * (y - x)) / a for x, y in zip(own.logs(), other.logs())]
    probabilities = own.probabilities()
    centred = [sum(x * (s - t) for x, t in zip(probabilities, slopes)) for s in slopes]  # 1 - p_j is not resolved where p_j is 1 to all digits
    return [x * c for x, c in zip(probabilities, centred)] if own.form == 'logits' else [c / own.mass() for c in centred]


def mirror_descent_step(p, g, step):
    tilted = [x - mpf(step) * mpf(s) if x != -inf else -inf for x, s in zip(p.logs(), g)]
    return Row(tilted, 'logits').probabilities()


def natural_gradient_step(p, g, step, path):
    if path == 'e':
        return mirror_descent_step(p, g, step)
    x = p.probabilities()
    mean = sum(a * mpf(s) for a, s in zip(x, g))
    centred = [mpf(step) * (mpf(s) - mean) for s in g]
    if path == 'm':
        moved = [a * max(mpf(0), 1 - c) for a, c in zip(x, centred)]
    else:
        r = sqrt(sum(a * c * c for a, c in zip(x, centred))) / 2
        r, slope = min(r, pi / 2), (sin(min(r, pi / 2)) / min(r, pi / 2) if r > 0 else 1)
        moved = [a * max(mpf(0), cos(r) - slope * c / 2) ** 2 for a, c in zip(x, centred)]
    total = sum(moved)
    return [m / total for m in moved]


def fisher_information(p, coordinates):
    x = p.probabilities()
    n = len(x) if coordinates == 'logits' else len(x) - 1
    if coordinates == 'eta':
        return [1 / x[-1] + (1 / x[i] if i == j else 0) for i in range(n) for j in range(n)]
    return [(x[i] if i == j else 0) - x[i] * x[j] for i in range(n) for j in range(n)]


def fisher_vector_product(p, v, coordinates):
    x, v = p.probabilities(), [mpf(s) for s in v]
    if coordinates == 'eta':
        return [s / a + sum(v) / x[-1] for s, a in zip(v, x)]
    mean = sum(a * s for a, s in zip(x, v))
    return [a * (s - mean) for a, s in zip(x, v)]


def fisher_rao(p, q):
    return 4 * asin(sqrt(squared_hellinger(p, q) / 2))
