/** The API's English reasons beside wrong fields, as keys of `reasons` in the user's language. */
const WORDINGS: readonly (readonly [RegExp, string])[] = [
  [/^must not be (?:empty|null)$/, 'empty'],
  [/^(?:is )?missing|required/i, 'empty'],
  [/^must have at least (?<count>\d+) characters?$/, 'tooShort'],
  [/^must have at most (?<count>\d+) characters?$/, 'tooLong'],
  [/^must have at most (?<count>\d+) items?$/, 'tooMany'],
  [/^must have at least \d+ items?$/, 'empty'],
  [/^windows \d+ and \d+ overlap$/, 'overlap'],
  [/^window \d+ ends when it begins/, 'noLength'],
  [/^must be at (?:least|most) (?<count>\S+)$/, 'outOfRange'],
  [/^must be an e-mail address$/, 'email'],
  [/^must be a time zone/, 'timezone'],
  [/^must be a day from (?<from>\S+) to (?<to>\S+)$/, 'day'],
  [/date|YYYY|day/i, 'date'],
  [/^is wrong$/, 'wrong'],
  [/^was changed meanwhile$/, 'changedMeanwhile'],
  [/^a tag has no # inside$/, 'tag'],
  [/^has no letter or digit/, 'unsearchable'],
  [/^is not one of your pictures$/, 'notYourPicture'],
  [/^is (?:failed|cancelled)$/, 'undrawnPicture'],
];

export interface Reason {
  key: string;
  values: Record<string, string | number>;
}

/** Return how to word a reason; a new one that nobody has worded yet is "please check this". */
export function reasonOf(text: string): Reason {
  for (const [pattern, key] of WORDINGS) {
    const match = pattern.exec(text);
    if (match) return { key, values: { ...match.groups } };
  }
  return { key: 'unclear', values: {} };
}
