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

const STOPS = new Set('.,、。:;');
const MARKS = new Set('!?！？…~-–—·/');
const OPENING = new Set('“‘「『《〈([{');
const CLOSING = new Set('”’」』》〉)]}');
const ENDING = new Set([...STOPS, ...CLOSING, ...new Set('!?！？…')]);
// What a reader takes for one letter may be several characters, an emoji for one.
const LETTERS = new Intl.Segmenter('ko', { granularity: 'grapheme' });
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
  const letters = Array.from(LETTERS.segment(line.normalize('NFC')), ({ segment }) => segment);
  let at = 0;
  while (at < letters.length) {
    const letter = letters[at] ?? '';
    const row = rows.at(-1) ?? [];
    if (/^\s/.test(letter)) {
      if (leavesSpace(row, columns)) row.push(blank());
      at += 1;
    } else if (squeezesIn(letter, row, columns)) {
      at += 1;
    } else {
      const cell = cellAt(letters, at);
      if (beginsLine(letter, row, columns)) rows.push([cell]);
      else row.push(cell);
      at += cell.kind === 'pair' ? 2 : 1;
    }
  }
  return rows;
}

/** Whether a space takes a square: not at a line's end, nor after a stop, which has its own. */
function leavesSpace(row: Cell[], columns: number): boolean {
  const last = row.at(-1);
  if (last === undefined || last.kind === 'blank' || row.length === columns) return false;
  return !STOPS.has(last.text) && !STOPS.has(last.tail.slice(-1));
}

/** Put a letter into the square before it, if that is where it belongs. */
function squeezesIn(letter: string, row: Cell[], columns: number): boolean {
  const last = row.at(-1);
  if (last === undefined || last.kind === 'blank') return false;
  const closesSentence = CLOSING.has(letter) && STOPS.has(last.text) && last.tail === '';
  const wouldBeginLine = ENDING.has(letter) && row.length === columns;
  if (!closesSentence && !wouldBeginLine) return false;
  last.tail += letter;
  return true;
}

function beginsLine(letter: string, row: Cell[], columns: number): boolean {
  return row.length === columns || (OPENING.has(letter) && row.length === columns - 1);
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
