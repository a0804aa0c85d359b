"""Times numpy for bench/beside-numpy.mjs: reads p and q, then answers each task on standard input with milliseconds."""

import sys
import time

import numpy as np

rows, outcomes, alpha = int(sys.argv[2]), int(sys.argv[3]), np.float32(sys.argv[4])
p, q = np.fromfile(sys.argv[1], dtype=np.float32).reshape(2, rows, outcomes)
a, b = (1 - alpha) / 2, (1 + alpha) / 2

# Each task in the fastest of the ways that were tried.
TASKS = {
    "KL": lambda: np.vecdot(p, np.log(p / q)),
    "α = 0.3": lambda: (1 - np.vecdot(p, np.exp(b * np.log(q / p)))) / (a * b),
}

print(np.__version__, flush=True)
for line in sys.stdin:
    start = time.perf_counter()
    TASKS[line.strip()]()
    print(1000 * (time.perf_counter() - start), flush=True)
