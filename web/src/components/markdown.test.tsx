import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { Markdown } from './markdown.tsx';

afterEach(cleanup);

test('links lead to the web alone, images are not loaded, and HTML is text', () => {
  const { container } = render(
    <Markdown
      text={
        '[site](https://example.org/a) [bad](javascript:alert(1)) [data](data:text/html,x) ![pic](https://example.org/p.png)\n\n<script>alert(1)</script>\n\n<img src=x onerror=alert(1)>'
      }
    />,
  );
  const links = screen.getAllByRole('link');
  expect(links.map((link) => link.getAttribute('href'))).toEqual([
    'https://example.org/a',
    'https://example.org/p.png',
  ]);
  expect(links.every((link) => link.getAttribute('rel') === 'noreferrer')).toBe(true);
  expect(container.querySelector('img, script')).toBeNull();
  expect(container.textContent).toContain('<script>alert(1)</script>');
});

test('tables and task lists are shown, and characters that reorder a line are seen', () => {
  const { container } = render(<Markdown text={'| a | b |\n| - | - |\n| 1 | 2 |\n\n- [x] done\u202Eenod\n'} />);
  expect(screen.getByRole('table').textContent).toBe('ab12');
  expect(screen.getByRole('checkbox', { name: 'done' })).toHaveProperty('checked', true);
  expect(container.textContent).toContain('‹U+202E›');
});
