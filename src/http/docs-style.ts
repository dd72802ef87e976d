/** The style of `/docs`. Kept apart, because the page's content security policy names its hash. */
export const DOCS_STYLE = `
:root { --text: #1d2330; --soft: #5b6475; --line: #dfe3ea; --back: #fbfcfd; --raised: #f1f4f8; --accent: #2456c7;
  --get: #16734a; --post: #9a4a07; --bad: #b3261e; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e4e8ef; --soft: #9aa5b8; --line: #2b3442; --back: #12161d; --raised: #1b212b; --accent: #8fb4ff;
    --get: #5fd09b; --post: #f2a65e; --bad: #ff8a80; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 2rem 1.25rem 5rem; display: grid; gap: 0 3rem;
  grid-template-columns: 20rem minmax(0, 1fr); color: var(--text); background: var(--back);
  font: 16px/1.6 system-ui, sans-serif; }
header { grid-column: 1 / -1; max-width: 46rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .5rem; letter-spacing: -.01em; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .5rem; }
h3 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
h4 { font-size: .8rem; margin: 1.25rem 0 .35rem; color: var(--soft); text-transform: uppercase; letter-spacing: .05em; }
p { margin: .4rem 0; }
small { color: var(--soft); font-size: .85em; font-weight: normal; }
a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: 2px; }
code { font: .88em ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
nav { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto; font-size: .875rem;
  padding-bottom: 2rem; }
nav h2 { font-size: .8rem; margin: 1.25rem 0 .35rem; color: var(--soft); }
nav ul { list-style: none; margin: 0; padding: 0; }
nav a { display: block; padding: .15rem 0; color: var(--text); text-decoration: none; }
nav a:hover { color: var(--accent); }
section { border: 1px solid var(--line); border-radius: 10px; padding: 1rem 1.25rem; margin: 1rem 0;
  scroll-margin-top: 1rem; }
section:target { border-color: var(--accent); }
.method { font: 700 .72rem ui-monospace, Menlo, Consolas, monospace; color: var(--get); margin-right: .35rem; }
.method.post { color: var(--post); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .75rem .4rem 0; border-top: 1px solid var(--line); }
th { font-weight: normal; min-width: 10rem; }
td:nth-child(2) { min-width: 8rem; }
dl { display: grid; grid-template-columns: 3.5rem minmax(0, 1fr); gap: .35rem .5rem; margin: 0; font-size: .9rem; }
dt, dd { margin: 0; }
.s2 { color: var(--get); }
.s4, .s5 { color: var(--bad); }
@media (max-width: 60rem) { body { grid-template-columns: minmax(0, 1fr); } nav { position: static; max-height: none; } }
`;
