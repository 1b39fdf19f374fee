import { describe, expect, test } from 'vitest';
import { bar } from './bar.js';
import { createScreen } from './screen.js';
import { fit, styleFor } from './style.js';
import { table } from './table.js';

describe('bar', () => {
  test.each([
    [0, '░░░░'],
    [0.5, '██░░'],
    [1, '████'],
    [0.53125, '██▏░'],
    [-1, '░░░░'],
    [7, '████'],
  ])('%d is %s', (fraction, expected) => {
    expect(bar(fraction, 4)).toBe(expected);
  });
});

describe('fit', () => {
  test('leaves what fits, cuts what does not', () => {
    expect(fit('abcd', 4)).toBe('abcd');
    expect(fit('abcde', 4)).toBe('abc…');
  });

  test('counts characters on the screen, and closes what it cuts open', () => {
    const { bold } = styleFor(true);
    expect(fit(bold('abcd'), 4)).toBe('\x1b[1mabcd\x1b[0m');
    expect(fit(bold('abcde'), 4)).toBe('\x1b[1mabc…\x1b[0m');
    expect(fit('█████', 4)).toBe('███…');
    expect([fit('学習', 4), fit('学習率', 5), fit('学習率', 4), fit('👩‍🔬👩‍🔬', 3)]).toEqual([
      '学習',
      '学習…',
      '学…',
      '👩‍🔬…',
    ]);
  });
});

test('styleFor without colour changes nothing', () => {
  expect(styleFor(false).red('x')).toBe('x');
  expect(styleFor(true).green('x')).toBe('\x1b[32mx\x1b[0m');
});

describe('table', () => {
  const columns = [
    { title: '#', align: 'right', cell: ([rank]: readonly string[]) => rank ?? '' },
    { title: 'name', align: 'left', cell: ([, name]: readonly string[]) => name ?? '' },
    { title: 'value', align: 'right', cell: ([, , value]: readonly string[]) => value ?? '' },
  ] as const;
  const rows = [
    ['1', 'adam', '0.5'],
    ['10', 'gd', '12.25'],
  ];

  test('aligns its columns', () => {
    expect(table(columns, rows, 80)).toEqual([' #  name  value', ' 1  adam    0.5', '10  gd    12.25']);
  });

  test('leaves out the columns that do not fit', () => {
    expect(table(columns, rows, 14)).toEqual([' #  name', ' 1  adam', '10  gd', 'no room for v…']);
    expect(table(columns, rows, 1)).toEqual([' #', ' 1', '10', '…']);
  });

  test('counts what signs take on the screen, and lets none of them move the cursor', () => {
    const names = [
      ['1', '学習率', '1'],
      ['2', 'naïve e\u0301 🚀', '2'],
      ['3', 'a\nb\x1b[2J\u202e', '3'],
    ];
    expect(table(columns, names, 80)).toEqual([
      '#  name        value',
      '1  学習率          1',
      '2  naïve e\u0301 🚀      2',
      '3  a␊b␛[2J\ufffd        3',
    ]);
  });

  test('has titles without rows', () => {
    expect(table(columns, [], 80)).toEqual(['#  name  value']);
  });
});

describe('screen', () => {
  const recorder = (isTTY: boolean, columns?: number) => {
    const written: string[] = [];
    return { written, output: { isTTY, columns, write: (text: string) => written.push(text) } };
  };

  test('draws in place on a terminal, below the lines that stay', () => {
    const { written, output } = recorder(true, 11);
    const screen = createScreen(output);
    screen.draw(['one', 'two']);
    screen.draw(['three', 'a line too long']);
    screen.print('kept');
    screen.draw([]);
    expect(written).toEqual([
      'one\ntwo\n',
      '\x1b[2A\r\x1b[0Jthree\na line to…\n',
      '\x1b[2A\r\x1b[0Jkept\nthree\na line to…\n',
      '\x1b[2A\r\x1b[0J',
    ]);
  });

  test('only prints on a pipe', () => {
    const { written, output } = recorder(false);
    const screen = createScreen(output);
    screen.draw(['live']);
    screen.print('kept', 'too');
    expect(written).toEqual(['kept\ntoo\n']);
    expect([screen.width(), screen.tableWidth()]).toEqual([120, Number.POSITIVE_INFINITY]);
  });

  test('takes a terminal that does not know its width for a usual one', () => {
    expect(createScreen(recorder(true, 0).output).width()).toBe(79);
    expect(createScreen(recorder(true, 5).output).width()).toBe(10);
  });

  test('only prints on a dumb terminal', () => {
    const { written, output } = recorder(true, 80);
    createScreen(output, true).draw(['live']);
    expect(written).toEqual([]);
  });
});
