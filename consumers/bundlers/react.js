/** Effects run twice in StrictMode: an engine is opened, disposed of, and opened again. */
import { alphaDivergence, divergenceMatrix, klDivergence, openEngine } from 'dually';
import { createElement, StrictMode, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { check } from './right.js';

let opened = 0;

function Divergence() {
  const [numbers, setNumbers] = useState('');
  useEffect(() => {
    let isCurrent = true;
    opened++;
    const opening = openEngine();
    opening
      .then((engine) => klDivergence(engine.rows([[0.5, 0.5]], { outcomes: 2 }), engine.rows([[0.25, 0.75]], { outcomes: 2 })).read())
      .then(([kl]) => isCurrent && setNumbers(kl.toFixed(7)), (error) => isCurrent && setNumbers(String(error)));
    return () => {
      isCurrent = false;
      opening.then((engine) => engine.dispose());
    };
  }, []);
  useEffect(() => {
    if (numbers === '') return;
    check(openEngine, { alphaDivergence, divergenceMatrix, klDivergence }).then(
      (place) => { globalThis.outcome = numbers === '0.1438410' && opened === 2 ? { places: [place] } : { error: `${numbers}, ${opened} effects` }; },
      (error) => { globalThis.outcome = { error: String(error) }; },
    );
  }, [numbers]);
  return createElement('output', undefined, numbers);
}

createRoot(document.getElementById('root')).render(createElement(StrictMode, undefined, createElement(Divergence)));
