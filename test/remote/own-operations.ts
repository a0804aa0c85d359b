/** The worker of an application that has divergences of its own. */
import { register } from '../../src/engine-worker.ts';
import { cubic, triangular, overpromised } from './own-divergences.ts';

register(triangular, cubic, overpromised);
