// Runs before every npm script, so it must parse on any Node that a machine may have (CommonJS, old syntax).
var wanted = 24;
var found = Number(process.versions.node.split('.')[0]);
if (!(found >= wanted)) {
  console.error(
    'Agent Work Orders needs Node ' +
      wanted +
      ' or newer, and this script runs on Node ' +
      process.versions.node +
      '.\n' +
      'The repository brings its own: run "npm ci" here. If you did, npm was kept from running the install script of\n' +
      'the package "node" (--ignore-scripts, or an allowScripts setting of your own): run "npm rebuild node".',
  );
  process.exit(1);
}
