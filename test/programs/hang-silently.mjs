// Says nothing and never ends.
setInterval(() => undefined, 1_000_000);
