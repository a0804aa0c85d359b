import { register } from 'dually/engine-worker';
import { triangular } from './own.js';

register(triangular);
