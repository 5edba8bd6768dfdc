import { describe, expect, test } from 'vitest';

import { manuscript, suitsSquares } from '@/lib/manuscript';

/** Squares as text: · is an empty one, and what squeezes into one stands beside its letter. */
function rows(text: string, columns = 10): string[] {
  return manuscript(text, columns).map((row) => row.map((cell) => (cell.kind === 'blank' ? '·' : cell.text + cell.tail)).join('|'));
}

describe('manuscript paper', () => {
  test('a paragraph begins with an empty square and one syllable fills one', () => {
    expect(rows('바다에 갔다')).toEqual(['·|바|다|에|·|갔|다']);
  });

  test('each line of text is a paragraph, empty lines are none', () => {
    expect(rows('바다\n\n  하늘')).toEqual(['·|바|다', '·|하|늘']);
  });

  test('a line never begins with a space', () => {
    expect(rows('하나둘셋 넷', 5)).toEqual(['·|하|나|둘|셋', '넷']);
  });

  test('a full stop stands for the space after it, an exclamation mark does not', () => {
    expect(rows('갔다. 봐')).toEqual(['·|갔|다|.|봐']);
    expect(rows('갔다! 봐')).toEqual(['·|갔|다|!|·|봐']);
  });

  test('what ends a sentence squeezes into the last square of the line', () => {
    expect(rows('하나둘셋. 넷', 5)).toEqual(['·|하|나|둘|셋.', '넷']);
    expect(rows('하나둘셋? 넷', 5)).toEqual(['·|하|나|둘|셋?', '넷']);
  });

  test('an opening quote never ends a line', () => {
    expect(rows('하나둘 “넷”', 6)).toEqual(['·|하|나|둘|·', '“|넷|”']);
  });

  test('a full stop shares its square with the closing quote', () => {
    expect(rows('"가자." 했다')).toEqual(['·|“|가|자|.”|했|다']);
  });

  test('Latin letters and digits share squares by twos', () => {
    expect(rows('2026년 cat')).toEqual(['·|20|26|년|·|ca|t']);
  });

  test('decomposed Hangul is put together first', () => {
    expect(rows('바다'.normalize('NFD'))).toEqual(['·|바|다']);
  });

  test('nothing is lost, whatever the text', () => {
    const text = '“정말?” 하고 물었다. 3월 14일, pie day였다... (웃음) 그랬다!?\n끝.';
    const kept = manuscript(text, 4).flat().map((cell) => cell.text + cell.tail).join('');
    expect(kept).toBe('“정말?”하고물었다.3월14일,pieday였다…(웃음)그랬다!?끝.');
  });

  test('squares are for Hangul', () => {
    expect(suitsSquares('오늘 TV를 봤다')).toBe(true);
    expect(suitsSquares('We saw 바다 on TV')).toBe(false);
    expect(suitsSquares('…')).toBe(false);
  });
});
