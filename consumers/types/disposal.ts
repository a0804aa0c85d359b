/** What knows \`using\`. */
import { klDivergence, openEngine } from 'dually';

await using engine = await openEngine();
using p = engine.rows([[0.5, 0.5]], { outcomes: 2 });
console.log(klDivergence(p, p).shape);
