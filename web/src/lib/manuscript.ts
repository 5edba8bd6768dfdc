/**
 * Korean manuscript paper (원고지): which letter goes into which square.
 *
 * - One syllable fills a square, Latin letters and digits share one by twos.
 * - A paragraph begins with an empty square; a line never begins with a space.
 * - A full stop or comma fills a square and stands for the space after it as well; after ! and ? the
 *   space stays.
 * - What ends a word or quotation never begins a line: it squeezes into the line's last square.
 * - What opens a quotation never ends a line; a full stop shares its square with a closing quote.
 */
export type CellKind = 'blank' | 'letter' | 'pair' | 'stop' | 'mark' | 'open' | 'close';

export interface Cell {
  kind: CellKind;
  text: string;
  /** What squeezes in behind it, because it may not begin the next line. */
  tail: string;
}

const STOPS = new Set([...'.,、。:;']);
const MARKS = new Set([...'!?！？…~-–—·/']);
const OPENING = new Set([...'“‘「『《〈([{']);
const CLOSING = new Set([...'”’」』》〉)]}']);
const ENDING = new Set([...STOPS, ...CLOSING, ...'!?！？…']);
const NARROW = /[\p{Script=Latin}\d]/u;

export function manuscript(text: string, columns: number): Cell[][] {
  return withQuotes(text)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .flatMap((line) => paragraph(line, columns));
}

/** How many rows of squares a text takes. */
export function rowsOf(text: string, columns: number): number {
  return manuscript(text, columns).length;
}

/** Whether squares suit the text: they are made for Hangul. */
export function suitsSquares(text: string): boolean {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const hangul = text.match(/\p{Script=Hangul}/gu)?.length ?? 0;
  return letters > 0 && hangul / letters >= 0.5;
}

function paragraph(line: string, columns: number): Cell[][] {
  const rows: Cell[][] = [[blank()]];
  const letters = [...line.normalize('NFC')];
  let at = 0;
  while (at < letters.length) at += place(letters, at, rows, columns);
  return rows;
}

/** Put what is at `at` on the paper and return how many letters that were. */
function place(letters: string[], at: number, rows: Cell[][], columns: number): number {
  const letter = letters[at] ?? '';
  const row = rows.at(-1) ?? [];
  const last = row.at(-1);
  const isFull = row.length === columns;
  if (/\s/.test(letter)) {
    const isStood = last !== undefined && (STOPS.has(last.text) || [...STOPS].some((stop) => last.tail.endsWith(stop)));
    if (!isFull && !isStood && last?.kind !== 'blank') row.push(blank());
    return 1;
  }
  if (last !== undefined && CLOSING.has(letter) && STOPS.has(last.text) && last.tail === '') {
    last.tail = letter;
    return 1;
  }
  if (isFull && ENDING.has(letter) && last !== undefined && last.kind !== 'blank') {
    last.tail += letter;
    return 1;
  }
  const cell = cellAt(letters, at);
  if (isFull) rows.push([cell]);
  else if (OPENING.has(letter) && row.length === columns - 1) rows.push([cell]);
  else row.push(cell);
  return [...cell.text].length;
}

function cellAt(letters: string[], at: number): Cell {
  const letter = letters[at] ?? '';
  const next = letters[at + 1] ?? '';
  if (NARROW.test(letter) && NARROW.test(next)) return { kind: 'pair', text: letter + next, tail: '' };
  return { kind: kindOf(letter), text: letter, tail: '' };
}

function kindOf(letter: string): CellKind {
  if (STOPS.has(letter)) return 'stop';
  if (MARKS.has(letter)) return 'mark';
  if (OPENING.has(letter)) return 'open';
  if (CLOSING.has(letter)) return 'close';
  return 'letter';
}

function blank(): Cell {
  return { kind: 'blank', text: '', tail: '' };
}

/** Straight quotes say nothing of their side: one after a space or at the start opens. */
function withQuotes(text: string): string {
  return text
    .replace(/(^|[\s([{“‘])"/gu, '$1“')
    .replace(/"/gu, '”')
    .replace(/(^|[\s([{“])'/gu, '$1‘')
    .replace(/'/gu, '’')
    .replace(/\.{3,}/gu, '…');
}
