/** The worker of an application that has divergences of its own. */
import { register } from '../../src/engine-worker.ts';
import { cubic, triangular, unequal } from './own-divergences.ts';

register(triangular, cubic, unequal);
