// node axe.mjs CHROMIUM PAGE...: prints a line for each violation that axe-core finds, for each page that is wider than
// its window, for each thing that a page asks for, and for what the keyboard alone does not reach; leaves with 1 when
// there was one.
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
// Tab goes to every link, fold and field that is to be seen, in the order of the page; each shows that it has the focus,
// and Enter opens a fold.
for (const url of pages) {
  const context = await browser.newContext({ bypassCSP: true, viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.goto(url);
  const wanted = await page.evaluate(() => [...document.querySelectorAll('a[href], summary, input, select, button')]
    .filter(one => one.checkVisibility({ visibilityProperty: true })).length);
  const seen = [];
  for (let count = 0; count < wanted + 5; count += 1) {
    await page.keyboard.press('Tab');
    const here = await page.evaluate(() => {
      const one = document.activeElement;
      if (!one || one === document.body) return null;
      window.order ??= [];
      const style = getComputedStyle(one);
      const again = window.order.includes(one);
      const back = window.order.length > 0 && (window.order.at(-1).compareDocumentPosition(one) & 2) !== 0;
      window.order.push(one);
      return { again, back, name: one.outerHTML.slice(0, 120), bare: style.outlineStyle === 'none' && style.boxShadow === 'none' };
    });
    if (here === null || here.again) break;
    if (here.bare) tell(`${url}: the focus is not to be seen on ${here.name}`);
    if (here.back) tell(`${url}: the focus goes back to ${here.name}`);
    seen.push(here.name);
  }
  if (seen.length < wanted) tell(`${url}: Tab reaches ${seen.length} of ${wanted}`);
  const fold = page.locator('summary').first();
  if (await fold.count()) {
    const before = await fold.evaluate(one => one.parentElement.open);
    await fold.focus();
    await page.keyboard.press('Enter');
    if (await fold.evaluate(one => one.parentElement.open) === before) tell(`${url}: Enter does not turn a fold`);
  }
  await context.close();
}
await browser.close();
process.exit(bad ? 1 : 0);
