import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ulp } from '../../src/engine/certificate.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { euclideanGradient, jensenShannonDivergence, valueAndGradient } from '../../src/index.ts';
import { openEngine } from '../../src/open.ts';
import { placeFor } from '../engine/place.ts';

/** Gradients in the logits of p and of q, to 80 digits of the f32 given, rounded: spread, near, peaked, apart, masked. */
const cases: readonly { readonly p: number[]; readonly q: number[]; readonly weight: number; readonly ofP: number[]; readonly ofQ: number[] }[] = [
  { p: [0.7468303442001343, 5.066157341003418, 2.1906654834747314, 2.2276132106781006, 1.2971452474594116], q: [0.7691690921783447, 1.3709940910339355, -0.00750702153891325, -1.3932414054870605, -1.724976658821106], weight: 0.5, ofP: [-0.015600173403481889, 0.035036830626792484, -0.01847671289680244, 0.001322873193325087, -0.002282817519833243], ofQ: [0.0819736323862443, -0.0961230003917813, 0.01947933140541159, -0.005303436514412848, -2.6526885461748645e-05] },
  { p: [-1.1185826063156128, 0.3392612636089325, 0.6689826250076294, 1.7613966464996338, 0.6178439259529114, 0.3897343575954437], q: [0.7815656065940857, 0.09869132190942764, -1.802937626838684, 1.1816532611846924, -0.35625159740448, 0.33845850825309753], weight: 0.2, ofP: [-0.011727419951355693, -0.007325213754124653, 0.029938672372748287, -0.005946213144436601, 0.006397460342454801, -0.01133728586528614], ofQ: [0.035987024361058315, 0.0009323796631465988, -0.013505395124317388, -0.017918500198333513, -0.010677997607446582, 0.005182488905892574] },
  { p: [-0.16226904094219208, 3.087602138519287, 1.2835270166397095, 0.5372248888015747, -1.05415940284729], q: [-0.1621665060520172, 3.0875213146209717, 1.2836573123931885, 0.5370800495147705, -1.0541571378707886], weight: 0.5, ofP: [-1.1502504314552689e-06, 5.672823561159643e-06, -5.7638254182540644e-06, 1.4055810538405478e-06, -1.6432876529085704e-07], ofQ: [1.1503160663100459e-06, -5.673330264131678e-06, 5.764251846640593e-06, -1.4055614403370203e-06, 1.6432379151805964e-07] },
  { p: [0.0, -30.0, -31.0, -40.0], q: [0.0, -29.0, -33.0, -38.0], weight: 0.5, ofP: [1.9271051725364266e-14, -2.9013988768111953e-14, 9.745982647193856e-15, -3.0456044461684607e-18], ofQ: [-4.4984060292020633e-14, 4.831508392933362e-14, -3.3399108231255696e-15, 8.887185812581726e-18] },
  { p: [0.0, -60.0, -61.0], q: [-70.0, 0.0, -80.0], weight: 0.5, ofP: [2.6269532288991984e-25, -2.6269532288089563e-25, -9.024256913946538e-36], ofQ: [-1.3914074075680264e-29, 1.391424553656216e-29, -1.714608818958755e-34] },
  { p: [40.0, 0.0, 0.0], q: [40.5, 0.0, 1.0], weight: 0.75, ofP: [1.4895708677083066e-19, 3.299317168884633e-19, -4.78888803659294e-19], ofQ: [-3.569692129637967e-19, -2.553900713428788e-19, 6.123592843066755e-19] },
  { p: [0.5, -1000000000.0, 2.5], q: [1.0, 0.5, 2.0], weight: 0.5, ofP: [-0.028334176365829297, -0.0, 0.028334176365829297], ofQ: [0.026704573404633933, 0.04535152365079877, -0.0720560970554327] },
  { p: [0.5, 0.0, 2.5], q: [1.0, -1000000000.0, 2.0], weight: 0.5, ofP: [-0.031674911281756625, 0.02223563239960006, 0.009439278882156565], ofQ: [0.040025081224006116, -0.0, -0.040025081224006116] },
  { p: [0.0, 0.0, 0.0], q: [0.0, 0.0010000000474974513, 0.0], weight: 0.25, ofP: [2.0834201655100767e-05, -4.1668403310201535e-05, 2.0834201655100767e-05], ofQ: [-2.083767243020623e-05, 4.167534486041246e-05, -2.083767243020623e-05] },
];

describe.each([{ backend: 'webgpu', regime: 'lane' }, { backend: 'webgpu', regime: 'workgroup' }, { backend: 'cpu' }, { backend: 'reference' }] as const)('on %j', ({ backend, ...forced }) => {
  let engine: Engine;
  beforeAll(async () => { engine = await openEngine(await placeFor(backend), forced); });
  afterAll(() => engine.dispose());

  test('80-digit values to 8 ulp of the largest entry', async () => {
    for (const { p, q, weight, ofP, ofQ } of cases) {
      const [a, b] = [p, q].map((row) => engine.rows([row], { outcomes: row.length, form: 'logits' }));
      for (const [of, expected] of [['p', ofP], ['q', ofQ]] as const) {
        const result = euclideanGradient(a!, b!, { divergence: jensenShannonDivergence, weight, of });
        const got = [...await result.read()];
        expect(result.report.backend).toBe(backend);
        const scale = Math.max(2 ** -126, ...expected.map(Math.abs));
        got.forEach((g, k) => expect(Math.abs(g - expected[k]!) / scale / ulp, `${of} of ${JSON.stringify({ p, q, got, expected })}`).toBeLessThanOrEqual(8));
        const { values, gradients } = valueAndGradient.split(await valueAndGradient(a!, b!, { divergence: jensenShannonDivergence, weight, of }).read(), p.length);
        expect([...gradients]).toEqual(got);
        expect([...values]).toEqual([...await jensenShannonDivergence(a!, b!, { weight }).read()]);
      }
    }
  });

  test('zeros have no slope, equal rows none, and one row serves all', async () => {
    const p = engine.rows([[0, -Infinity, 1], [0, 0, -Infinity], [2, 1, 0]], { outcomes: 3, form: 'logits' });
    const q = engine.rows([[2, 1, 0]], { outcomes: 3, form: 'logits' });
    const g = [...await euclideanGradient(p, q, { divergence: jensenShannonDivergence, of: 'p' }).read()];
    expect([g[1], g[5], ...g.slice(6)].map((x) => Math.abs(x!))).toEqual([0, 0, 0, 0, 0]);
    expect(g.every(Number.isFinite)).toBe(true);
    for (const row of [0, 3]) expect(Math.abs(g[row]! + g[row + 1]! + g[row + 2]!)).toBeLessThanOrEqual(4 * ulp * Math.max(...g.map(Math.abs)));
    const disjoint = engine.rows([[0, -Infinity], [-Infinity, 0]], { outcomes: 2, form: 'logits' });
    const other = engine.rows([[-Infinity, 0], [0, 0]], { outcomes: 2, form: 'logits' });
    expect((await euclideanGradient(disjoint, other, { divergence: jensenShannonDivergence, of: 'p' }).read()).every((x) => x === 0)).toBe(true);
  });

  test('weights have no logits to take it in', () => {
    const p = engine.rows([[1, 2]], { outcomes: 2, form: 'weights' });
    expect(() => euclideanGradient(p, p, { divergence: jensenShannonDivergence, of: 'p' })).toThrow(expect.objectContaining({ code: 'domain', operation: 'euclideanGradient', argument: 'p' }));
  });
});
