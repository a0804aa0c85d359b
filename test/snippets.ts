import { readdirSync, readFileSync } from 'node:fs';

export const readPage = (file: string): string => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');

/** The README and the pages under docs/. */
export const pages: readonly string[] = ['README.md', ...readdirSync(new URL('../docs', import.meta.url)).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)];

/** The examples of these pages. */
export const pageSnippets: readonly { readonly page: string; readonly code: string }[] = pages
  .flatMap((page) => [...readPage(page).matchAll(/```js\n([\s\S]*?)```/g)].map(([, code]) => ({ page, code: code! })));
