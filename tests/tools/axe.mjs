// node axe.mjs CHROMIUM PAGE...: prints a line for each violation that axe-core finds, for each page that is wider than
// its window, and for each thing that a page asks for; leaves with 1 when there was one.
import { chromium } from 'playwright-core';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const [executablePath, ...pages] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-quic',
  '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] });
let bad = 0;
const tell = line => { bad += 1; console.log(line); };
for (const url of pages) {
  for (const colorScheme of ['light', 'dark']) {
    for (const width of [380, 800, 1440]) {
      // The pages forbid scripts; only this test may bring one.
      const context = await browser.newContext({ bypassCSP: true, colorScheme, viewport: { width, height: 900 } });
      const page = await context.newPage();
      const where = `${url} (${colorScheme}, ${width})`;
      page.on('request', asked => {
        if (asked.url() !== url && !asked.url().startsWith('data:')) tell(`${where}: asks for ${asked.url()}`);
      });
      await page.goto(url);
      await page.evaluate(() => { for (const part of document.querySelectorAll('details')) part.open = true; });
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (over > 0) tell(`${where}: ${over} pixels wider than the window`);
      await page.evaluate(axe);
      const found = await page.evaluate(async () => (await axe.run(document)).violations);
      for (const one of found) tell(`${where}: ${one.id}: ${one.help}: ${one.nodes[0].html.slice(0, 200)}`);
      await context.close();
    }
  }
}
await browser.close();
process.exit(bad ? 1 : 0);
