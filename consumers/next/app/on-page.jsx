'use client';

import { alphaDivergence, divergenceMatrix, klDivergence, openEngine } from 'dually';
import * as remote from 'dually/worker';
import { useEffect } from 'react';
import { check, checkThreads } from '../right.js';

const whole = { alphaDivergence, divergenceMatrix, klDivergence };

async function all(server) {
  const worker = () => new Worker(new URL('dually/engine-worker', import.meta.url), { type: 'module' });
  const places = [`server ${server}`];
  for (const backend of ['auto', 'webgpu', 'cpu']) places.push(await check(() => openEngine({ backend }), whole));
  places.push(await check(() => remote.openEngine({ worker }), remote));
  places.push(await checkThreads(() => openEngine({ backend: 'cpu' }), whole));
  return places;
}

export function OnPage({ server }) {
  useEffect(() => {
    all(server).then((places) => { globalThis.outcome = { places }; }, (error) => { globalThis.outcome = { error: String(error?.stack ?? error) }; });
  }, [server]);
  return <output>{server}</output>;
}
