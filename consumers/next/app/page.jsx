import { alphaDivergence, divergenceMatrix, klDivergence, openEngine } from 'dually';
import { check } from '../right.js';
import { OnPage } from './on-page.jsx';

export const dynamic = 'force-dynamic';

/** Rendered on the server, at each request. */
export default async function Page() {
  const place = await check(() => openEngine(), { alphaDivergence, divergenceMatrix, klDivergence });
  return <OnPage server={place} />;
}
