// What the benchmark `page` runs inside of the browser, in each tab before its page begins.

/** Milliseconds from the start of the navigation to the frame after the first item of a list was there. */
async function untilListed() {
  while (!document.querySelector('main li')) await frame();
  await frame();
  return performance.now();
}

/** Scrolls a box up from its end; how long each frame took, in milliseconds. */
async function scrollUp(selector, ms, px) {
  const box = document.querySelector(selector);
  const taken = [];
  const begun = await frame();
  for (let last = begun; last - begun < ms;) {
    box.scrollTop -= px;
    const now = await frame();
    taken.push(now - last);
    last = now;
  }
  return taken;
}

/** Clicks the last button that fits; milliseconds until a `<pre>` with this beginning was painted. */
async function clickUntilShown(selector, beginning) {
  const begun = performance.now();
  [...document.querySelectorAll(selector)].at(-1).click();
  const isShown = () => document.querySelector('pre')?.textContent.startsWith(beginning);
  while (!isShown()) await frame();
  await frame();
  return performance.now() - begun;
}

function frame() {
  return new Promise((resolve) => requestAnimationFrame(resolve));
}

globalThis.probe = { untilListed, scrollUp, clickUntilShown };
