import { expect, test } from 'vitest';
import { fileDiffs } from './file-diff.ts';

const MODIFIED = `diff --git a/src/greet.js b/src/greet.js
index 1111111..2222222 100644
--- a/src/greet.js
+++ b/src/greet.js
@@ -1,3 +1,4 @@ export
 one
-two
+two, more
+three
 four
\\ No newline at end of file
`;

test('a changed file has its lines with their numbers', () => {
  const [file] = fileDiffs(MODIFIED);
  expect(file).toMatchObject({ type: 'modify', newPath: 'src/greet.js', added: 2, removed: 1, isBinary: false });
  expect(file?.hunks[0]?.changes.map((change) => [change.type, change.content])).toEqual([
    ['normal', 'one'],
    ['delete', 'two'],
    ['insert', 'two, more'],
    ['insert', 'three'],
    ['normal', 'four'],
  ]);
  expect(file?.hunks[0]?.changes[4]).toMatchObject({ oldLineNumber: 3, newLineNumber: 4 });
});

test('files that were added, deleted, moved, made executable, or are binary', () => {
  const files = fileDiffs(`diff --git a/new file.txt b/new file.txt
new file mode 100644
index 0000000..2222222
--- /dev/null
+++ b/new file.txt\t
@@ -0,0 +1 @@
+hello
diff --git a/gone.txt b/gone.txt
deleted file mode 100644
index 1111111..0000000
--- a/gone.txt
+++ /dev/null
@@ -1 +0,0 @@
-hello
diff --git a/old name.ts b/lib/new name.ts
similarity index 95%
rename from old name.ts
rename to lib/new name.ts
diff --git a/run.sh b/run.sh
old mode 100644
new mode 100755
diff --git a/empty b/empty
new file mode 100644
index 0000000..e69de29
diff --git a/logo.png b/logo.png
index 1111111..2222222 100644
Binary files a/logo.png and b/logo.png differ
diff --git "a/gr\\303\\274n \\"x\\".txt" "b/gr\\303\\274n \\"x\\".txt"
index 1111111..2222222 100644
--- "a/gr\\303\\274n \\"x\\".txt"
+++ "b/gr\\303\\274n \\"x\\".txt"
@@ -1 +1 @@
-a
+b
`);
  expect(files).toMatchObject([
    { type: 'add', newPath: 'new file.txt', added: 1 },
    { type: 'delete', oldPath: 'gone.txt', removed: 1 },
    { type: 'rename', oldPath: 'old name.ts', newPath: 'lib/new name.ts', hunks: [] },
    { type: 'modify', newPath: 'run.sh', modes: ['100644', '100755'] },
    { type: 'add', newPath: 'empty', hunks: [] },
    { type: 'modify', newPath: 'logo.png', isBinary: true },
    { type: 'modify', oldPath: 'grün "x".txt', newPath: 'grün "x".txt' },
  ]);
});

test('a line of a file cannot pass for a line of the diff', () => {
  const files = fileDiffs(`diff --git a/x b/x
--- a/x
+++ b/x
@@ -1,2 +1,2 @@
--- a/other
-diff --git a/y b/y
+++ b/other
+@@ -1 +1 @@
@@ -10 +10 @@ function next()
-a
+b
`);
  expect(files).toHaveLength(1);
  expect(files[0]).toMatchObject({ oldPath: 'x', newPath: 'x', added: 3, removed: 3 });
  expect(files[0]?.hunks.map(({ newStart, changes }) => [newStart, changes.length])).toEqual([
    [1, 4],
    [10, 2],
  ]);
});

test('what would be hidden is seen, and told', () => {
  const diff = (line: string) => `diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -0,0 +1 @@\n+${line}\n`;
  const [trojan] = fileDiffs(diff('if (admin\u202e ) { \u001b[31m'));
  expect(trojan?.hidesCharacters).toBe(true);
  expect(trojan?.hunks[0]?.changes[0]?.content).toBe('if (admin‹U+202E› ) { ‹ESC›[31m');
  expect(fileDiffs(diff('of Windows\r'))[0]).toMatchObject({ hidesCharacters: false });
  const [long] = fileDiffs(diff('x'.repeat(1_000_000)));
  expect(long?.hunks[0]?.changes[0]?.content).toMatch(/^x{2000} … \(998000 more characters\)$/);
});

test('a diff that was cut gives what is there', () => {
  const [file] = fileDiffs(MODIFIED.slice(0, MODIFIED.indexOf('+three') + 3));
  expect(file?.hunks[0]?.changes.at(-1)?.content).toBe('th');
  expect(fileDiffs('')).toEqual([]);
});
